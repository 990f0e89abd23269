"""What a person may call the device that they sit at."""

from typing import Any

# The first that is found in what the browser says of itself, and what most people call such a thing.
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android phone or tablet"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows computer"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux computer"),
)


def name_of_device(request: Any) -> str:
    """A first name for a passkey, guessed from what the browser says of itself; it proves nothing."""
    browser = request.headers.get("User-Agent", "")
    return next((name for mark, name in _DEVICES if mark in browser), "This device")
