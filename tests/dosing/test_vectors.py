"""Files of test rows: every shipped row agrees, and everything that is wrong with a file is told with its line."""

import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.dosing.test_kidney import AKI
from titration.dosing.vector_formats import FORMATS, VectorLimits
from titration.dosing.vectors import FileReport, check_directory, check_file

SHIPPED = Path(__file__).parent.parent / "data" / "vectors"
LIMITS = VectorLimits(aki=AKI, band_splits=(60, 30, 15), days_between_steps=3)
NOT_BUILT = {"gas_t_score.csv", "pump_refill.csv"}
SCHWARTZ = "vector_id,creatinine_mg_dl,height_cm,expected_ml_min_173\n"


def report(folder: Path, name: str, content: str | bytes) -> FileReport:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return check_file(path, LIMITS)


def reason(folder: Path, name: str, content: str | bytes) -> tuple[int, str]:
    found = report(folder, name, content)
    assert (found.failed, len(found.failures)) == (1, 1)
    return found.failures[0].line, found.failures[0].found


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_shipped_row_agrees(name: str) -> None:
    found = check_file(SHIPPED / name, LIMITS)
    rows = len((SHIPPED / name).read_text().splitlines()) - 1
    assert found.failures == ()
    assert (found.passed, len(found.not_covered)) == ((0, rows) if name in NOT_BUILT else (rows, 0))


@pytest.mark.parametrize("name", sorted(set(FORMATS) - NOT_BUILT))
def test_every_expected_cell_is_compared(name: str, tmp_path: Path) -> None:
    """Changing any one expected cell of the first row makes exactly that cell fail."""
    header, first, *_ = (SHIPPED / name).read_text().splitlines()
    columns = header.split(",")
    cells = re.findall(r'("[^"]*"|[^,]*)(?:,|$)', first)[: len(columns)]
    expected = [column for column in columns if column.startswith("expected_") or name.startswith("published")]
    compared = [column for column in expected if column not in ("source", "equation", "input")]
    assert compared
    for column in compared:
        place = columns.index(column)
        changed = re.sub(r"[0-9](?=[^0-9]*$)", lambda last: str((int(last[0]) + 1) % 10), cells[place])
        row = [*cells[:place], changed if changed != cells[place] else "other", *cells[place + 1 :]]
        found = report(tmp_path, name, f"{header}\n{','.join(row)}\n")
        assert [failure.column for failure in found.failures] == [column]
        assert (found.passed, found.failed, found.failures[0].line) == (0, 1, 2)


def test_a_difference_names_line_row_expected_and_found(tmp_path: Path) -> None:
    found = report(tmp_path, "schwartz_bedside.csv", f"{SCHWARTZ}S-1,0.3,75,103.2500\nS-2,0.3,75,103.2501\n")
    (failure,) = found.failures
    assert (found.passed, found.failed) == (1, 1)
    assert (failure.line, failure.row, failure.expected, failure.found) == (3, "S-2", "103.2501", "103.2500")


def test_numbers_compare_at_the_printed_decimals(tmp_path: Path) -> None:
    rows = "S-1,0.7,151,89.09\nS-2,0.7,151,89.1\nS-3,0.7,151,89\nS-4,0.8,149,76.9\nS-5,0.8,149,77\n"
    assert report(tmp_path, "schwartz_bedside.csv", SCHWARTZ + rows).passed == 5


def test_a_volume_compares_exactly(tmp_path: Path) -> None:
    header = "vector_id,dose_mg,strength_mg_per_ml,expected_volume_ml\n"
    assert report(tmp_path, "liquid_volume.csv", f"{header}L-1,7.5,2,3.750\n").passed == 1
    assert report(tmp_path, "liquid_volume.csv", f"{header}L-1,7.5,2,3.8\n").failed == 1


def test_aki_rows_without_a_stage(tmp_path: Path) -> None:
    header = (SHIPPED / "aki_staging.csv").read_text().splitlines()[0]
    rows = (
        "A,,2.0,mg/dL,,70,28,,,cannot be staged\n"
        "B,0.8,1.2,mg/dL,200,,,,,kidney function falling\n"
        "C,3.9,4.0,mg/dL,60,,,yes,3,stage 3\n"
        "D,3.9,4.0,mg/dL,60,,,no,0,none\n"
    )
    assert report(tmp_path, "aki_staging.csv", f"{header}\n{rows}").passed == 4


@pytest.mark.parametrize(
    ("row", "line", "reason_given"),
    [
        ("S-1,O.3,75,1\n", 2, "creatinine_mg_dl is 'O.3', which is not a number"),
        ("S-1,0.3,75,abc\n", 2, "expected_ml_min_173 is 'abc', which is not a number"),
        ("S-1,1e1,75,1\n", 2, "creatinine_mg_dl is '1e1', which is not a number"),
        ("S-1,NaN,75,1\n", 2, "creatinine_mg_dl is 'NaN', which is not a number"),
        ("S-1,\uff11,75,1\n", 2, "creatinine_mg_dl is '\uff11', which is not a number"),
        ("S-1,,75,1\n", 2, "creatinine_mg_dl is '', which is not a number"),
        ("S-1,0,75,1\n", 2, "The creatinine was read as 0: it must be a number above 0."),
        ("S-1,0.3,75\n", 2, "the row has 3 cells and the header 4"),
        ("\nS-1,0.3,75,1,1\n", 3, "the row has 5 cells and the header 4"),
        ('S-1,"0.3,75,1\n', 2, "this is not CSV: unexpected end of data"),
        ("", 1, "the file has a header and no rows"),
    ],
)
def test_a_row_that_cannot_be_read_fails_with_its_reason(
    row: str, line: int, reason_given: str, tmp_path: Path
) -> None:
    assert reason(tmp_path, "schwartz_bedside.csv", SCHWARTZ + row) == (line, reason_given)


def test_a_broken_row_loses_only_itself(tmp_path: Path) -> None:
    found = report(tmp_path, "schwartz_bedside.csv", f"{SCHWARTZ}S-1,x,75,1\nS-2,0.3,75,103.25\nS-3,0.3\n")
    assert (found.passed, found.failed) == (1, 2)


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (b"", 1, "the file is empty"),
        (b"\n\n", 1, "the file is empty"),
        (b"vector_id,creatinine_mg_dl,height_cm\nS-1,0.3,75\n", 1, "a column is missing: expected_ml_min_173"),
        (SCHWARTZ.strip().encode() + b",more\nS-1,0.3,75,103.25,1\n", 1, "the columns must be exactly"),
        (SCHWARTZ.encode() + b"S-1,0.3,75,103.25\nS-2,0.3,\xff,1\n", 3, "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_fails(content: bytes, line: int, part: str, tmp_path: Path) -> None:
    found_line, found = reason(tmp_path, "schwartz_bedside.csv", content)
    assert found_line == line
    assert part in found


def test_other_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert reason(tmp_path, "mine.csv", "a,b\n1,2\n") == (1, "no format is known for a file named mine.csv")
    (tmp_path / "titration_dates.csv").mkdir()
    assert "cannot be read" in check_file(tmp_path / "titration_dates.csv", LIMITS).failures[0].found
    gas = report(tmp_path, "gas_t_score.csv", "vector_id,scores,weights,expected_t\nG-1,0,1\nG-2,0,1,50.00\n")
    assert (gas.passed, gas.failed, gas.not_covered) == (0, 1, ("G-2",))


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ("1.09 mg/dL, 55 y", "sex is not given"),
        ("1.09 mmol/L, 55 y, M", "'1.09 mmol/L', which is not a value with a unit"),
        ("1.09 mg/dL, 55 y, 56 y, M", "input gives age_years twice"),
        ("1.09, 55 y, M", "'1.09', which is not"),
    ],
)
def test_an_anchor_that_cannot_be_read(given: str, part: str, tmp_path: Path) -> None:
    header = "source,equation,input,calculated_4dp,published\n"
    row = f'x,ckd_epi_2021_creatinine,"{given}",80.1516,80\n'
    assert part in reason(tmp_path, "published_anchors.csv", header + row)[1]
    row = 'x,mdrd,"1.09 mg/dL, 55 y, M",80.1516,80\n'
    assert reason(tmp_path, "published_anchors.csv", header + row)[1] == "equation 'mdrd' is not known"


@pytest.mark.parametrize("day", ["2026-02-30", "20260302", "2026-W10-1", "02/03/2026", ""])
def test_a_date_that_is_none(day: str, tmp_path: Path) -> None:
    header = (SHIPPED / "titration_dates.csv").read_text().splitlines()[0]
    row = f"T-1,{day},2026-03-05,2026-03-08,2026-03-11,2026-03-14\n"
    assert "which is not a date" in reason(tmp_path, "titration_dates.csv", f"{header}\n{row}")[1]


def test_a_directory_is_read_by_name(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "liquid_volume.csv", tmp_path)
    (tmp_path / "README.md").write_text("not a table")
    (tmp_path / "a.CSV").write_text("x\n1\n")
    assert [one.name for one in check_directory(tmp_path, LIMITS)] == ["a.CSV", "liquid_volume.csv"]


def run(*arguments: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("check_vectors", *arguments, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


@pytest.mark.parametrize("protocol", ["us", "uk"])
def test_the_command_counts_and_needs_no_database(protocol: str) -> None:
    shown, code = run(str(SHIPPED), "--protocol", protocol)
    lines = shown.splitlines()
    assert code == 0
    assert lines[-1] == "212 passed, 0 failed, 13 not covered"
    assert "pump_refill.csv: 0 passed, 0 failed, 8 not covered" in lines
    assert "  not covered: GAS-01, GAS-03, GAS-06, GAS-07, GAS-10" in lines


def test_the_command_ends_with_1_on_a_failure(tmp_path: Path) -> None:
    (tmp_path / "schwartz_bedside.csv").write_text(f"{SCHWARTZ}S-1,0.3,75,103.2500\nS-2,0.3,75,99\nS-3,x,75,1\n")
    shown, code = run(str(tmp_path))
    assert code == 1
    assert shown.splitlines() == [
        "schwartz_bedside.csv: 1 passed, 2 failed, 0 not covered",
        "  schwartz_bedside.csv, line 3, S-2: expected_ml_min_173 expected 99, found 103",
        "  schwartz_bedside.csv, line 4, S-3: creatinine_mg_dl is 'x', which is not a number",
        "1 passed, 2 failed, 0 not covered",
    ]


def test_the_command_wants_a_directory_of_files(tmp_path: Path) -> None:
    for wrong in (tmp_path, tmp_path / "none", SHIPPED / "liquid_volume.csv"):
        with pytest.raises(CommandError):
            run(str(wrong))
