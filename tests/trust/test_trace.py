"""The trace from hazards to tests: it is complete now, and it finds what is missing or wrong."""

import copy
import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from titration.management.commands import print_hazards

pytestmark = pytest.mark.bar("B-38")

ROOT = Path(__file__).resolve().parent.parent.parent


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trace_check", ROOT / "script" / "trace_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["trace_check"] = module
    spec.loader.exec_module(module)
    return module


trace = load()
BARS = trace.read_csv("bars.csv", "id")
ASVS = trace.read_csv("asvs.csv", "requirement")


@pytest.fixture
def hazards() -> list[dict[str, Any]]:
    return copy.deepcopy(print_hazards.read_hazards())


def complaints(source: str, hazards: list[dict[str, Any]], **options: Any) -> list[str]:
    return trace.complaints(trace.marks_of(source, "test_x.py"), hazards, BARS, ASVS, **options)


def test_every_hazard_and_bar_that_is_due_has_a_test(hazards: list[dict[str, Any]]):
    marks = trace.read_marks()
    assert trace.complaints(marks, hazards, BARS, ASVS) == []
    proved = {mark.what for mark in marks if mark.kind == "hazard"}
    assert {"H01", "H02", "H38", "H39"} <= proved


def test_the_page_of_hazards_is_the_one_that_the_data_give(hazards: list[dict[str, Any]]):
    page = (ROOT / "docs" / "hazards.md").read_text(encoding="utf-8")
    assert page == print_hazards.hazards_page(hazards), "Run: manage.py print_hazards --output docs/hazards.md"


def test_the_four_hazards_that_software_does_not_close_wait_for_a_signature(hazards: list[dict[str, Any]]):
    assert [one["id"] for one in print_hazards.unsigned(hazards)] == ["H14", "H18", "H25", "H32"]
    assert "Waiting for the signature of the clinical safety officer: H14, H18, H25, H32." in list(
        trace.table([], hazards, BARS)
    )
    hazards[13]["signed_by"] = "A. Officer, 1-Dec-2026"
    assert [one["id"] for one in print_hazards.unsigned(hazards)] == ["H18", "H25", "H32"]


def test_a_hazard_without_a_test_is_found(hazards: list[dict[str, Any]]):
    found = complaints("def test_nothing(): pass", hazards)
    assert "Hazard H38 (Unauthorised plan change) of P1 has no test." in found
    assert "Bar B-01 (Every URL name has an access rule) of P1 has no test." in found
    assert not any("H03" in one for one in found)
    assert any("H03" in one for one in complaints("", hazards, due=("P1", "P2")))


def test_a_mark_on_a_file_without_tests_proves_nothing(hazards: list[dict[str, Any]]):
    on_file = 'pytestmark = [pytest.mark.hazard("H38")]\n'
    missing = "Hazard H38 (Unauthorised plan change) of P1 has no test."
    assert missing in complaints(on_file, hazards)
    assert missing not in complaints(on_file + "def test_it(): pass\n", hazards)


@pytest.mark.parametrize(
    ("kind", "what"), [("hazard", "H49"), ("bar", "B-64"), ("asvs", "V99.1.1"), ("ui", "UI-91"), ("ui", "UI-0")]
)
def test_a_mark_with_an_unknown_id_is_found(kind: str, what: str, hazards: list[dict[str, Any]]):
    source = f'@pytest.mark.{kind}("{what}")\ndef test_it(): pass\n'
    assert f"test_x.py:1: {kind} {what} is not known." in complaints(source, hazards)


def test_a_mark_whose_id_cannot_be_read_is_found(hazards: list[dict[str, Any]]):
    assert "test_x.py:1: bar None is not known." in complaints("@pytest.mark.bar(NAME)\ndef test_it(): pass\n", hazards)


def test_a_risk_that_does_not_follow_from_the_matrix_is_found(hazards: list[dict[str, Any]]):
    hazards[0]["risk_after"] = 2
    hazards[1]["likelihood_before"] = "rare"
    found = complaints("", hazards)
    assert "Hazard H01: the risk after is given as 2, and the matrix says 3." in found
    assert "Hazard H02: severity or likelihood before is not a word of the matrix." in found


def test_a_remaining_risk_of_four_needs_the_safety_officer(hazards: list[dict[str, Any]]):
    hazards[13]["cso_decision"] = False
    assert any(one.startswith("Hazard H14: a remaining risk of 4") for one in complaints("", hazards))


def test_a_hazard_is_never_deleted(hazards: list[dict[str, Any]]):
    del hazards[20]
    assert any("never deleted" in one for one in complaints("", hazards))


def test_a_bar_that_a_hazard_names_must_exist(hazards: list[dict[str, Any]]):
    hazards[0]["bars"].append("B-99")
    assert "Hazard H01: the bar B-99 is not known." in complaints("", hazards)


def test_the_matrix_grows_with_severity_and_likelihood():
    levels = list(print_hazards.RISKS.values())
    for higher, lower in itertools.pairwise(levels):
        assert all(above >= below for above, below in zip(higher, lower, strict=True))
    assert all(list(row) == sorted(row) for row in levels)


def test_the_command_prints_the_trace(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    assert trace.main() == 0
    assert "H38   P1" in capsys.readouterr().out
    monkeypatch.setattr(trace, "read_marks", list)
    assert trace.main() == 1
