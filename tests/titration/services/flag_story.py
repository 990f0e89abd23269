"""What the tests of a flag's life do to a flag, and read of it."""

from datetime import timedelta

from tests import world as w
from tests.database import as_actor, as_owner
from titration.models import Flag, FlagNote, Plan, Urgency
from titration.selectors import records
from titration.services import flags

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def open_flags(world):
    with as_actor(world.ann, world.alder):
        return {one.rule_id: one for one in Flag.objects.open().filter(patient=world.alder).select_related("patient")}


def pressing(world):
    """The open flag about the dose that says act now."""
    return open_flags(world)["KID-14"]


def calm(world):
    """An open flag that can wait for days."""
    [*found] = [one for one in open_flags(world).values() if one.urgency == Urgency.THIS_WEEK]
    return found[0]


def look(world, as_of):
    """Somebody opens the chart."""
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        return flags.look_again(records.load(seen, as_of=as_of), as_of=as_of)


def do(world, verb, flag, *, by=None, as_of=w.NOW, **more):
    with as_actor(by or world.ann, world.alder):
        return verb(flag=flag, by=by or world.ann, as_of=as_of, **more)


def read(world, flag):
    with as_actor(world.ann, world.alder):
        return Flag.objects.select_related("patient").get(pk=flag.pk)


def reassess_at(world):
    with as_owner():
        return Plan.objects.get(patient=world.alder).reassess_at


def kinds(world, flag):
    with as_actor(world.ann, world.alder):
        return sorted(FlagNote.objects.filter(flag=flag).values_list("kind", flat=True))
