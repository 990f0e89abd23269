"""Sends every request that anybody could send, and looks for two things: a page that says too much, a row that changed."""

import copy
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from baclofen_portal.access import url_names
from tests.trust import addresses, catalogue, matrix
from tests.trust.marked_world import MARKED, MARKS, Marked

RELATIONS = ("own", "other_patient", "other_org", "deleted", "random_uuid", "mixed_parent")
# persona: the patients of each relation; people without patients of their own knock at the door of Oak
_OF_OAK = {"own": "alder", "other_patient": "elder", "other_org": "furze", "deleted": "ash"}
# The other patient is of the same team, and still not theirs.
_OF_ALDER = {"own": "alder", "other_patient": "aspen", "other_org": "furze", "deleted": "ash"}
PATIENTS = {
    **dict.fromkeys(matrix.PERSONAS, _OF_OAK),
    "clinician_other": {"own": "elder", "other_patient": "alder", "other_org": "furze", "deleted": "elm"},
    "clinician_other_org": {"own": "furze", "other_patient": "elder", "other_org": "alder", "deleted": "fig"},
    **dict.fromkeys(("patient", "proxy_view", "proxy_log", "proxy_full"), _OF_ALDER),
    "other_patient": {"own": "elder", "other_patient": "alder", "other_org": "furze", "deleted": "elm"},
}
# persona: the patients whose marks may stand on a page that is answered with yes
MAY_SEE = {
    **dict.fromkeys(("clinician_team", "logger", "senior"), frozenset({"alder", "aspen"})),
    "clinician_other": frozenset({"elder"}),
    "clinician_other_org": frozenset({"furze"}),
    **dict.fromkeys(("patient", "proxy_view", "proxy_log", "proxy_full"), frozenset({"alder"})),
    "other_patient": frozenset({"elder"}),
}
NOBODY: frozenset[str] = frozenset()
YES = frozenset({200, 409, 422})


@dataclass(frozen=True, order=True)
class Cell:
    """One request to be sent."""

    name: str
    persona: str
    relation: str
    method: str


@dataclass
class Report:
    """What a walk found. ``faults`` are sentences; an empty list is a clean walk."""

    requests: int = 0
    denials: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        rate = self.requests / self.seconds if self.seconds else 0
        return (
            f"{self.requests} requests, {self.denials} of them denied as they should be, {len(self.faults)} faults, "
            f"{self.seconds:.0f} s, {rate:.0f} requests a second"
        )


def everything() -> list[Cell]:
    """Every URL name of the resolver, person, relation and method. Pages without a patient have two relations only."""
    names = sorted({name for name, _ in url_names(get_resolver()) if name})
    return [
        Cell(name, persona, relation, method)
        for name in names
        for persona in matrix.PERSONAS
        for relation in (RELATIONS if addresses.has_patient(name) else ("own", "mixed_parent"))
        for method in matrix.METHODS
    ]


def sample(cells: Iterable[Cell], *, share: float, seed: str) -> list[Cell]:
    """All requests about own patients, and of the others the same share of every URL name; the seed names the choice."""
    chosen, others = [], {}
    for cell in cells:
        if cell.relation == "own":
            chosen.append(cell)
        else:
            others.setdefault(cell.name, []).append(cell)
    pick = random.Random(seed)
    for name in sorted(others):
        chosen += pick.sample(others[name], max(1, round(len(others[name]) * share)))
    return chosen


def expected(table: dict[tuple[str, str, str], str], cell: Cell) -> str:
    """The answer that the table asks for; beyond own patients every answer that would be yes or 403 becomes 404."""
    own = table[cell.name, cell.persona, cell.method]
    if cell.relation == "own" or not addresses.has_patient(cell.name):
        return own
    if cell.relation == "mixed_parent":
        return "404" if own == "ok" and addresses.has_child(cell.name) else own
    return "404" if own in ("ok", "403") else own


class Walker:
    """Clients of all personas, signed in, in the marked world. Everything that a request changes is undone after it."""

    def __init__(self, marked: Marked) -> None:
        self.marked = marked
        self.table = matrix.read()
        self.people = {persona: marked.world.people.get(name) for persona, name in matrix.PERSONAS.items()}
        self.clients = {persona: self._client(person) for persona, person in self.people.items()}
        self.written: dict[str, int] = {}

    @staticmethod
    def _client(person: Any) -> Client:
        client = Client(raise_request_exception=False)
        if person is not None:
            client.force_login(person)
        return client

    def walk(
        self, cells: Iterable[Cell], *, statuses: bool = True, show: Callable[[int], None] | None = None
    ) -> Report:
        """Send the requests. ``statuses=False`` looks for leaks and changed rows only."""
        report, started = Report(), time.perf_counter()
        self.written = written()
        for number, cell in enumerate(cells):
            for fault in self._faults(cell, report, statuses=statuses):
                report.faults.append(f"{cell.method} {cell.name} by {cell.persona} about {cell.relation}: {fault}")
            report.requests += 1
            if show is not None:
                show(number)
        report.seconds = time.perf_counter() - started
        return report

    def _faults(self, cell: Cell, report: Report, *, statuses: bool) -> Iterator[str]:
        want, before = expected(self.table, cell), self.written
        with transaction.atomic():
            response = self.send(cell)
            got = answer(response)
            if statuses and got != want:
                yield f"answered {got} ({response.status_code}), expected {want}"
            if want != "ok":
                report.denials += 1
            yield from self._leaks(cell, response, yes=want == "ok")
            yield from header_faults(response)
            after = self.written = written()
            if want != "ok" and after != before:
                yield f"wrote {sorted(name for name in after if after[name] != before.get(name))}"
            transaction.set_rollback(True)

    def send(self, cell: Cell) -> Any:
        own, other, child = self._keys(cell)
        path = addresses.address(cell.name, patient=own, child=child)
        sent = addresses.body(cell.name, keys=own, sender=self.people[cell.persona])
        headers = {}
        if cell.relation == "mixed_parent":
            extra = smuggled(other)
            sent, path = {**sent, **extra}, f"{path}?{'&'.join(f'{name}={value}' for name, value in extra.items())}"
            headers = {"X-Patient-Id": str(other["patient"])}
        client = self.clients[cell.persona]
        cookies = copy.deepcopy(client.cookies)
        try:
            if cell.method in ("GET", "HEAD", "OPTIONS"):
                return getattr(client, cell.method.lower())(path, headers=headers)
            if cell.method == "POST":
                return client.post(path, sent, headers=headers)
            return getattr(client, cell.method.lower())(path, sent, content_type="application/json", headers=headers)
        finally:
            client.cookies = cookies

    def _keys(self, cell: Cell) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Keys of the patient in the path, of the patient that is smuggled in, and of the row in the path."""
        names, keys = PATIENTS[cell.persona], self.marked.keys
        other = keys[names["other_patient"]]
        if cell.relation == "random_uuid":
            nobody = {"patient": uuid.uuid4(), "version": 1}
            return nobody, other, nobody
        if cell.relation == "mixed_parent":
            return keys[names["own"]], other, other
        mine = keys[names[cell.relation]]
        return mine, other, mine

    def _leaks(self, cell: Cell, response: Any, *, yes: bool) -> Iterator[str]:
        allowed = MAY_SEE.get(cell.persona, NOBODY) if yes else NOBODY
        if yes and addresses.has_patient(cell.name):
            allowed = allowed & {PATIENTS[cell.persona]["own"]}
        text = everything_said(response)
        for name in MARKED:
            if name not in allowed and (found := MARKS[name].found_in(text)):
                yield f"shows {found} of {name}"


def smuggled(other: dict[str, Any]) -> dict[str, str]:
    """The other patient in every place where a careless view might read one."""
    key = str(other["patient"])
    names = ("patient", "patient_id", "subject", "subject_id", "pk", "form-0-patient", "record[patient][id]")
    return {
        **dict.fromkeys(names, key),
        "plan": str(other.get("plan", "")),
        "from_draft": str(other.get("step", "")),
        "next": f"/patients/{key}/",
    }


def answer(response: Any) -> str:
    if response.status_code in (301, 302, 303):
        return "sign-in" if response.headers["Location"].startswith("/accounts/login/?next=") else "ok"
    return "ok" if response.status_code in YES else str(response.status_code)


def everything_said(response: Any) -> str:
    """The body, every header and every cookie of an answer as one text."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{response.cookies.output()}\n{response.content.decode(errors='replace')}"


def header_faults(response: Any) -> Iterator[str]:
    headers = response.headers
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    for name, value in wanted.items():
        if headers.get(name) != value:
            yield f"the header {name} is {headers.get(name)!r}"
    if "no-store" not in headers.get("Cache-Control", ""):
        yield f"a cache may keep it: {headers.get('Cache-Control')!r}"
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe-inline" in policy:
        yield f"the content security policy is {policy!r}"


def written() -> dict[str, int]:
    """Rows that this transaction has added, changed or removed so far in each table, also those that were put back.

    PostgreSQL's own counters: one quick statement after every request, where a hash of all rows would be slow.
    """
    counted = catalogue.rows(
        "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)",
        [OURS],
    )
    # The one line that a denial writes is the log of accesses saying so.
    return {table: count for table, count in counted if count and table != "titration_auditevent"}


OURS = sorted({*catalogue.our_tables(), "django_session"})
