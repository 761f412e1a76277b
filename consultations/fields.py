"""Form fields that take what people type and paste, or say what to change."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from consultations import phones
from consultations.normal_form import normal_form

# Control characters, those that turn the direction of whatever follows them, and code points
# that stand for no character. The joiners and marks that Urdu is written with are not in here.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Emoji, and characters that only some devices have a picture for. Not "every symbol": that
# would refuse ﷺ and °.
_PICTURE = re.compile(
    "[\u20e3\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ue000-\uf8ff\ufe0f"
    "\U0001f000-\U0001fbff\U000e0000-\U000e007f\U000f0000-\U0010ffff]+"
)
_LONGEST_LINE = 1000  # of a field that names no length
_NAME_SIGNS = set(" .۔'’‘-\u200c\u200d\u200e\u200f")


def _with_plain_breaks(text: str) -> str:
    """`text` with one kind of line break, and spaces for tabs, which spreadsheets paste."""
    return re.sub("\r\n|[\r\u2028\u2029]", "\n", text).replace("\t", " ")


class LineField(forms.CharField):
    """One line of text."""

    allows_breaks = False
    default_error_messages = {
        "invisible": _(
            "This held invisible characters that we cannot store. We have taken them out. "
            "Please check the text, then send it again."
        ),
        "picture": _(
            "Please write it in words: our printed and mailed copies cannot show “%(found)s”."
        ),
        "max_length": _(
            "Please shorten this to at most %(limit_value)d characters. It has %(show_value)d now."
        ),
    }

    def to_python(self, value: Any) -> str:
        text = _with_plain_breaks(str(value or ""))
        if text != self._visible(text):
            raise ValidationError(self.error_messages["invisible"], code="invisible")
        if found := _PICTURE.search(text):
            raise ValidationError(
                self.error_messages["picture"], code="picture", params={"found": found[0][:8]}
            )
        longest = self.max_length or _LONGEST_LINE
        return super().to_python(normal_form("NFC", text, longest=longest)) or ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        # Nobody can find an invisible character to take it out: the form comes back without.
        return data and self._visible(_with_plain_breaks(str(data)))

    def _visible(self, text: str) -> str:
        text = _INVISIBLE.sub("", text)
        return text if self.allows_breaks else text.replace("\n", " ")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Without maxlength: a browser would cut off the end of a pasted text in silence.
        return {}


class TextField(LineField):
    """Text of any number of lines."""

    widget = forms.Textarea
    allows_breaks = True


class NameField(LineField):
    """A person's name in any script."""

    _letters_only = _("Write the name in letters only, as in Ayesha Khan or عائشہ خان.")
    default_error_messages = {"invalid": _letters_only, "picture": _letters_only}

    def validate(self, value: str) -> None:
        super().validate(value)
        letters = [sign for sign in value if sign not in _NAME_SIGNS]
        if value and not (
            letters and all(unicodedata.category(sign)[0] in "LM" for sign in letters)
        ):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


def _validate_address(value: str) -> None:
    # Django also takes "a,b"@example.com, of which a list of recipients would make two, and
    # hosts that mean nothing outside of one machine.
    if '"' in value or "[" in value:
        raise ValidationError("", code="invalid")  # the field has the words
    EmailValidator(allowlist=[])(value)


class EmailAddressField(LineField, forms.EmailField):
    """An e-mail address at a real host."""

    widget = forms.EmailInput
    default_validators = [_validate_address]
    default_error_messages = {
        "invalid": _("Write the whole e-mail address, with the part after the @: ali@example.com."),
    }


class PhoneField(forms.CharField):
    """A phone number in any common writing; its value is a PhoneNumber."""

    # The library's own field rewrites what was typed when it shows the form again.
    widget = forms.TextInput(attrs={"type": "tel"})
    default_error_messages = {
        "invalid": _(
            "Write the whole number in figures: a mobile like 0300 1234567, or a landline with "
            "its area code like 051 2345678. A number outside Pakistan starts with +."
        ),
    }

    def to_python(self, value: Any) -> PhoneNumber | str:
        text = super().to_python(value)
        if not text:
            return text
        number = phones.parse(text)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number
