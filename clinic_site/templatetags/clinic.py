"""How the clinic's texts, numbers and people's details are written on a page."""

import json
from collections.abc import Mapping

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from phonenumber_field.phonenumber import PhoneNumber

from clinic_site.logs import without_tokens
from clinic_site.words import Words

register = template.Library()
register.filter(without_tokens)

# So that no text can end the script element early.
_JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def paragraphs(text: str) -> SafeString:
    """A text of staff's as `<p>`s, one a paragraph, in the language that it is in."""
    parts = (str.__str__(text)).split("\n\n")
    html = format_html_join("", "<p>{}</p>", ((part,) for part in parts if part))
    return text.marked(html, tag="div") if isinstance(text, Words) else html


@register.filter
def lines(text: str) -> SafeString:
    """A text whose lines are kept, such as an address."""
    html = mark_safe("<br>".join(escape(line) for line in str.__str__(text).splitlines()))  # noqa: S308  each line is escaped
    return text.marked(html, tag="span") if isinstance(text, Words) else html


@register.filter
def phone(number: PhoneNumber | str) -> SafeString:
    """A phone number that can be tapped, kept left to right in an Urdu sentence."""
    if not number:
        return SafeString("")
    if not (isinstance(number, PhoneNumber) and number.is_valid()):
        return format_html('<bdi dir="ltr">{}</bdi>', str(number))
    shown = number.as_national if number.country_code == 92 else number.as_international
    return format_html('<a href="{}"><bdi dir="ltr">{}</bdi></a>', number.as_rfc3966, shown)


@register.filter
def whatsapp_url(number: PhoneNumber) -> str:
    """A link that opens a WhatsApp chat with `number`."""
    return f"https://wa.me/{str(number.as_e164).lstrip('+')}"


@register.filter
def json_ld(data: dict[str, object]) -> SafeString:
    """Structured data as a script element, which no browser runs and the policy lets stand."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_JSON_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.simple_tag(takes_context=True)
def in_language(context: template.Context, language: str) -> str:
    """The address of this very page in another language, its question mark and all."""
    return translate_url(context["request"].get_full_path(), language)


@register.simple_tag(takes_context=True)
def full_address(context: template.Context, language: str) -> str:
    """The one address under which this page is to be known, in a language."""
    return f"{settings.SITE_URL}{translate_url(context['request'].path, language)}"


@register.simple_block_tag(takes_context=True)
def page_title(context: template.Context, content: str) -> SafeString:
    """The title of a page, for its tab and for whoever it is shared with."""
    title = mark_safe(" ".join(content.split()))  # noqa: S308  rendered by a template
    return format_html(
        '<title>{0} · {1}</title>\n<meta property="og:title" content="{0}">',
        title,
        str.__str__(context["clinic"].words.name),
    )


@register.simple_block_tag
def page_description(content: str) -> SafeString:
    """What a page is about, for search engines and for whoever it is shared with."""
    text = mark_safe(" ".join(content.split()))  # noqa: S308  rendered by a template
    return format_html('<meta name="description" property="og:description" content="{}">', text)


@register.simple_tag
def full_static(path: str) -> str:
    """The full address of a static file, for those who read it away from this site."""
    return f"{settings.SITE_URL}{static(path)}"


@register.filter
def item(mapping: Mapping[str, object], key: str) -> object:
    """The entry of a mapping under a key that is only known on the page."""
    return mapping.get(key, "")


@register.filter
def unbroken(text: object) -> str:
    """A span that no line ends in: “4–” and “6 weeks” apart would be misread."""
    return str(text).replace("–", "–\u2060")
