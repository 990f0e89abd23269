"""Images for the tests of pages, and the block that shows one."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage
from wagtail.images.models import Image

from tests.education.learn_pages import block

ALT = "A kidney beside a hand, to show its size"


def uploaded(colour: str = "red", size: tuple[int, int] = (40, 30), **options: Any) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    file = BytesIO()
    PillowImage.new("RGB", size, colour).save(file, "JPEG", **options)
    return SimpleUploadedFile("leg.jpg", file.getvalue(), "image/jpeg")


def a_picture(title: str = "A kidney", **options: Any) -> Image:
    """An image of the library. Have MEDIA_ROOT lie in a directory of the test."""
    with uploaded(**options) as file:
        image = Image.objects.create(title=title, file=file)
    image.file.close()
    return image


def image_block(image: Image, *, alt: str = ALT, caption: str = "", credit: str = "", **more: Any) -> Any:
    """The block; ``alt`` empty: a decoration."""
    shown = {"image": image.pk, "alt_text": alt, "decorative": not alt}
    return block("image", image=shown, caption=caption, credit=credit, **more)
