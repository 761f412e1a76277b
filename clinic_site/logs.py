"""What the logs must not say."""

import logging
import re

_TOKEN = re.compile(r"(/consultation/)[^/\s?]+")


class RedactTokens(logging.Filter):
    """Take patients' tokens out of every line: whoever reads one could open the person's page."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _TOKEN.sub(r"\1[token]", record.getMessage())
        record.args = ()
        return True
