"""Text that staff wrote in up to two languages, with the language it is really in."""

from django.db import models
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext


class Words(str):
    """A translated text that knows its language.

    In a template it renders itself escaped and, where the reader's language is
    missing and the English stands in, marked as English for eyes and screen readers.
    """

    lang: str

    def __new__(cls, text: str, lang: str) -> "Words":
        words = super().__new__(cls, text)
        words.lang = lang
        return words

    def __html__(self) -> SafeString:
        return self.marked(escape(str.__str__(self)), tag="span")

    def marked(self, html: SafeString, *, tag: str) -> SafeString:
        """`html` (this text, rendered) as it is, or wrapped in `tag` that names its language."""
        if self.lang == get_language():
            return html
        return format_html(
            '<{0} class="untranslated"><small>{1}</small> '
            '<{0} lang="{2}" dir="ltr">{3}</{0}></{0}>',
            tag,
            gettext("(only in English so far)"),
            self.lang,
            html,
        )


class _WordsOf:
    def __init__(self, instance: models.Model) -> None:
        self._instance = instance

    def __getattr__(self, field: str) -> Words:
        language = get_language() or "en"
        text = getattr(self._instance, f"{field}_{language}", None)
        if text:
            return Words(text, language)
        text = getattr(self._instance, f"{field}_en") or ""
        # No text at all has no language to mark.
        return Words(text, "en" if text else language)


class WordedModel(models.Model):
    """A model with translated fields: `thing.words.summary` is a `Words`."""

    class Meta:
        abstract = True

    @property
    def words(self) -> _WordsOf:
        return _WordsOf(self)
