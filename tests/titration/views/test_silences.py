"""Why nothing is ticked: it explains the doses of its time, ends by itself or earlier, and can be taken back."""

import uuid
from typing import Any

import pytest

from tests.database import as_actor
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.test_doses import issue, page, ticked, words_of
from titration.models import Silence, SupplyIssue


@pytest.fixture
def alder(titrated: Any) -> Any:
    return titrated.alder


@pytest.fixture
def ann(frozen: Any) -> Any:
    return signed_in(frozen.ann)


def silence(client: Any, patient: Any, **fields: str) -> Any:
    given = {
        "key": str(uuid.uuid4()), "reason": "admission", "starts_on_day": "20", "starts_on_month": "11", "starts_on_year": "2026",
        "ends_on_day": "24", "ends_on_month": "11", "ends_on_year": "2026", **fields,
    }  # fmt: skip
    return client.post(url("doses:silence", patient), given)


def test_why_nothing_is_ticked_explains_the_doses_of_its_time(ann: Any, titrated: Any, alder: Any) -> None:
    ticked(titrated, alder, days_ago=5)
    assert silence(ann, alder).status_code == 302
    text = page(ann, alder)
    assert "Not expected: in hospital (due 08:00)" in text
    assert "In hospital, 20-Nov-2026 00:00 to 24-Nov-2026 00:00." in text


@pytest.mark.hazard("H05")
@pytest.mark.parametrize(
    ("action", "says"),
    [("over", "20-Nov-2026 00:00 to 22-Nov-2026 09:05"), ("never", "from 20-Nov-2026 00:00, taken back")],
)
def test_what_explained_silence_can_end_early_or_be_taken_back(
    ann: Any, titrated: Any, alder: Any, action: str, says: str
) -> None:
    ticked(titrated, alder, days_ago=5)
    silence(ann, alder)
    with as_actor(titrated.ann, alder):
        [one] = Silence.objects.all()
    ends = url("doses:silence_end", alder, silence_id=one.pk)
    assert ann.post(ends, {"action": action}).status_code == 302
    text = page(ann, alder)
    assert f"In hospital, {says}" in text
    assert ("Not ticked (due 08:00, no record)" in text.split("20-Nov-2026")[0]) is (action == "never")
    ann.post(ends, {"action": action})
    assert "is over already, or was changed" in page(ann, alder)
    with as_actor(titrated.ann, alder):
        assert Silence.objects.count() == 2


@pytest.mark.hazard("H05")
def test_a_hold_that_is_a_stop_is_refused_with_what_to_do(ann: Any, titrated: Any, alder: Any) -> None:
    answer = silence(ann, alder, reason="hold")
    assert answer.status_code == 422
    assert "A hold of 48 hours or more is a stop" in words_of(answer)
    with as_actor(titrated.ann, alder):
        assert not Silence.objects.exists()


@pytest.mark.parametrize("made", [silence, issue])
def test_a_form_that_is_sent_twice_is_one_record(ann: Any, titrated: Any, alder: Any, made: Any) -> None:
    key = str(uuid.uuid4())
    assert [made(ann, alder, key=key).status_code for _ in range(2)] == [302, 302]
    with as_actor(titrated.ann, alder):
        assert Silence.objects.count() + SupplyIssue.objects.count() == 1
