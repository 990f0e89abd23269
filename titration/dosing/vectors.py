"""Recomputes files of test rows and compares each with what it expects, to the precision printed in the file.

A number compares after rounding half up to the decimals of the expected cell, a text exactly. What cannot be read is
a failure with its line and reason. Rows of a kind that nothing here computes are counted apart, never as passed.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from titration.dosing.errors import DosingError
from titration.dosing.kidney import round_half_up
from titration.dosing.vector_formats import FORMATS, Format, Found, Given, VectorLimits, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What one line expected and what was found; ``expected`` is empty when ``found`` says why it cannot be read."""

    line: int
    row: str
    column: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """Rows of one file by outcome; a file that cannot be read to its end has one failed row for what is lost."""

    name: str
    passed: int
    failed: int
    not_covered: tuple[str, ...]
    failures: tuple[Failure, ...]


class _Unreadable(DosingError):
    """The rest of a file cannot be read, from ``line`` on."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def check_directory(directory: Path, limits: VectorLimits) -> tuple[FileReport, ...]:
    """One report for each CSV file in a directory, by name; OSError when the directory cannot be read."""
    files = sorted(path for path in directory.iterdir() if path.suffix.lower() == ".csv")
    return tuple(check_file(path, limits) for path in files)


def check_file(path: Path, limits: VectorLimits) -> FileReport:
    """The report of one file; its name tells its format."""
    passed = failed = 0
    not_covered: list[str] = []
    failures: list[Failure] = []
    try:
        form = FORMATS.get(path.name)
        if form is None:
            raise _Unreadable(1, f"no format is known for a file named {path.name}")
        for line, cells in _rows(_text(path), form):
            found = _check_row(line, cells, form, limits)
            failures.extend(found)
            if found:
                failed += 1
            elif form.compute is None:
                not_covered.append(cells[0])
            else:
                passed += 1
    except _Unreadable as error:
        failed += 1
        failures.append(Failure(line=error.line, row="", column="", expected="", found=str(error)))
    return FileReport(
        name=path.name, passed=passed, failed=failed, not_covered=tuple(not_covered), failures=tuple(failures)
    )


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _Unreadable(1, f"the file cannot be read: {error.strerror}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(line, f"byte {error.start + 1} of the file is not UTF-8 text") from error


def _rows(text: str, form: Format) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row below the header, blank lines left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    rows = 0
    try:
        for cells in reader:
            if not cells:
                continue
            if header is None:
                header = cells
                _check_header(header, form, reader.line_num)
            else:
                rows += 1
                yield reader.line_num, cells
    except csv.Error as error:
        raise _Unreadable(reader.line_num, f"this is not CSV: {error}") from error
    if header is None:
        raise _Unreadable(1, "the file is empty")
    if not rows:
        raise _Unreadable(reader.line_num, "the file has a header and no rows")


def _check_header(header: list[str], form: Format, line: int) -> None:
    missing = [column for column in form.columns if column not in header]
    if missing:
        raise _Unreadable(line, f"a column is missing: {', '.join(missing)}")
    if tuple(header) != form.columns:
        raise _Unreadable(line, f"the columns must be exactly {', '.join(form.columns)}")


def _check_row(line: int, cells: list[str], form: Format, limits: VectorLimits) -> list[Failure]:
    """What is wrong with a row; nothing for a row that agrees, or whose kind is not computed."""
    row = cells[0]
    if len(cells) != len(form.columns):
        reason = f"the row has {len(cells)} cells and the header {len(form.columns)}"
        return [Failure(line=line, row=row, column="", expected="", found=reason)]
    if form.compute is None:
        return []
    by_column = dict(zip(form.columns, cells, strict=True))
    try:
        computed = form.compute(Given(by_column, limits))
        return list(_differences(line, row, by_column, computed, exact=form.exact))
    except (DosingError, ArithmeticError) as error:
        return [Failure(line=line, row=row, column="", expected="", found=str(error))]


def _differences(
    line: int, row: str, by_column: Mapping[str, str], computed: Mapping[str, Found], *, exact: bool
) -> Iterator[Failure]:
    for column, value in computed.items():
        expected = by_column[column]
        found = value if isinstance(value, str) else _as_printed(column, expected, value, exact=exact)
        agrees = found == expected if isinstance(found, str) else found == number(column, expected)
        if not agrees:
            shown = found if isinstance(found, str) else f"{found:f}"
            yield Failure(line=line, row=row, column=column, expected=expected, found=shown)


def _as_printed(column: str, expected: str, value: Decimal, *, exact: bool) -> Decimal:
    """The value at the decimals of the expected cell; for an exact comparison as it is."""
    number(column, expected)
    places = len(expected.partition(".")[2])
    return value if exact else round_half_up(value, places)
