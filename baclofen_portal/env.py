"""Reading the environment loudly: a value that cannot be read stops the start and says what to write instead."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """The value of a variable, or the default; without a default the variable must be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"The environment variable {name} is not set. Set it, or see docs/operations.md.")
    return value


def long_text(name: str, least: int) -> str:
    """A required variable of at least ``least`` characters."""
    value = text(name)
    if len(value) < least:
        raise ImproperlyConfigured(f"{name} has {len(value)} characters. Use at least {least} random ones.")
    return value


def one_of(name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words; the first of them when the variable is not set."""
    value = os.environ.get(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write one of: {', '.join(allowed)}.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """A yes-or-no variable; anything but 1/0, true/false, yes/no, on/off is refused."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {raw!r}. Write 1 or 0.")


def seconds(name: str, default: int, *, least: int = 0) -> int:
    """A number of whole seconds from ``least`` to 86,400 (a day); 0, where it is allowed, is no limit."""
    raw = os.environ.get(name, str(default))
    if not (raw.isascii() and raw.isdigit() and least <= int(raw) <= 86_400):
        first = "0 (no limit)" if least == 0 else str(least)
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write whole seconds, from {first} to 86400.")
    return int(raw)


def count(name: str, most: int) -> int | None:
    """A whole number from 0 to ``most``; None when the variable is not set."""
    raw = os.environ.get(name)
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10 and int(raw) <= most):
        raise ImproperlyConfigured(f"{name} is {raw!r}. Write a whole number from 0 to {most}.")
    return int(raw)


def listed(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list without empty parts."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def secret_key(folder: Path, name: str, file: str) -> str:
    """A key from the variable ``name``, or one made once per installation and kept in ``file`` of ``folder`` (mode 0600)."""
    given = os.environ.get(name)
    if given:
        return given
    import secrets

    path = folder / file
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(64))
    return path.read_text()


def database(url: str, name: str = "DATABASE_URL") -> Mapping[str, Any]:
    """Django's connection settings from the variable ``name``: a libpq URL or keyword string (``host`` may be a socket directory)."""
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except Exception as error:
        shown = urlsplit(url)._replace(netloc="…").geturl() if "://" in url else "the keyword string given"
        raise ImproperlyConfigured(
            f"{name} cannot be read ({shown}). Write postgresql://user:password@host:5432/name."
        ) from error
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings = {"ENGINE": "django.db.backends.postgresql"}
    settings |= {django: str(parts.pop(libpq)) for libpq, django in known.items() if parts.get(libpq)}
    settings["OPTIONS"] = parts  # what else libpq knows: sslmode, sslrootcert, …
    return settings
