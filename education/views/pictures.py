"""The file of a picture."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse

from education.selectors.pictures import CONTENT_TYPE, live_file


def picture(request: Any, rendition: int) -> HttpResponse:
    """As long as a live page shows it. It came from somebody else's computer once, and runs nothing whatever is in it."""
    name = live_file(rendition)
    if name is None:
        raise Http404
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except FileNotFoundError as missing:
        raise Http404 from missing
    policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Content-Security-Policy": policy})
