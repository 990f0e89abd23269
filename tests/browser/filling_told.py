"""Patients who tell the clinic something, each with an account of the same name, of nobody's other test.

``lynx``: reports of their own and of a carer, calls that were asked for, made and not made, and people who looked.
``lark``: reports to be sent. ``linnet``, ``loon`` and ``lapwing``: each for one test that writes.
"""

import uuid
from datetime import timedelta
from typing import Any

from .moment import NOW

TOLD = ("lynx", "lark", "linnet", "loon", "lapwing")


def told(world: Any) -> None:
    """Plans, accounts, and what was told with them."""
    from tests import world as w
    from tests.database import as_actor, as_owner
    from titration.models import AuditEvent, Flag
    from titration.models.relations import RIGHTS_OF_PATIENT, RIGHTS_OF_SCOPE, Scope
    from titration.services import calls, feelings, flag_life

    for name in TOLD:
        with as_owner():
            w.make_own(world, name, world.patients[name], "self", RIGHTS_OF_PATIENT)
        w.creatinine(world, world.patients[name], by=world.ann, mg_dl="0.9", days_ago=9)
        w.start(world, world.patients[name], by=world.ann, days_ago=8)
    lynx = world.patients["lynx"]
    with as_owner():
        w.make_own(world, "lana", lynx, "proxy", RIGHTS_OF_SCOPE[Scope.FULL])
        for who, action, hours in (
            (world.ann, "view", 2), (world.ann, "print", 3), (world.cora, "list", 4), (world.lana, "view", 26),
            (world.dan, "denied", 27), (world.bea, "create", 50),
        ):  # fmt: skip
            AuditEvent.objects.create(at=NOW - timedelta(hours=hours), actor=who.pk, action=action, patient=lynx.pk)
        AuditEvent.objects.create(at=NOW - timedelta(hours=28), job="import_labs", action="import", patient=lynx.pk)
    for by, days, scores, signs, note in (
        (world.people["lynx"], 3, {"sleepiness": 4, "spasms": 7, "falls": 0, "mood": 2}, (), ""),
        (world.lana, 1, {"sleepiness": 6}, ("nausea",), "After breakfast"),
    ):  # fmt: skip
        seen, at = world.seen_by(by, lynx), NOW - timedelta(days=days)
        said = feelings.Feelings(
            scores=scores, signs=frozenset(signs), has_stopped=False, has_run_out=False, note=note,
            reported_by="patient" if by.name == "Lynx" else "carer",
        )  # fmt: skip
        with as_actor(by, lynx):
            feelings.report(key=uuid.uuid4(), patient=seen, said=said, by=by, as_of=at)
    for days, about, made in ((4, "dose", True), (0, "supply", False)):
        me, at = world.people["lynx"], NOW - timedelta(days=days)
        asked = calls.Asked(about=about, best_time="morning", phone="", note="Before noon", reported_by="patient")
        seen = world.seen_by(me, lynx)
        with as_actor(me, lynx):
            calls.ask(key=uuid.uuid4(), patient=seen, asked=asked, by=me, as_of=at)
        with as_owner():
            flag = Flag.objects.open().select_related("patient__organisation").get(patient=lynx, rule_id="CALL-ASKED")
        with as_actor(world.ann, lynx):
            then = at + timedelta(minutes=20)
            flag_life.log_call(flag=flag, text="Talked about the plan" if made else "", by=world.ann, as_of=then)
