"""What is written for many plans at once goes to the right row of the right plan."""

from datetime import timedelta
from typing import Any

import pytest

from tests import world as w
from tests.titration.services.due_plans import make_plans, raise_flag
from tests.titration.services.lab_files import as_job
from titration.models import Flag, Plan
from titration.selectors import records
from titration.services import flag_rows
from titration.services.flags import Changes

pytestmark = [pytest.mark.django_db]


def needed(**what: Any) -> Changes:
    return Changes(
        **{
            "over": (),
            "reworded": (),
            "late": (),
            "new": (),
            "again": None,
            "others": None,
            "is_moved": False,
            "is_missed": False,
            **what,
        }
    )


def raised(plan: Plan, because: str) -> Flag:
    """A row that is not stored yet."""
    return Flag(
        plan=plan, plan_number=plan.number, patient_id=plan.patient_id, rule_id="KID-30", urgency=2, because=because,
        evidence={"values": []}, protocol_id="us", protocol_version=1, next_action="log_result", opened_at=w.NOW,
    )  # fmt: skip


def test_every_row_gets_its_own(world):
    plans = make_plans(world, 3)
    kept = [raise_flag(plan, rule_id="KID-29") for plan in plans]
    closed = raise_flag(plans[0], rule_id="KID-28")
    later = [w.NOW + timedelta(days=number + 1) for number in range(3)]
    with as_job("reassess"):
        found = records.load_many([plan.patient_id for plan in plans], as_of=w.NOW)
        flag_rows.write(
            [
                (
                    found[plan.patient_id],
                    needed(
                        over=(closed,) if plan == plans[0] else (),
                        reworded=((flag, f"Said again {at.day}"),),
                        new=(raised(plan, f"Raised {at.day}"),),
                        again=at,
                        is_moved=True,
                    ),
                )
                for plan, flag, at in zip(plans, kept, later, strict=True)
            ],
            as_of=w.NOW,
        )
        for plan, flag, at in zip(plans, kept, later, strict=True):
            assert Plan.objects.get(pk=plan.pk).reassess_at == at
            assert found[plan.patient_id].plan.reassess_at == at
            assert Flag.objects.get(pk=flag.pk).because == f"Said again {at.day}"
            new = Flag.objects.get(plan=plan, rule_id="KID-30")
            assert (new.because, new.patient_id) == (f"Raised {at.day}", plan.patient_id)
        assert Flag.objects.get(pk=closed.pk).status == "closed"
        assert Flag.objects.open().count() == 6


def test_what_nobody_asks_for_asks_nothing_of_the_database(world, django_assert_num_queries):
    [plan] = make_plans(world, 1)
    with as_job("reassess"):
        found = records.load_many([plan.patient_id], as_of=w.NOW)
        with django_assert_num_queries(0):
            flag_rows.write([(found[plan.patient_id], needed(again=w.NOW))], as_of=w.NOW)
            flag_rows.write([], as_of=w.NOW)


def test_a_flag_that_stands_is_not_raised_twice(world):
    [plan] = make_plans(world, 1)
    raise_flag(plan, rule_id="KID-30", urgency=2)
    with as_job("reassess"):
        record = records.load_many([plan.patient_id], as_of=w.NOW)[plan.patient_id]
        flag_rows.write([(record, needed(new=(raised(plan, "Again"),)))], as_of=w.NOW)
        assert Flag.objects.get().because == "Due"
