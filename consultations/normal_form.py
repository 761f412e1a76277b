"""Text in a normal form of Unicode, however much of it a stranger sends."""

import unicodedata
from typing import Literal

# The most signs that become one in a normal form.
_SIGNS_IN_ONE = 4


def normal_form(form: Literal["NFC", "NFKC"], text: str, *, longest: int) -> str:
    """`text` in that form, or as it is if it is longer than any way to write `longest` signs.

    To put a row of a hundred thousand accents in order takes Python minutes, in which the server
    answers nobody. What comes back as it was is too long for whoever asked, and they refuse it.
    """
    if len(text) > _SIGNS_IN_ONE * longest:
        return text
    return unicodedata.normalize(form, text)
