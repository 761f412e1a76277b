"""References as people read them out and type them."""

import re
import unicodedata

from consultations.normal_form import normal_form

_LONGEST = 100  # with all that is put between the signs


def parse(text: str) -> str | None:
    """The reference that `text` is: in any case, with or without the HC, however it is spaced."""
    signs = "".join(
        str(unicodedata.decimal(sign, sign))
        for sign in normal_form("NFKC", text, longest=_LONGEST)
        if sign.isalnum()
    )
    found = re.fullmatch(r"(?:HC)?([0-9A-Z]{5})", signs.upper())
    return f"HC-{found[1]}" if found else None
