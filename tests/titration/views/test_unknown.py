"""What is not known is said on the pages to be not known, and is in no list of what was checked and found well."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests import world as w
from tests.database import as_owner
from tests.ticking import THREE, signed_plan
from tests.titration.views.ordering import send, signed_in, typed, url
from tests.titration.views.test_doses import words_of
from titration.models import Team

NOT_KNOWN = (
    "It is not recorded whether the patient is on dialysis.",
    "Doses are not tracked, so it is not known whether any were missed.",
    "No issue is recorded, so it is not known how long the supply lasts.",
)
NEVER_QUIET = ("MISS-4", "MISS-5", "MISS-6", "MISS-8", "MISS-9", "MISS-11", "MISS-12", "KID-5", "KID-16")


def named(quiet: tuple[str, ...]) -> set[str]:
    """The rules that a list of what was checked with nothing found names, also those inside “MISS-4 to MISS-9”."""
    found = set()
    for words in quiet:
        for family, first, last in re.findall(r"([A-Z]+)-(\d+)(?: to [A-Z]+-(\d+))?", words):
            found |= {f"{family}-{number}" for number in range(int(first), int(last or first) + 1)}
    return found


@pytest.mark.bar("B-41")
@pytest.mark.hazard("H09")
def test_the_chart_says_what_is_not_known(ann: Any, titrated: Any) -> None:
    answer = ann.get(url("patients:chart", titrated.alder))
    text = words_of(answer)
    for sentence in NOT_KNOWN:
        assert sentence in text.partition("Not judged")[2].partition("Safety check of what stands now")[0]
    assert not named(answer.context["page"].check.quiet) & set(NEVER_QUIET)
    assert "Doses are not tracked" in text
    printed = words_of(ann.get(url("patients:summary", titrated.alder)))
    assert all(sentence in printed for sentence in NOT_KNOWN)


@pytest.mark.bar("B-41")
def test_the_check_of_an_order_says_what_could_not_be_checked(ann: Any, titrated: Any) -> None:
    answer = send(ann, "steps:add", titrated.alder, typed(dose="7.5"))
    assert all(sentence in words_of(answer) for sentence in NOT_KNOWN[:1])


@pytest.mark.bar("B-41")
def test_of_a_patient_of_whom_nothing_is_known_nothing_is_called_well(titrated: Any) -> None:
    with as_owner():
        oak = Team.objects.get(name="Oak")
        nobody = w.make_patient(titrated.north, oak, "Nobody", birth_date=None, sex="")
        signed_plan(titrated, nobody, THREE, ((w.NOW.date() - timedelta(days=40), 20),), look_at=w.NOW)
    client = signed_in(titrated.ann)
    answer = client.get(url("patients:chart", nobody))
    text = words_of(answer)
    for sentence in (
        *NOT_KNOWN,
        "The birth date is not recorded",
        "It is not recorded whether the patient is pregnant.",
    ):
        assert sentence in text
    assert "No rule found anything." not in text
    assert not named(answer.context["page"].check.quiet) & {
        *NEVER_QUIET,
        "KID-8",
        "KID-9",
        "KID-14",
        "KID-17",
        "CAU-18",
    }
    for page in ("/worklist/", "/kidney-checks/", url("kidney:list", nobody), url("doses:list", nobody)):
        words = words_of(client.get(page)).lower()
        assert not [one for one in ("up to date", "no missed", "nothing missed", "normal", "all taken") if one in words]
