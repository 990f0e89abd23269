"""How long a flag may wait: hours, the same local day or days, at the limits and across a change of the clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.dosing.test_protocol import text_of
from titration.dosing.assessment import time_to_act
from titration.dosing.errors import ProtocolError
from titration.dosing.flag_times import Within
from titration.dosing.protocol import JURISDICTIONS, load_protocol, parse_protocol
from titration.dosing.rules import About, Finding, Override, Severity

NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # in New York
NEW_YORK = "America/New_York"


def finding(severity, *, same_day=False):
    return Finding(
        rule="KID-1", severity=severity, override=Override.NONE, about=About.STANDING, because="b", sentence="s",
        number="1", sources=(), proposed=False, same_day=same_day, values=(),
    )  # fmt: skip


@pytest.mark.parametrize("where", JURISDICTIONS)
def test_both_countries_propose_the_same_times(where):
    times = load_protocol(where).flag_times
    assert (times.act_within_hours, times.act_within_days, times.closed_quiet_days) == (4, 7, 7)


@pytest.mark.parametrize(
    ("severity", "same_day", "within"),
    [
        (Severity.EMERGENCY, False, Within.HOURS),
        (Severity.URGENT, False, Within.HOURS),
        (Severity.URGENT, True, Within.HOURS),
        (Severity.STOP, False, Within.TODAY),
        (Severity.WARN, True, Within.TODAY),
        (Severity.WARN, False, Within.DAYS),
        (Severity.INFO, True, Within.NO_LIMIT),
        (Severity.INFO, False, Within.NO_LIMIT),
    ],
)
def test_an_event_asks_within_hours_and_a_standing_dose_the_same_day(severity, same_day, within):
    assert time_to_act(finding(severity, same_day=same_day)) is within


@pytest.mark.parametrize(
    ("within", "opened_at", "act_by"),
    [
        (Within.HOURS, NOON, NOON + timedelta(hours=4)),
        (Within.DAYS, NOON, NOON + timedelta(days=7)),
        (Within.NO_LIMIT, NOON, None),
        (Within.TODAY, NOON, datetime(2026, 11, 23, 5, 0, tzinfo=UTC)),  # midnight in New York
        # 20:00 and a minute later: from then on the hours of what is urgent reach beyond midnight.
        (Within.TODAY, datetime(2026, 11, 23, 1, 0, tzinfo=UTC), datetime(2026, 11, 23, 5, 0, tzinfo=UTC)),
        (Within.TODAY, datetime(2026, 11, 23, 1, 1, tzinfo=UTC), datetime(2026, 11, 23, 5, 1, tzinfo=UTC)),
        # The day on which the clocks go back has 25 hours.
        (Within.TODAY, datetime(2026, 11, 1, 4, 0, tzinfo=UTC), datetime(2026, 11, 2, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_time_to_act_ends(within, opened_at, act_by):
    assert load_protocol("US").flag_times.act_by(within, opened_at, NEW_YORK) == act_by


def test_a_finding_that_says_the_same_stays_closed_for_days():
    assert load_protocol("UK").flag_times.quiet_until(NOON) == NOON + timedelta(days=7)


@pytest.mark.parametrize("key", ["act_within_hours", "act_within_days", "closed_quiet_days"])
@pytest.mark.parametrize("wrong", ["0", "-1", '"4"', "1.5"])
def test_a_time_that_would_make_every_flag_late_is_refused(key, wrong):
    right = next(line for line in text_of("US").splitlines() if line.startswith(f"{key} ="))
    with pytest.raises(ProtocolError, match=rf"\[worklist\]: “{key}”"):
        parse_protocol(text_of("US").replace(right, f"{key} = {wrong}"), "us_v1.toml")
