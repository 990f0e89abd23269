"""The form of a picture in the admin, and pictures of drafts."""

from collections.abc import Iterable, Mapping
from typing import Any

from wagtail.images.forms import BaseImageForm

from education.selectors.pictures import PictureFile
from education.services.pictures import make_pictures


def pictures_of_draft(body: Iterable[Any]) -> Mapping[int, PictureFile]:
    """As readers will have them, by the number of the image, made where they are missing; at the address that editors have
    for files, since readers have none for a draft."""
    return {one.image_id: PictureFile(url=one.url, width=one.width, height=one.height) for one in make_pictures(body)}


class PictureForm(BaseImageForm):
    """A picture that is there stays as it is: another file would be on live pages at once, and nobody would have seen it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "file" in self.fields:
            self.fields["file"].disabled = True
