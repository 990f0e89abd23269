"""The words of a page, as a person reads them."""

import re
from typing import Any

_INLINE = re.compile(r"</?(?:span|strong|s|b|a)\b[^>]*>")


def words(page: Any) -> str:
    """The text without tags, blanks made single; inline tags leave no blank behind."""
    return " ".join(re.sub(r"<[^>]+>", " ", _INLINE.sub("", page.text)).replace("\u00a0", " ").split())
