"""Pictures: what they show, in words too."""

from dataclasses import dataclass
from typing import Any

from education.presenters.rich import held
from education.selectors.pictures import PictureFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``alt`` empty: a decoration, which says nothing. ``file`` None: only the words were asked for."""

    template: str = "education/blocks/picture.html"
    alt: str
    caption: str
    credit: str
    file: PictureFile | None

    @property
    def words(self) -> tuple[str, ...]:
        return (self.alt, self.caption, self.credit)


def picture(value: Any, file: PictureFile | None) -> Picture:
    """The picture of a block whose image is in the library."""
    image = value["image"]
    return Picture(
        alt="" if image.decorative else image.contextual_alt_text or "",
        caption=held(value["caption"] or ""),
        credit=held(value["credit"] or ""),
        file=file,
    )
