"""The written cases, and the tool that judges them."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from titration.dosing.case_format import COLUMNS, CaseFileError, Malformed, read_cases
from titration.dosing.case_words import CONDITIONS, MEDICINES, SAME_AS, SIGNS
from titration.dosing.cases import Judged, Verdict, judge_cases
from titration.dosing.protocol import load_protocol

SHARED = Path(__file__).parents[1] / "data" / "scenarios.csv"
HEADER = ",".join(COLUMNS)


def row(**cells: str) -> str:
    """One line of a case file for the US."""
    given = {"case_id": "A", "jurisdiction": "US", "highest_severity": "none"} | cells
    return ",".join(given.get(column, "") for column in COLUMNS)


def judged(*lines: str) -> list[Judged | Malformed]:
    return list(judge_cases("\n".join([HEADER, *lines])))


def only(*lines: str) -> Judged:
    (case,) = judged(*lines)
    assert isinstance(case, Judged), case
    return case


STOP_1 = {"expected_finding_ids": "STOP-1", "severity": "STOP", "highest_severity": "STOP"}


def test_every_shared_case_of_the_rules_that_are_built_is_right():
    cases = list(judge_cases(SHARED.read_text(encoding="utf-8")))
    assert not [case for case in cases if isinstance(case, Malformed)]
    wrong = {case.name: case.differences for case in cases if isinstance(case, Judged) and case.differences}
    assert wrong == {}
    counts = Counter(case.verdict for case in cases if isinstance(case, Judged))
    assert counts == {Verdict.PASSED: 73, Verdict.NOT_COVERED: 18}


@pytest.mark.parametrize(
    ("cells", "verdict", "difference"),
    [
        (STOP_1 | {"order_history": "event=stop;daily_mg=60"}, Verdict.PASSED, None),
        (STOP_1 | {"order_history": "event=stop;daily_mg=10"}, Verdict.FAILED, "STOP-1 STOP was not found"),
        ({"order_history": "event=stop;daily_mg=60"}, Verdict.FAILED, "STOP-1 STOP was not expected"),
        ({"order_history": "event=stop;daily_mg=10"}, Verdict.PASSED, None),
        ({"order_history": "event=first_order;daily_mg=30"}, Verdict.FAILED, "STEP-1 WARN was not expected"),
        ({"order_history": "event=stop;daily_mg=10", "must_not_raise": "STOP-3"}, Verdict.FAILED, "STOP-3 INFO must"),
        (
            {"order_history": "event=stop;daily_mg=60", "expected_finding_ids": "STOP-1", "severity": "WARN",
             "highest_severity": "WARN"}, Verdict.FAILED, "STOP-1 was found as STOP, not WARN",
        ),
        (
            {"order_history": "event=stop;daily_mg=60", "expected_finding_ids": "STOP-1;PUMP-24",
             "severity": "STOP;EMERGENCY", "highest_severity": "EMERGENCY"}, Verdict.PARTLY, None,
        ),
        (
            {"order_history": "event=pump_current;ug_day=1100", "expected_finding_ids": "PUMP-14", "severity": "WARN",
             "highest_severity": "WARN"}, Verdict.NOT_COVERED, None,
        ),
        (
            {"order_history": "event=current;daily_mg=90", "expected_finding_ids": "PUMP-14", "severity": "WARN",
             "highest_severity": "WARN"}, Verdict.FAILED, "MAX-1 STOP was not expected",
        ),
        (
            {"order_history": "event=stop;daily_mg=60;pump_delivering=yes", "expected_finding_ids": "TAPER-7",
             "severity": "WARN", "highest_severity": "WARN", "must_not_raise": "STOP-1"}, Verdict.PASSED, None,
        ),
    ],
)  # fmt: skip
def test_verdicts(cells, verdict, difference):
    case = only(row(**cells))
    assert case.verdict is verdict, case.differences
    assert bool(case.differences) is (difference is not None)
    if difference:
        assert difference in case.differences[0]


@pytest.mark.parametrize(
    ("facts", "expected", "agrees"),
    [
        ("creatinine_mg_dl=0.9", "egfr_cr=107.34", True),
        ("creatinine_mg_dl=0.9", "egfr_cr=107.3", True),
        ("creatinine_mg_dl=0.9", "egfr_cr=107.35", False),
        ("creatinine_mg_dl=0.9", "egfr_printed=107", True),
        ("creatinine_mg_dl=0.9", "g_stage=G1", True),
        ("creatinine_mg_dl=0.9", "g_stage=G2", False),
        ("creatinine_mg_dl=0.9", "egfr_cr=none", False),
        ("kidneys=normal", "egfr_cr=none", True),
        ("creatinine_mg_dl=0.9", "rise_percent=30", None),
        ("creatinine_mg_dl=0.9", "gap_h=none", True),
        ("creatinine_mg_dl=0.9;weight_kg=80", "headline_UK=egfr_cr", True),
        ("dialysis=yes;creatinine_mg_dl=6.5", "decided_by=dialysis flag", True),
        ("dialysis=yes;creatinine_mg_dl=6.5", "dose_suggestion=hidden", True),
    ],
)
def test_expected_values_are_compared_as_printed(facts, expected, agrees):
    case = only(row(patient_facts=facts, expected_values=expected, order_history="daily_mg=5"))
    assert [one.agrees for one in case.compared] == [agrees]


GAP = "event=gap;schedule=06:00"
TDS = "event=gap;schedule=22:00+06:00+14:00;daily_mg=30;last_taken={last};now={now}"


@pytest.mark.parametrize(
    ("last", "now", "values"),
    [
        ("2026-05-03T22:00", "2026-05-04T16:30", {"gap_h": "18.5", "N_h": "8", "expected_missed": "2", "tier": "2.0"}),
        ("2026-05-03T22:40", "2026-05-04T07:00", {"gap_h": "8.3", "N_h": "8", "expected_missed": "0", "tier": "0"}),
        ("2026-05-04T01:00", "2026-05-04T06:30", {"gap_h": "5.5", "advice": "take now", "next_dose": "14:00"}),
    ],
)
def test_the_figures_of_a_gap_are_compared(last, now, values):
    """The last dose is the one of the schedule whose time had come, on the evening before too."""
    case = only(row(order_history=TDS.format(last=last, now=now), expected_values=";".join(
        f"{key}={value}" for key, value in values.items() if key != "expected_missed")))  # fmt: skip
    assert {one.key: one.agrees for one in case.compared} == {key: True for key in values if key != "expected_missed"}


@pytest.mark.parametrize(("count", "agrees"), [("2", True), ("3", False)])
def test_the_number_of_missed_doses_of_a_row_is_a_number_to_reproduce(count, agrees):
    order = TDS.format(last="2026-05-03T22:00", now="2026-05-04T16:30")
    case = only(row(order_history=f"{order};expected_missed={count}"))
    assert [(one.key, one.agrees) for one in case.compared] == [("expected_missed", agrees)]


AKI = "age_years=70;sex=F;baseline_creatinine_mg_dl=1.0;creatinine_mg_dl=1.35;interval_hours=36"


@pytest.mark.parametrize(
    ("facts", "mark", "agrees"),
    [
        (AKI, " (not steady state)", True),
        (AKI, "", True),
        (AKI, " (now)", True),
        ("age_years=70;sex=F;creatinine_mg_dl=1.35", " (not steady state)", False),
    ],
)
def test_a_mark_behind_a_number_is_compared_when_it_is_the_one_of_an_unsteady_kidney(facts, mark, agrees):
    case = only(row(patient_facts=facts, expected_values=f"egfr_cr_now=42.28{mark}", order_history="daily_mg=5"))
    assert [one.agrees for one in case.compared] == [agrees]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(patient_facts="weigth_kg=80"), "“weigth_kg” is not a key"),
        (row(patient_facts="weight_kg=heavy"), "weight_kg=heavy must be a number"),
        (row(patient_facts="sex=X"), "sex=X must be one of F, M"),
        (row(patient_facts="dialysis=maybe"), "dialysis=maybe must be yes or no"),
        (row(patient_facts="conditions=sickness"), "conditions=sickness must be one of"),
        (row(patient_facts="medicines=aspirine"), "medicines=aspirine must be one of"),
        (row(patient_facts="weight_kg=80;weight_kg=81"), "“weight_kg” is given twice"),
        (row(patient_facts="weight_kg"), "patient_facts: “weight_kg” must be key=value"),
        (row(order_history="event=dance"), "event=dance must be one of"),
        (row(order_history="event=taper"), "event=taper needs steps"),
        (row(order_history="event=taper;steps=3:45+0:30"), "steps=3:45+0:30 must be"),
        (row(order_history="now=yesterday"), "now=yesterday must be a date and time"),
        (row(order_history="event=gap"), "event=gap needs schedule, last_taken, now"),
        (row(order_history="event=late_dose;schedule=06:00;now=2026-05-04T06:00"), "event=late_dose needs last_taken"),
        (row(order_history=f"{GAP};last_taken=2026-05-04T06:00;now=2026-05-04T05:59"), "must be given with now"),
        (row(order_history="last_taken=2026-05-04T06:00;schedule=06:00"), "must be given with now"),
        (
            row(order_history="last_taken=2026-05-04T06:00;now=2026-05-04T07:00"),
            "must be a time at which the schedule has a dose",
        ),
        (row(order_history="event=gap;last_taken=2026-05-04T06:00;now=2026-05-04T07:00"), "needs schedule"),
        (row(patient_facts="baseline_creatinine_mg_dl=1"), "needs interval_hours"),
        (row(patient_facts="creatinine_mg_dl=1;creatinine_umol_l=90"), "a creatinine has one unit"),
        (row(jurisdiction="FR"), "jurisdiction “FR” must be"),
        (row(case_id=""), "case_id is empty"),
        (row(expected_finding_ids="STEP-99", severity="WARN"), "“STEP-99” is not the ID of a rule"),
        (row(expected_finding_ids="STEP-1"), "1 rules and 0 severities"),
        (row(expected_finding_ids="STEP-1", severity="LOUD"), "severity “LOUD” must be"),
        (row(expected_finding_ids="STEP-1", severity="WARN"), "highest_severity “none” is not the highest"),
        (row(highest_severity="HUGE"), "highest_severity “HUGE” must be"),
        ("1,2,3", "3 cells were read; there must be 12"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line(line, reason):
    good = row(case_id="Z", order_history="event=current")
    found = judged(good, line)
    assert isinstance(found[0], Judged)
    assert isinstance(found[1], Malformed)
    assert found[1].line == 3
    assert reason in found[1].because


def test_a_case_id_appears_once():
    assert "appears twice" in getattr(judged(row(), row())[1], "because", "")


def test_a_broken_quote_loses_only_its_line_and_a_blank_one_nothing():
    found = judged(row(case_id="A"), "", row(case_id="B").replace("US", '"US"x'), row(case_id="C"))
    assert [type(one).__name__ for one in found] == ["Judged", "Malformed", "Judged"]


@pytest.mark.parametrize("text", ["", "id,case\n1,2\n"])
def test_a_file_with_another_first_line_is_refused(text):
    with pytest.raises(CaseFileError, match="Line 1"):
        list(read_cases(text))


def run(path: Path) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("assess_cases", str(path), stdout=out)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_passes_the_shared_file_and_counts():
    code, out = run(SHARED)
    assert code == 0
    assert out.splitlines()[-1].startswith("73 passed, 0 failed, 0 partly covered, 18 not covered,")
    assert "20-US [US]: passed\n  expected: STEP-3 INFO\n  found:    STEP-3 INFO" in out
    assert "not covered: 52-USUK [US]" in out
    assert "  rules not built: PUMP-14\n" in out
    assert "values not compared: 20-US [US] plan, 20-UK [UK] plan, 52-USUK [US] first_dose_ug_day" in out


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (row(order_history="event=stop;daily_mg=60"), "STOP-1 STOP was not expected"),
        (row(patient_facts="weigth_kg=80"), "line 2: “weigth_kg” is not a key"),
    ],
)
def test_the_command_fails_on_a_difference_and_on_a_bad_line(tmp_path, line, shown):
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    code, out = run(path)
    assert code == 1
    assert shown in out


@pytest.mark.parametrize("content", [None, b"id,case\n", b"\xff\xfe\x00"])
def test_the_command_refuses_what_is_no_case_file(tmp_path, content):
    path = tmp_path / "cases.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError):
        run(path)


def test_the_rules_page_can_be_printed_and_written(tmp_path):
    out = StringIO()
    call_command("print_rules", stdout=out)
    call_command("print_rules", output=tmp_path / "rules.md")
    assert (tmp_path / "rules.md").read_text(encoding="utf-8") == out.getvalue()


def test_every_other_name_leads_to_a_code_that_a_rule_reads():
    protocol = load_protocol("US")
    codes = {*protocol.conditions, *protocol.medicines, *protocol.signs, *protocol.events}
    assert set(SAME_AS.values()) <= codes
    assert not set(SAME_AS) & (CONDITIONS | MEDICINES | SIGNS | codes)
