"""Pages as tagged PDF files (PDF/UA-1). WeasyPrint draws them, with system libraries that a machine may not have."""

import ctypes
import threading
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.contrib.staticfiles import finders

# The system libraries that WeasyPrint opens, each by its names on Linux and macOS.
_LIBRARIES = (
    ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    ("libfontconfig.so.1", "libfontconfig.1.dylib"),
)
# No host has this name: it only stands for the static files on this disk.
_HERE = "https://paper.invalid/static/"
_TYPES = {".css": "text/css", ".woff2": "font/woff2"}
_VARIANT = "pdf/ua-1"
# Pango keeps fonts in places that threads share.
_one_at_a_time = threading.Lock()


class CannotPrint(Exception):
    """A PDF was asked for on a machine without the libraries, or a page asked for a file that is not ours."""


@cache
def missing_libraries() -> tuple[str, ...]:
    """The libraries that are not on this machine, looked for once a process; empty when PDF files can be made."""
    return tuple(names[0] for names in _LIBRARIES if not any(_opens(name) for name in names))


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def pdf_of(html: str, *, pages: int) -> bytes | None:
    """The PDF of a whole document; None when it does not fit on so many pages.

    Style sheets and fonts are named by their path below ``static/`` and read from disk. CannotPrint: a library is
    missing, or the document asks for anything else.
    """
    if missing_libraries():
        raise CannotPrint(f"These libraries are missing: {', '.join(missing_libraries())}.")
    from weasyprint import HTML  # takes a second, and not every machine can
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    try:
        with _one_at_a_time:
            page = HTML(string=html, base_url=_HERE, url_fetcher=_disk())
            drawn = page.render(font_config=FontConfiguration(), pdf_variant=_VARIANT)
            return drawn.write_pdf(pdf_variant=_VARIANT) if len(drawn.pages) <= pages else None
    except FatalURLFetchingError as error:
        raise CannotPrint(str(error)) from error


def _disk() -> Any:
    """What gives WeasyPrint its files: the portal's own from this disk, and nothing from anywhere else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Disk(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            found = finders.find(unquote(url.removeprefix(_HERE))) if url.startswith(_HERE) else None
            if not found:
                raise ValueError(f"{url} is no file of the portal.")
            return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": _TYPES[Path(found).suffix]})

    return Disk(fail_on_errors=True)
