"""The name of the request being answered, for log lines and for the audit."""

import contextvars
import logging

current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Every log line names its request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current.get()
        return True
