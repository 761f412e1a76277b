"""What the logs must not say."""

import logging
import re
from typing import Any

_TOKEN = re.compile(r"(/consultation/)[^/\s?]+")


class RedactTokens(logging.Filter):
    """Take patients' tokens out of every line: whoever reads one could open the person's page."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _TOKEN.sub(r"\1[token]", record.getMessage())
        record.args = ()
        return True


class DiscreetFormatter(logging.Formatter):
    """Traces without patients' data: PostgreSQL names the whole row that it refused."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name in `logging`
        trace = super().formatException(ei)
        lines = [line for line in trace.splitlines() if not line.lstrip().startswith("DETAIL:")]
        return _TOKEN.sub(r"\1[token]", "\n".join(lines))
