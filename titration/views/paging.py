"""Which page of a list is asked for."""

import re
from typing import Any

_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def page_number(request: Any) -> int:
    """The page in the address; anything that is no page number is the first page."""
    typed = request.GET.get("page", "")
    return int(typed) if _NUMBER.fullmatch(typed) else 1
