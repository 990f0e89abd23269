"""Kidney mathematics; the rows of every equation are in tests/data/vectors and run in test_vectors."""

from dataclasses import replace
from decimal import Decimal, localcontext

import pytest

from titration.dosing import kidney
from titration.dosing.errors import DosingError
from titration.dosing.kidney import AgeRange, AkiCriteria, AkiStage

D = Decimal
ADULTS = AgeRange(lowest=D(18), highest=D(120))
AKI = AkiCriteria(
    rise={"mg/dL": D("0.3"), "umol/L": D("26.5")},
    rise_hours=D(48),
    ratios=(D("1.5"), D("2.0"), D("3.0")),
    ratio_hours=D(168),
    high={"mg/dL": D("4.0"), "umol/L": D("353.6")},
    child_under=D(18),
    child_egfr=D(35),
    falling_ratio=D("1.5"),
    unstaged_below=D(60),
)


def stage(
    baseline: str | None,
    current: str,
    hours: int | None,
    *,
    unit: str = "mg/dL",
    age: int | None = None,
    egfr: str | None = None,
    present: bool = False,
) -> AkiStage:
    return kidney.aki_stage(
        None if baseline is None else D(baseline),
        D(current),
        None if hours is None else D(hours),
        unit=unit,
        age=age,
        egfr=None if egfr is None else D(egfr),
        criteria=AKI,
        already_present=present,
    )


@pytest.mark.parametrize(
    ("baseline", "current", "hours", "label"),
    [
        ("0.80", "1.10", 48, "stage 1"),  # exactly 0.3, which binary fractions miss
        ("1.10", "1.40", 24, "stage 1"),
        ("0.80", "1.09", 48, "none"),
        ("0.80", "1.10", 49, "none"),
        ("0.80", "1.19", 168, "none"),
        ("0.80", "1.20", 168, "stage 1"),
        ("0.80", "1.59", 168, "stage 1"),
        ("0.80", "1.60", 168, "stage 2"),
        ("0.80", "2.39", 168, "stage 2"),
        ("0.80", "2.40", 168, "stage 3"),
        ("0.80", "1.20", 169, "kidney function falling"),
        ("0.80", "2.40", 169, "kidney function falling"),
        ("0.80", "1.19", 169, "none"),
        ("3.60", "4.00", 48, "stage 3"),
        ("3.60", "3.99", 48, "stage 1"),
        ("3.80", "4.00", 48, "none"),
        ("3.60", "4.00", 49, "none"),
        ("1.00", "0.60", 24, "none"),
        ("1.00", "1.00", 0, "none"),
    ],
)
def test_stages_at_their_limits(baseline: str, current: str, hours: int, label: str) -> None:
    assert stage(baseline, current, hours).label == label


@pytest.mark.parametrize(
    ("baseline", "current", "hours", "label"),
    [
        ("88", "114.4", 48, "none"),
        ("88", "114.5", 48, "stage 1"),
        ("330", "353.5", 48, "none"),
        ("320", "353.6", 48, "stage 3"),
        ("320", "353.5", 48, "stage 1"),
    ],
)
def test_micromoles_have_limits_of_their_own(baseline: str, current: str, hours: int, label: str) -> None:
    assert stage(baseline, current, hours, unit="umol/L").label == label


@pytest.mark.parametrize(("age", "egfr", "expected"), [(17, "34.9", 3), (17, "35", 1), (18, "34.9", 1), (17, None, 1)])
def test_a_child_with_a_low_estimate_is_stage_3_once_aki_is_met(age: int, egfr: str | None, expected: int) -> None:
    assert stage("1.00", "1.35", 36, age=age, egfr=egfr).stage == expected
    assert stage("1.00", "1.00", 36, age=age, egfr=egfr).stage == 0


def test_a_level_alone_is_stage_3_only_while_aki_is_present() -> None:
    assert stage("3.90", "4.00", 60).stage == 0
    assert stage("3.90", "4.00", 60, present=True).stage == 3
    assert stage("3.90", "3.99", 60, present=True).stage == 0
    assert stage(None, "4.00", None, present=True).stage == 3


def test_falling_is_a_matter_of_more_than_7_days() -> None:
    lower = replace(AKI, falling_ratio=D("1.2"))
    for hours, label in ((168, "none"), (169, "kidney function falling")):
        found = kidney.aki_stage(D(1), D("1.3"), D(hours), unit="mg/dL", age=None, egfr=None, criteria=lower)
        assert found.label == label


def test_without_a_baseline_a_low_estimate_cannot_be_staged() -> None:
    assert stage(None, "2.0", None, egfr="59.9") == AkiStage(None, "cannot be staged")
    assert stage(None, "2.0", None) == AkiStage(None, "cannot be staged")
    assert stage(None, "1.0", None, egfr="60") == AkiStage(0, "none")


def test_without_an_interval_a_rise_cannot_be_staged() -> None:
    assert stage("0.80", "1.10", None).label == "cannot be staged"
    assert stage("0.40", "0.60", None).label == "cannot be staged"
    assert stage("0.80", "1.00", None).label == "none"


def test_what_cannot_be_a_pair_of_results_is_refused() -> None:
    for wrong in ({"unit": "mmol/L"}, {"hours": -1}, {"current": "0"}, {"baseline": "-1"}):
        with pytest.raises(DosingError):
            stage(**({"baseline": "1", "current": "1", "hours": 24} | wrong))  # type: ignore[arg-type]


def test_the_result_does_not_hang_on_the_precision_of_the_caller() -> None:
    usual = kidney.ckd_epi_2021_creatinine(D("1.30"), 68, "F")
    with localcontext() as context:
        context.prec = 5
        assert kidney.ckd_epi_2021_creatinine(D("1.30"), 68, "F") == usual
        assert kidney.deindex(D("44.79123456"), D("1.6512345")) == kidney.deindex(D("44.79123456"), D("1.6512345"))
        assert kidney.round_half_up(D("123456.5")) == D(123457)
        assert stage("1.23456789", "1.85185183", 24).stage == 1
    assert kidney.round_half_up(usual, 2) == D("44.79")


def test_an_age_outside_the_range_gives_no_estimate() -> None:
    for age in (D("17.99"), 17, 121, D("120.01")):
        for estimate in (
            lambda age: kidney.ckd_epi_2021_creatinine(D(1), age, "F", ages=ADULTS),
            lambda age: kidney.ckd_epi_2012_cystatin_c(D(1), age, "F", ages=ADULTS),
            lambda age: kidney.ckd_epi_2021_combined(D(1), D(1), age, "F", ages=ADULTS),
            lambda age: kidney.u25_creatinine(D(1), D(150), age, "F", ages=ADULTS),
            lambda age: kidney.u25_cystatin_c(D(1), age, "F", ages=ADULTS),
        ):
            with pytest.raises(DosingError, match="18 to 120 years"):
                estimate(age)
    for age in (18, 120):
        assert kidney.ckd_epi_2021_creatinine(D(1), age, "F", ages=ADULTS) > 0


@pytest.mark.parametrize("wrong", ["0", "-1", "NaN", "Infinity"])
def test_a_value_that_is_none_is_refused(wrong: str) -> None:
    for use in (
        lambda value: kidney.ckd_epi_2021_creatinine(value, 50, "F"),
        lambda value: kidney.ckd_epi_2012_cystatin_c(value, 50, "F"),
        lambda value: kidney.ckd_epi_2021_combined(D(1), value, 50, "F"),
        lambda value: kidney.cockcroft_gault(D(1), 50, "F", value),
        lambda value: kidney.cockcroft_gault_weight(value, None, "F", D("1.3")),
        lambda value: kidney.cockcroft_gault_weight(D(60), value, "F", D("1.3")),
        lambda value: kidney.bedside_schwartz(D(1), value),
        lambda value: kidney.bsa_dubois(D(60), value),
        lambda value: kidney.bsa_mosteller(value, D(160)),
        lambda value: kidney.deindex(D(60), value),
        kidney.umol_to_mg_dl,
        kidney.mg_dl_to_umol,
    ):
        with pytest.raises(DosingError):
            use(D(wrong))


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        kidney.ckd_epi_2021_creatinine(1.3, 68, "F")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        kidney.ckd_epi_2021_creatinine(D("1.3"), 68.5, "F")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        kidney.g_stage(D("59.9"))  # type: ignore[arg-type]


@pytest.mark.parametrize("sex", ["", "f", "female", "U"])
def test_a_sex_that_the_equations_do_not_know_is_refused(sex: str) -> None:
    for use in (kidney.ckd_epi_2021_creatinine, kidney.ckd_epi_2012_cystatin_c):
        with pytest.raises(DosingError):
            use(D(1), 50, sex)
    with pytest.raises(DosingError):
        kidney.ideal_weight(D(160), sex)


@pytest.mark.parametrize(
    ("kg", "cm", "used"),
    [("50", None, "actual"), ("52.38", "160", "actual"), ("52.39", "160", "ideal"), ("68.09", "160", "ideal"),
     ("68.1", "160", "adjusted"), ("30", "95", "actual")],
)  # fmt: skip
def test_the_weight_for_cockcroft_gault(kg: str, cm: str | None, used: str) -> None:
    weight, which = kidney.cockcroft_gault_weight(D(kg), None if cm is None else D(cm), "F", D("1.3"))
    assert which == used
    if used == "actual":
        assert weight == D(kg)
    else:
        assert weight < D(kg)


def test_the_ideal_weight_itself_counts_as_ideal() -> None:
    ideal = kidney.ideal_weight(D("152.4"), "M")
    assert ideal == 50
    assert kidney.cockcroft_gault_weight(D(50), D("152.4"), "M", D("1.3")) == (50, "ideal")
    assert kidney.cockcroft_gault_weight(D(65), D("152.4"), "M", D("1.3")) == (50, "ideal")
    assert kidney.cockcroft_gault_weight(D("65.01"), D("152.4"), "M", D("1.3"))[1] == "adjusted"
    with pytest.raises(DosingError):
        kidney.ideal_weight(D(95), "F")


def test_no_clearance_from_age_140() -> None:
    with pytest.raises(DosingError):
        kidney.cockcroft_gault(D(1), 140, "F", D(60))


@pytest.mark.parametrize(
    ("rounded", "expected"),
    [(120, "G1"), (90, "G1"), (89, "G2"), (60, "G2"), (59, "G3a"), (45, "G3a"), (44, "G3b"), (30, "G3b"), (29, "G4"),
     (15, "G4"), (14, "G5"), (0, "G5")],
)  # fmt: skip
def test_g_stages(rounded: int, expected: str) -> None:
    assert kidney.g_stage(rounded) == expected


def test_no_stage_below_zero() -> None:
    with pytest.raises(DosingError):
        kidney.g_stage(-1)


@pytest.mark.parametrize(
    ("value", "band"),
    [("60", ">=60"), ("59.999", "30-59"), ("30", "30-59"), ("29.999", "15-29"), ("15", "15-29"), ("14.999", "<15")],
)
def test_dose_bands_use_every_decimal(value: str, band: str) -> None:
    assert kidney.dose_band(D(value), (30, 60, 15)) == band
    assert kidney.dose_band(D(value), (D(60), D(30), D(15))) == band


def test_halves_go_up() -> None:
    assert kidney.round_half_up(D("44.5")) == 45
    assert kidney.round_half_up(D("44.499")) == 44
    assert str(kidney.round_half_up(D("2.675"), 2)) == "2.68"


def test_creatinine_converts_both_ways() -> None:
    assert kidney.mg_dl_to_umol(D("1.5")) == D("132.60")
    assert kidney.umol_to_mg_dl(D("132.6")) == D("1.5")


def test_a_k_of_children_turns_at_its_ages() -> None:
    assert kidney.u25_k_creatinine(12, "M") == 39
    assert kidney.u25_k_creatinine(18, "M") == D("50.8")
    assert kidney.u25_k_creatinine(18, "F") == D("41.4")
    assert kidney.u25_k_cystatin_c(15, "M") == D("87.2")
    assert kidney.u25_k_cystatin_c(12, "F") == D("79.9")
    assert (kidney.u25_k_cystatin_c(18, "M"), kidney.u25_k_cystatin_c(18, "F")) == (D("77.1"), D("68.3"))
    assert kidney.u25_k_creatinine(D("17.99"), "M") > D("50.7")
