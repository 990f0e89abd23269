"""How the tests of orders fill in forms and read what was stored."""

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from tests import world as w
from tests.database import as_actor
from titration.selectors import records

TODAY = date(2026, 11, 22)


def url(name: str, patient: Any, **more: Any) -> str:
    return reverse(name, kwargs={"patient_id": patient.pk, **more})


def parts(name: str, day: date | None) -> dict[str, str]:
    if day is None:
        return {}
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def typed(*, on: date | None = TODAY, **fields: str) -> dict[str, str]:
    """A whole dose step of 10 mg three times a day, as it is typed, with what a test changes."""
    whole = {
        "product": "tablet_10",
        "frequency": "3",
        "dose": "10",
        "reason": "Spasms at night",
        **parts("starts_on", on),
    }
    return {**whole, **fields}


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def version(client: Client, page: str) -> str:
    return str(client.get(page).context["form"]["version"].value())


def send(client: Client, name: str, patient: Any, fields: dict[str, str]) -> Any:
    """Open a form and send it, as a browser would."""
    page = url(name, patient)
    return client.post(page, {"version": version(client, page), **fields})


def checked(client: Client, patient: Any, fields: dict[str, str], name: str = "steps:add") -> str:
    """The token of the check page that an order leads to."""
    page = send(client, name, patient, fields)
    assert page.status_code == 200, page.content.decode()
    return page.context["token"]


def decide(**answers: str) -> dict[str, str]:
    return {f"decision-{name}": value for name, value in answers.items()}


def save(client: Client, patient: Any, token: str, *, gate: str = "asked_otherwise", **answers: str) -> Any:
    """Sign; ``gate`` is why to go on while the next step is not open, which only such an order asks for."""
    return client.post(url("steps:check", patient), {"token": token, "gate-code": gate, **decide(**answers)})


def record_of(world: w.World, patient: Any, as_of: Any = w.NOW) -> records.PatientRecord:
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        return records.load(seen, as_of=as_of)


def rows_of(world: w.World, patient: Any) -> int:
    return len(record_of(world, patient).steps)


def text_of(response: Any) -> str:
    return response.content.decode()
