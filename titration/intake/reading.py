"""From bytes to parsed JSON values, each with its line: NDJSON is streamed, one document of many lines is held whole.

A line is at most ``MAX_BYTES`` long and so is a document, so memory stays bounded whatever is sent.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import BinaryIO, NoReturn

from titration.intake.reasons import Reason, Unusable, shown

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_DIGITS = 40

_CHUNK = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_WIDE = (
    b"\xff\xfe",
    b"\xfe\xff",
    b"\x00\x00\xfe\xff",
    b"{\x00",
    b"[\x00",
    b"\x00{",
    b"\x00[",
    b"\x00\x00\x00{",
    b"\x00\x00\x00[",
)
# Possessive, and an unended string matches to the end of the text: the scan is linear whatever is sent.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_ESCAPED_NUL_OR_SURROGATE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class LongNumber(str):
    """A JSON number with more digits, or a larger exponent, than any measurement has; kept as text, never computed."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    data: bytes
    too_long: bool


def values(stream: BinaryIO) -> Iterator[tuple[int, object]]:
    """Each JSON value of the stream with the line it starts on; ``Unusable`` stands in for what cannot be read."""
    lines = _lines(stream)
    first = next(lines, None)
    if first is None:
        yield 1, Unusable(Reason.EMPTY_FILE)
    elif first.data.startswith(_COMPRESSED):
        yield first.number, Unusable(Reason.COMPRESSED)
    elif first.data.startswith(_WIDE):
        yield first.number, Unusable(Reason.NOT_UTF8)
    elif _begins_a_document(first):
        yield from _document_or_lines(first, lines)
    else:
        yield from _each_line(chain([first], lines))


def _lines(stream: BinaryIO) -> Iterator[_Line]:
    number = 0
    while data := stream.readline(MAX_BYTES + 1):
        number += 1
        too_long = len(data) > MAX_BYTES and not data.endswith(b"\n")
        if too_long:
            data = data[:_CHUNK]
            while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
        data = data.removeprefix(_BOM)
        if data.strip():
            yield _Line(number, data, too_long)


def _each_line(lines: Iterator[_Line]) -> Iterator[tuple[int, object]]:
    for line in lines:
        yield line.number, _parsed_line(line)


def _parsed_line(line: _Line) -> object:
    if line.too_long:
        return Unusable(Reason.TOO_LONG, allowed=str(MAX_BYTES))
    try:
        return parse(line.data)
    except Unusable as unusable:
        return unusable


def _begins_a_document(line: _Line) -> bool:
    """Whether the line is the start of JSON that goes on in the next line; a string never does, so that is a cut line."""
    if line.too_long:
        return False
    try:
        text = _checked_text(line.data).rstrip()
        _load(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text)  # of a cut string, the position is where it starts
    except Unusable:
        return False
    return False


def _document_or_lines(first: _Line, lines: Iterator[_Line]) -> Iterator[tuple[int, object]]:
    """One value made of many lines; or NDJSON whose first line is cut, known by whole resources on later lines."""
    held, size, too_long = [first], len(first.data), False
    for line in lines:
        held.append(line)
        size += len(line.data)
        too_long = line.too_long or size > MAX_BYTES
        if too_long:
            break
    value = _parsed_line(_Line(first.number, b"" if too_long else b"".join(line.data for line in held), too_long))
    if isinstance(value, Unusable) and any(_is_resource(_parsed_line(line)) for line in held):
        yield from _each_line(chain(held, lines))
    else:
        yield first.number, value


def _is_resource(value: object) -> bool:
    return isinstance(value, dict) and "resourceType" in value


def parse(data: bytes) -> object:
    """The JSON value in UTF-8 bytes, numbers as Decimal or LongNumber. Raises Unusable for anything but strict JSON."""
    text = _checked_text(data)
    try:
        value = _load(text)
    except json.JSONDecodeError as error:
        raise Unusable(Reason.BAD_JSON, read=f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    if _ESCAPED_NUL_OR_SURROGATE.search(text):
        _refuse_unstorable_text(value)
    return value


def _checked_text(data: bytes) -> str:
    if (at := data.find(b"\x00")) >= 0:
        raise Unusable(Reason.NUL_BYTE, read=str(at + 1))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unusable(Reason.NOT_UTF8) from error
    if text.count("{") + text.count("[") > MAX_DEPTH and (depth := _depth(text)) > MAX_DEPTH:
        raise Unusable(Reason.TOO_DEEP, read=str(depth), allowed=str(MAX_DEPTH))
    return text


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _load(text: str) -> object:
    return json.loads(
        text, object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_refuse_constant
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for key, value in pairs:
        if key in members:
            raise Unusable(Reason.DUPLICATE_KEY, read=shown(key))
        members[key] = value
    return members


def _number(written: str) -> Decimal | LongNumber:
    """Exact, or kept as text when it has too many digits, so that no exponent is ever written out."""
    mantissa, _, exponent = written.lower().partition("e")
    if len(mantissa) > MAX_DIGITS + 2 or len(exponent.lstrip("+-0")) > 2:  # mantissa: 2 more for a sign and a point
        return LongNumber(written)
    number = Decimal(written)
    if len(f"{number:f}".lstrip("-").replace(".", "")) > MAX_DIGITS:
        return LongNumber(written)
    return number


def _refuse_constant(written: str) -> NoReturn:
    raise Unusable(Reason.NOT_FINITE, read=written)


def _refuse_unstorable_text(value: object) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, str) and (found := _UNSTORABLE.search(item)):
            raise Unusable(Reason.BAD_TEXT, field="A text", read=f"the character U+{ord(found.group()):04X}")
