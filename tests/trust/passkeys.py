"""Passkeys over HTTP, as the pages and their script send them."""

import html
import json
import re
from typing import Any

from django.test import Client

from tests import world as w
from tests.titration.views.joining import BORN, account, address
from tests.trust.device import Device

START, DOOR, WAYS, ADD = "/accounts/passkey/start/", "/accounts/passkey/", "/accounts/ways/", "/accounts/ways/add/"


def offered(page: Any) -> dict[str, Any]:
    """What a page hands to the browser."""
    return json.loads(html.unescape(re.search(r'data-options="([^"]*)"', page.text)[1]))


def by_password(name: str) -> Client:
    """Somebody of the world who has just signed in through the form."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": f"{name}@example.test", "password": w.PASSWORD})
    assert answer.status_code == 302
    return client


def add(client: Client, device: Device, name: str = "My phone") -> Any:
    return client.post(ADD, {"name": name, "answer": device.make(offered(client.get(ADD)))})


def device_of(name: str, **about: Any) -> Device:
    """A device with a passkey of somebody of the world."""
    device = Device()
    assert add(by_password(name), device).status_code == 302
    for key, value in about.items():
        setattr(device, key, value)
    return device


def ask(client: Client) -> dict[str, Any]:
    return client.post(START).json()


def sign_in(device: Device, client: Client | None = None, **more: str) -> Any:
    client = client or Client()
    return client.post(DOOR, {"answer": device.sign(ask(client)), **more})


def join_by_passkey(link: Any, device: Device, client: Client, **more: str) -> Any:
    """Both steps behind the right birth date."""
    sent = {**account(), **BORN, "password": "", "way": "passkey", **more}
    page = client.post(address(link), sent)
    assert page.status_code == 200, page.text
    return client.post(address(link), {**sent, "answer": device.make(offered(page))})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def refused(answer: Any, client: Client | None = None) -> bool:
    assert client is None or not is_in(client)
    return answer.status_code == 422 and "This passkey did not work here." in answer.text
