"""What the logs must not say."""

import logging
import re
from typing import Any

_LINK = re.compile(r"(/consultation/)[^/\s?]+")
# However a link was mangled on its way: 32 random bytes, as `secrets.token_urlsafe` writes them.
_TOKEN = re.compile(r"[\w-]{43,}", re.ASCII)
# From the start of a word only: a long word without an address is not searched again and again.
_ADDRESS = re.compile(r"(?<!\S)\S+@\S+")


def without_tokens(text: str) -> str:
    """The text with patients' tokens taken out, wherever a link has one."""
    return _TOKEN.sub("[token]", _LINK.sub(r"\1[token]", text))


def _discreet(text: str) -> str:
    return _ADDRESS.sub("[address]", without_tokens(text))


class RedactTokens(logging.Filter):
    """Take patients' tokens and e-mail addresses out of every line.

    Whoever reads a token could open the person's page.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _discreet(record.getMessage())
        record.args = ()
        return True


class DiscreetFormatter(logging.Formatter):
    """Traces without patients' data: PostgreSQL names the whole row that it refused.

    And a mail server's refusal names whom it would not deliver to.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name in `logging`
        trace = super().formatException(ei)
        lines = [line for line in trace.splitlines() if not line.lstrip().startswith("DETAIL:")]
        return _discreet("\n".join(lines))
