"""The pictures of pages in the one size that readers are sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wagtail.images.models import Image, Rendition

from education.addresses import picture_path
from education.selectors.pages import live_pages

# Twice the column that pages are read in, for phones with fine screens and for paper. One format for all: a WebP is small, and
# is written without what a camera adds to its photographs, such as the place.
SPEC = "max-1280x1280|format-webp"
CONTENT_TYPE = "image/webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """Where the file is, and its size in pixels."""

    url: str
    width: int
    height: int


def images_of(body: Iterable[Any]) -> dict[int, Image]:
    """The images of a body by their numbers. A block whose image is no longer in the library has none."""
    images = (block.value["image"] for block in body if block.block_type == "image")
    return {image.pk: image for image in images if image is not None}


def made_of(images: Iterable[int]) -> list[Rendition]:
    """What was made of the images of these numbers: no statement for no images."""
    return list(Rendition.objects.filter(image_id__in=list(images), filter_spec=SPEC))


def pictures_of(body: Iterable[Any]) -> Mapping[int, PictureFile]:
    """What readers are sent of the images of a body, by the number of the image."""
    return {
        one.image_id: PictureFile(url=picture_path(one.pk), width=one.width, height=one.height)
        for one in made_of(images_of(body))
    }


def live_file(rendition: int) -> str | None:
    """The name of the file of a picture that is on a live page. None for any other: drafts have pictures as well, and so
    has the library."""
    found = Rendition.objects.filter(pk=rendition, filter_spec=SPEC).values_list("image_id", "file").first()
    if found is None:
        return None
    image, name = found
    shown = [{"type": "image", "value": {"image": {"image": image}}}]
    return name if live_pages().filter(body__contains=shown).exists() else None
