"""The secret part of a link stays out of the log: whoever reads a log must not be able to open it."""

import logging
import re

_LINK = re.compile(r"(/join/)[^/\s?\"']+")


def without_token(text: str) -> str:
    """The text with every link of an invitation cut short."""
    return _LINK.sub(r"\1...", text)


class NoTokens(logging.Filter):
    """What a log line says of an address, and the failure that it tells of, name no link."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_token(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = without_token(logging.Formatter().formatException(record.exc_info))
        return True
