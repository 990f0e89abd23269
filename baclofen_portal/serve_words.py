"""What ``script/serve`` tells the person who started it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class CannotServe(Exception):
    """The portal cannot start or go on; the message says why and what to do."""


def say(text: str) -> None:
    """Print a line; a terminal that is gone is no reason to fail."""
    with suppress(OSError):
        print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a slow step and, when it is done, how long it took."""
    began = time.monotonic()
    say(f"{text} …")
    yield
    say(f"  done in {time.monotonic() - began:.1f} s")
