"""What nobody has signed is seen by no patient and no carer, on any page."""

from typing import Any

import pytest

from baclofen_portal.access import ACCESS
from tests import world as w
from tests.database import as_actor
from tests.titration.views.ordering import signed_in, url
from tests.titration.views.test_doses import words_of
from titration.services import plans

# Every page of patients that shows something of the plan, by its own address.
PAGES = sorted(
    name
    for name, rule in ACCESS.items()
    if name.startswith("own:")
    and "GET" in rule.allowed
    and name not in ("own:people", "own:dose", "own:change", "own:learn_page", "own:access_end")
)


def drafts(world: Any) -> list[Any]:
    """A ladder of planned steps from 15 mg a day on, the first of 30 mg, and none of them signed."""
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        version = seen.plans.get(status="active").version
        return list(plans.draft_ladder(patient=seen, expected_version=version, by=world.ann, as_of=w.NOW))


@pytest.mark.parametrize("person", ["alma", "pia", "pol", "pru"])
def test_no_draft_is_seen(alder: Any, ticking: Any, person: str) -> None:
    planted = drafts(ticking)
    assert str(planted[0].daily_mg).startswith("30")
    assert "30 mg" in words_of(signed_in(ticking.ann).get(url("patients:chart", alder)))
    client, read = signed_in(getattr(ticking, person)), 0
    for name in PAGES:
        answer = client.get(url(name, alder))
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200, name
        if not name.endswith("_file"):
            text = words_of(answer)
            assert not [mg for mg in ("30 mg", "45 mg", "60 mg") if mg in text], name
            assert not [one for one in planted if str(one.pk) in answer.text], name
        read += 1
    assert read >= 8
    for draft in planted:
        assert client.get(url("own:change", alder, step_id=draft.pk)).status_code == 404
