"""Phone numbers as people write and paste them."""

import re
import unicodedata

from phonenumber_field.phonenumber import PhoneNumber, to_python
from phonenumbers import PhoneNumberType, number_type

from consultations.normal_form import normal_form

_SEPARATORS = set("-–—‑./()")
_PAKISTAN = 92
_LONGEST = 100  # with all that stands between the digits


def _tidied(text: str) -> str:
    """`text` with Western digits, and without what is put between them or pasted along.

    Copied from a phone's contacts, a number often comes wrapped in invisible direction marks.
    """
    signs = (
        str(unicodedata.decimal(sign, sign))
        for sign in normal_form("NFKC", text, longest=_LONGEST)
        if sign not in _SEPARATORS and not sign.isspace() and unicodedata.category(sign) != "Cf"
    )
    return "".join(signs)


def parse(text: str) -> PhoneNumber | None:
    """The number that `text` is, read as in Pakistan unless it starts with another country."""
    tidied = _tidied(text)
    # Letters never pass: the library would read 0300-CALLNOW as a number.
    if not re.fullmatch(r"\+?[0-9]{3,20}", tidied):
        return None
    number = to_python(tidied)
    return number if number.is_valid() else None


def is_landline(number: PhoneNumber) -> bool:
    """Whether it is one in Pakistan: those get neither WhatsApp nor text messages."""
    return number.country_code == _PAKISTAN and number_type(number) == PhoneNumberType.FIXED_LINE


def search_digits(text: str) -> str:
    """The digits by which a stored number is found, whichever way `text` writes it.

    Empty if `text` is no number, or too short a piece of one.
    """
    digits = re.sub(r"^(\+|00)?(92)?0?", "", _tidied(text))
    return digits if re.fullmatch(r"[0-9]{3,20}", digits) else ""
