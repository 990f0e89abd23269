"""Reads a PDF as a screen reader does: its structure tree, with the words that each element marks on its page."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf


@dataclass
class Element:
    """One element of the tree. ``words`` are its own and those of everything in it, blanks made single."""

    tag: str
    page: int | None
    attributes: dict[str, Any]
    own: list[str] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *tags: str) -> list["Element"]:
        return [one for one in self.walk() if one.tag in tags]

    @property
    def words(self) -> str:
        return " ".join(" ".join(text for one in self.walk() for text in one.own).split())

    @property
    def pages(self) -> set[int]:
        return {one.page for one in self.walk() if one.page is not None and one.own}


class Paper:
    """A PDF of the portal. ``root`` is its structure tree, ``marked`` the words of each page by their mark."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(data))
        self.catalog = self.pdf.Root
        self.title = str(self.pdf.docinfo.get("/Title", ""))
        self._numbers = {page.objgen: number for number, page in enumerate(self.pdf.pages, 1)}
        self.marked = [_marked(page) for page in self.pdf.pages]
        self.root = self._element(self.catalog.StructTreeRoot, None)

    def on_page(self, number: int) -> str:
        """Every marked word of a page, in the order they are drawn; what decorates the page is left out."""
        return " ".join(" ".join(text for mark, text in self.marked[number - 1] if mark is not None).split())

    def _element(self, node: Any, page: int | None) -> Element:
        page = self._numbers.get(node.Pg.objgen, page) if "/Pg" in node else page
        found = Element(tag=str(node.get("/S", "/Root"))[1:], page=page, attributes=_attributes(node))
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/MCR":
                if "/S" in kid:
                    child = self._element(kid, page)
                    if not found.own:
                        found.page = found.page or child.page
                    found.children.append(child)
                continue
            where = page
            mark = kid
            if isinstance(kid, pikepdf.Dictionary):
                mark, where = kid.MCID, self._numbers[kid.Pg.objgen] if "/Pg" in kid else page
            assert where is not None
            found.page = where
            text = "".join(text for number, text in self.marked[where - 1] if number == int(mark))
            # Children and own words alternate: each run of own words is an element in its place.
            found.children.append(Element(tag="text", page=where, attributes={}, own=[text]))
        return found


def _attributes(node: Any) -> dict[str, Any]:
    given = node.get("/A", pikepdf.Dictionary())
    found: dict[str, Any] = {}
    for one in given if isinstance(given, pikepdf.Array) else [given]:
        if isinstance(one, pikepdf.Dictionary):
            found |= {str(key): one[key] for key in one}
    return found


def _marked(page: Any) -> list[tuple[int | None, str]]:
    """The texts of a page in the order they are drawn, each with its mark; None for what is no content."""
    fonts = {name: _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
    found: list[tuple[int | None, str]] = []
    marks: list[int | None] = []
    letters: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            given = operands[1] if len(operands) > 1 else {}
            marks.append(int(given["/MCID"]) if "/MCID" in given else None)
        elif name == "EMC":
            marks.pop()
        elif name == "Tf":
            letters = fonts[str(operands[0])]
        elif name in ("Tj", "TJ"):
            parts = operands[0] if name == "TJ" else [operands[0]]
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            text = "".join(letters[int.from_bytes(codes[at : at + 2])] for at in range(0, len(codes), 2))
            found.append((next((mark for mark in reversed(marks) if mark is not None), None), text))
    return found


def _letters(font: Any) -> dict[int, str]:
    """What each glyph stands for, as the font itself says."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    assert "beginbfrange" not in table
    return found
