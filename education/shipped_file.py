"""Strict reading of the tables of a shipped file: each key is what it must be, or the error says where and why."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

Kind = TypeVar("Kind")


class ShippedError(ValueError):
    """A shipped file does not say what it must; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. ``where``: the file and the place in it, as the error names it."""

    where: str
    values: Mapping[str, object]

    def only(self, keys: set[str], optional: frozenset[str] = frozenset()) -> "Table":
        missing, unknown = sorted(keys - set(self.values)), sorted(set(self.values) - keys - optional)
        if missing:
            raise self.error(missing[0], "is missing")
        if unknown:
            raise self.error(unknown[0], f"is not known here; known are {', '.join(sorted(keys | optional))}")
        return self

    def error(self, key: str, what: str) -> ShippedError:
        return ShippedError(f"{self.where}: “{key}” {what}.")

    def _is(self, key: str, kind: type[Kind], words: str) -> Kind:
        value = self.values.get(key)
        # A yes is a whole number to Python, and a time of day has a date in it.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)) or isinstance(value, datetime):
            raise self.error(key, f"was read as {value!r} and must be {words}")
        return value

    def text(self, key: str, *, empty: bool = False) -> str:
        return self._said(key, self._is(key, str, "text"), empty=empty)

    def _said(self, key: str, text: object, *, empty: bool = False) -> str:
        if not isinstance(text, str) or text != text.strip() or not (text or empty):
            raise self.error(key, f"was read as {text!r} and must be text without blanks at its ends")
        if set(text) & set("<>`\n") or text.count("**") % 2 or "*" in text.replace("**", ""):
            raise self.error(key, f"was read as “{text}”; words may be bold between ** and **, and nothing else")
        return text

    def flag(self, key: str) -> bool:
        return self._is(key, bool, "true or false")

    def day(self, key: str) -> date:
        return self._is(key, date, "a date")

    def count(self, key: str) -> int:
        if (number := self._is(key, int, "a whole number")) < 1:
            raise self.error(key, f"was read as {number} and must be 1 or more")
        return number

    def pattern(self, key: str, shape: re.Pattern[str], words: str) -> str:
        if shape.fullmatch(text := self.text(key)) is None:
            raise self.error(key, f"was read as “{text}” and must be {words}")
        return text

    def choice(self, key: str, allowed: Collection[str]) -> str:
        if (text := self.text(key)) not in allowed:
            raise self.error(key, f"was read as “{text}” and must be one of {', '.join(allowed)}")
        return text

    def texts(self, key: str, least: int = 1, most: int | None = None) -> tuple[str, ...]:
        """The texts of a list that may be left out when ``least`` is 0."""
        listed = self._is(key, list, "a list of texts") if key in self.values else []
        if len(listed) < least or (most is not None and len(listed) > most):
            allowed = f"{least} to {most}" if most is not None else f"at least {least}"
            raise self.error(key, f"holds {len(listed)} and must hold {allowed}")
        return tuple(self._said(key, one) for one in listed)

    def choices(self, key: str, allowed: Collection[str], least: int = 0) -> tuple[str, ...]:
        chosen = self.texts(key, least)
        for one in chosen:
            if one not in allowed:
                raise self.error(key, f"names “{one}”, which is none of {', '.join(allowed)}")
        if len(set(chosen)) < len(chosen):
            raise self.error(key, "names one twice")
        return chosen

    def tables(self, key: str, word: str) -> tuple["Table", ...]:
        rows = self._is(key, list, "a list of tables")
        if not rows or not all(isinstance(one, dict) for one in rows):
            raise self.error(key, f"was read as {rows!r} and must be one or more tables")
        return tuple(Table(f"{self.where}, {word} {number}", one) for number, one in enumerate(rows, 1))
