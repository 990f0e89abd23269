"""Several codes on one observation: a second name of the same analyte, or something else."""

import pytest

from tests.intake.test_fhir import outcome
from titration.intake.reasons import Reason
from titration.intake.records import LabKind, LabRecord

LOINC = {"system": "http://loinc.org"}
BLOOD = {**LOINC, "code": "2160-0"}


@pytest.mark.parametrize(
    "beside",
    [
        {**LOINC, "code": "2161-8"},  # mass/volume, urine
        {**LOINC, "code": "2161-8", "display": "Creatinine"},
        {"code": "2161-8"},
        {**LOINC, "code": "33863-2"},
    ],
)
def test_a_code_of_something_else_beside_a_blood_code_is_noticed(beside: dict[str, str]) -> None:
    for codings in ([BLOOD, beside], [beside, BLOOD]):
        assert outcome(code={"coding": codings}) is Reason.CODE_CONTRADICTION


@pytest.mark.parametrize(
    "beside", [{**LOINC, "code": "77140-2"}, {"system": "urn:local", "code": "2161-8"}, {"code": "CREA"}, BLOOD]
)
def test_a_second_name_of_the_same_analyte_is_none(beside: dict[str, str]) -> None:
    found = outcome(code={"coding": [beside, BLOOD]})
    assert isinstance(found, LabRecord)
    assert found.kind is LabKind.CREATININE
