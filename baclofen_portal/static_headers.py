"""The headers of static files: those of pages, because a browser opens a drawing or a script like a page when asked to."""

from wsgiref.headers import Headers


def add(headers: Headers, path: str, url: str) -> None:
    """Give a static file the content policy of pages; called by WhiteNoise for every file."""
    from csp.utils import build_policy  # reads the settings, which name this function

    headers["Content-Security-Policy"] = build_policy()
    headers["X-Content-Type-Options"] = "nosniff"
