"""The closing of a flag as it travels from the form to the check page and back: signed for one flag and one person."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing

SALT = "titration.flag.closing"
MAX_AGE = timedelta(hours=1)


class ClosingRefused(Exception):
    """The flag is not closed from this page; the text is fit for the person who sent it."""


@dataclass(frozen=True, kw_only=True)
class Closing:
    """The coded reason and the person's words."""

    code: str
    text: str


def sign(closing: Closing, *, flag: Any, user: Any) -> str:
    """The signed text of a closing, with what the flag says at this moment."""
    return signing.dumps({**_about(flag, user), "code": closing.code, "text": closing.text}, salt=SALT, compress=True)


def read(token: str, *, flag: Any, user: Any) -> Closing:
    """The closing that this person was shown for this flag within the last hour; ClosingRefused otherwise."""
    if not token:
        raise ClosingRefused("This page was sent without what it is about. Nothing was saved.")
    try:
        kept = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except signing.SignatureExpired:
        raise ClosingRefused("The check page was opened more than an hour ago. Nothing was saved.") from None
    except signing.BadSignature:
        raise ClosingRefused("This page is not as the portal wrote it. Nothing was saved.") from None
    about = _about(flag, user)
    if (kept["flag"], kept["user"]) != (about["flag"], about["user"]):
        raise ClosingRefused("This page was about another flag or written by another person. Nothing was saved.")
    if kept["because"] != about["because"]:
        raise ClosingRefused("The flag says something else since the check page was opened. Nothing was saved.")
    return Closing(code=kept["code"], text=kept["text"])


def _about(flag: Any, user: Any) -> dict[str, str]:
    key: uuid.UUID = flag.pk
    return {"flag": str(key), "user": str(user.pk), "because": flag.because}
