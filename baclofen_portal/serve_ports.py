"""The ports of ``script/serve``: each the one that was asked for, or the first that is free."""

import errno
import os
import socket

from baclofen_portal.serve_words import CannotServe, say

FIRST_PORT = 8000
PORTS_TRIED = 20


def listen(wanted: str | None, name: str, first: int) -> socket.socket:
    """A listening socket on the loopback address: on ``wanted``, the value of the variable ``name``, or on the first free port
    from ``first`` on."""
    if wanted is not None:
        if not wanted.isascii() or not wanted.isdigit() or not 1 <= int(wanted) <= 65535:
            raise CannotServe(f"{name} is {wanted!r}. Set it to a number from 1 to 65535.")
        try:
            return _bound(int(wanted))
        except OSError as error:
            raise CannotServe(
                f"Port {wanted} cannot be used: {error.strerror}. Set {name} to another number."
            ) from error
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        try:
            found = _bound(port)
        except OSError:
            say(f"Port {port} is taken by another program; trying the next one.")
            continue
        return found
    raise CannotServe(f"Ports {first} to {first + PORTS_TRIED - 1} are all taken. Set {name} to a free one.")


def _bound(port: int) -> socket.socket:
    if _answers("::1", port):  # browsers try that address of "localhost" first and would show the other program
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
