"""Making the pictures of a page in the size for readers, who cannot make any: their process writes no files."""

import logging
from collections.abc import Iterable
from typing import Any

from wagtail.images.models import Filter, Rendition

from education.selectors.pictures import SPEC, images_of, made_of

log = logging.getLogger(__name__)


def make_pictures(body: Iterable[Any]) -> list[Rendition]:
    """Make those that are missing; all that there are now. One that cannot be read is in the log: words that readers need
    do not wait for it."""
    images = images_of(body)
    found = made_of(images)
    for number in images.keys() - {one.image_id for one in found}:
        try:
            drawn = images[number].generate_rendition_file(Filter(spec=SPEC))
        except OSError:
            log.exception("Image %s cannot be read. Readers are not shown it.", number)
            continue
        with drawn:  # Wagtail's own way leaves it open; another publisher may have been quicker
            made, _ = images[number].renditions.get_or_create(
                filter_spec=SPEC, focal_point_key="", defaults={"file": drawn}
            )
        found.append(made)
    return found


def page_was_published(instance: Any, **_signal: Any) -> None:
    """However it went live: by an approval, at its time, or by a program."""
    make_pictures(instance.body)
