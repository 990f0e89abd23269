"""An address for each URL pattern of the editors' process, and the addresses that a page leads to."""

import re
from html import unescape

_PARTS = {
    "int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-4000-8000-000000000000", "path": "images/x.png",
}  # fmt: skip
_FULL = {
    r"(\d+)/revisions/compare/(live|earliest|\d+)\.\.\.(live|latest|\d+)/": "1/revisions/compare/live...latest/",
    r"(\d+)/(.*)": "1/x.pdf",
    r"((?:[\w\-]+/)*)": "x/",
    ".*/": "anything/",
}


def address_of(pattern: str) -> str:
    """An address that the pattern, as Django writes it down, answers."""
    for known, written in _FULL.items():
        pattern = pattern.replace(f"^{known}$", written)
    return "/" + re.sub(r"<(\w+):\w+>|<\w+>", lambda part: _PARTS.get(part[1] or "str", "x"), pattern).replace("^", "")


def leads_to(html: str) -> set[str]:
    """Every address of this process that stands in a page: in a link, a form, or what its scripts are told."""
    text = unescape(html).replace("\\/", "/").replace("\\u0026", "&").replace("\\u0022", '"')
    return set(re.findall(r"""["'](/(?:cms|documents|pages|media)/[^"'<>\s\\]*)""", text))
