"""A page on paper: what must be read first comes first, and the address leads back to the newest version."""

from dataclasses import dataclass
from datetime import date

import segno

from education.addresses import handout_path, page_path
from education.ports import facts
from education.presenters.pieces import Piece
from education.presenters.reader_page import ReaderPage
from education.presenters.teach_back import TeachBack

PAPERS = {"a4": "A4", "letter": "Letter"}
_PAPER_OF = {"US": "letter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code: a path in a square drawing of ``size`` units a side."""

    size: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """``pieces``: those of the page without the emergency card, which stands on the first sheet, and without the question,
    which paper cannot answer. ``version`` is the number of the live revision."""

    page: ReaderPage
    pieces: tuple[Piece, ...]
    paper: str
    large: bool
    address: str
    code: Code
    version: str
    printed: str
    sizes: tuple[Choice, ...]
    papers: tuple[Choice, ...]


def handout(page: ReaderPage, *, address: str, large: bool, paper: str, printed: date) -> Handout:
    """``address``: that of the portal. ``paper``: a key of PAPERS; anything else is the paper of the country."""
    chosen = paper if paper in PAPERS else _PAPER_OF.get(page.country, "a4")
    whole = f"{address.rstrip('/')}{page_path(page.country, page.slug)}"
    own = handout_path(page.country, page.slug)

    def choice(label: str, size: bool, on: str) -> Choice:
        url = f"{own}?paper={on}{'&large=1' if size else ''}"
        return Choice(label=label, url=url, current=(size, on) == (large, chosen))

    return Handout(
        page=page,
        pieces=tuple(one for one in page.pieces if one is not page.emergency and not isinstance(one, TeachBack)),
        paper=chosen,
        large=large,
        address=whole,
        code=code(whole),
        version=str(page.revision or ""),
        printed=facts().date_words(printed),
        sizes=(choice("Standard letters", False, chosen), choice("Large letters", True, chosen)),
        papers=tuple(choice(label, large, key) for key, label in PAPERS.items()),
    )


def code(text: str) -> Code:
    """The QR code of a text, with the four empty units around it that readers of codes need."""
    matrix = segno.make_qr(text, error="m").matrix
    border = 4
    path = "".join(
        f"M{x + border} {y + border}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return Code(size=len(matrix) + 2 * border, path=path)
