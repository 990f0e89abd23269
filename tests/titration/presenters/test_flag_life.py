"""The words about the life of a flag, without a database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from titration.presenters.flag_life import is_late, is_snoozed, life, standing_words, state_lines, within_words

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
NEW_YORK = "America/New_York"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def flag(**values):
    begun = {
        "opened_at": NOW, "act_by": NOW + 4 * HOUR, "acted_at": None, "escalated_at": None, "snoozed_until": None,
        "acknowledged_at": None, "acknowledger_name": None, "evidence": {}, "status": "open", "closed_at": None,
        "closed_code": "", "closed_because": "", "closer_name": None,
    }  # fmt: skip
    return SimpleNamespace(**{"rule_id": "MISS-4", **begun, **values})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (HOUR, "within 1 hour"),
        (4 * HOUR, "within 4 hours"),
        (DAY, "within 1 day"),
        (7 * DAY, "within 7 days"),
        (9 * HOUR + timedelta(minutes=55), "on the day it was raised"),
        (25 * HOUR, "on the day it was raised"),  # the clocks went back
    ],
)
def test_the_time_that_was_given_is_named(given, words):
    assert within_words(flag(act_by=NOW + given)) == words


@pytest.mark.parametrize(
    ("acted_at", "act_by", "late"),
    [(None, NOW, True), (None, NOW + HOUR, False), (NOW - HOUR, NOW, False), (None, None, False)],
)
def test_a_flag_is_late_when_its_time_has_passed_without_an_action(acted_at, act_by, late):
    assert is_late(flag(acted_at=acted_at, act_by=act_by), NOW) is late


def test_a_snooze_ends_at_its_instant():
    assert is_snoozed(flag(snoozed_until=NOW + HOUR), NOW)
    assert not is_snoozed(flag(snoozed_until=NOW), NOW)
    assert not is_snoozed(flag(), NOW)


def test_most_flags_say_nothing_beside_their_reason():
    assert state_lines(flag(), as_of=NOW, zone=NEW_YORK) == ()
    assert state_lines(flag(escalated_at=NOW, acted_at=NOW), as_of=NOW, zone=NEW_YORK) == ()


def test_a_snooze_beyond_the_time_to_act_says_when_it_comes_back():
    until = NOW + DAY
    said = "Snoozed until 23-Nov-2026 09:05."
    back = f"{said} It comes back on 22-Nov-2026 13:05 if nobody acts."
    for values, words in (({}, back), ({"acted_at": NOW}, said), ({"act_by": None}, said), ({"act_by": until}, said)):
        assert state_lines(flag(snoozed_until=until, **values), as_of=NOW, zone=NEW_YORK) == (words,)


def test_who_has_seen_it_and_what_is_asked():
    assert standing_words(flag(act_by=None), NEW_YORK) == ()
    seen = flag(acknowledged_at=NOW, acknowledger_name="Ann")
    assert standing_words(seen, NEW_YORK) == (
        "Seen by Ann on 22-Nov-2026 09:05.",
        "Somebody must act by 22-Nov-2026 13:05.",
    )


def test_the_story_is_told_newest_first_with_what_rules_did():
    call = SimpleNamespace(
        recorded_at=NOW + 5 * HOUR,
        kind="call",
        text="",
        author_name="Ann",
        get_kind_display=lambda: "Called, no answer",
    )
    closed = {"status": "closed", "closed_at": NOW + 6 * HOUR}
    by_rule = {**closed, "closed_code": "by_rule", "closed_because": "The facts no longer ask for it."}
    told = life(flag(escalated_at=NOW + 4 * HOUR, **by_rule), [call], NEW_YORK)
    assert [(one.kind, one.text, one.by) for one in told] == [
        ("Closed: the facts no longer ask for it", "", "By a rule"),
        ("Called, no answer", "", "Ann"),
        ("Escalated", "Nobody had acted within 4 hours.", "By a rule"),
    ]
    assert (told[2].on.isoformat(), told[2].at.isoformat()) == ("2026-11-22", "13:05:00")
    by_bea = {**closed, "closed_code": "other", "closed_because": "Moved away", "closer_name": "Bea"}
    [one] = life(flag(**by_bea), [], NEW_YORK)
    assert (one.kind, one.text, one.by) == ("Closed: another reason", "Moved away", "Bea")
