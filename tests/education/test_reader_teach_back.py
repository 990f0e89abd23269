"""Check your understanding: three answers, each with its reason, as many tries as one likes, and nobody keeps any."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.education.test_reader_pages import STOPPING, main_of, words

pytestmark = pytest.mark.django_db

WHY = {
    "1": "A gap of days can make you very ill.",
    "2": "They can get you tablets where you are.",
    "3": "is a cut, too.",
}


def test_nothing_is_said_before_an_answer(client: Any, pages: Any) -> None:
    page = main_of(client.get(STOPPING))
    assert not any(why in page for why in WHY.values())
    assert " checked" not in page
    assert "Choose an answer" not in page


@pytest.mark.parametrize(("answer", "says"), [("1", "Not quite"), ("2", "Yes, that is right"), ("3", "Not quite")])
def test_an_answer_is_explained_and_stays_chosen(client: Any, pages: Any, answer: str, says: str) -> None:
    page = main_of(client.get(STOPPING, {"check": "1", "answer": answer}))
    assert says in page
    assert [number for number, why in WHY.items() if why in page] == [answer]
    assert f'value="{answer}" checked' in page
    assert page.count(" checked") == 1
    assert "Check answer" in page  # one may try again
    assert "score" not in words(page).lower()


@pytest.mark.parametrize("sent", [{"check": "1"}, {"check": "1", "answer": ""}, {"check": "1", "answer": "4"}])
def test_no_answer_is_asked_for_one(client: Any, pages: Any, sent: dict[str, str]) -> None:
    page = main_of(client.get(STOPPING, sent))
    assert "Choose an answer" in page
    assert 'aria-describedby="check-hint check-error"' in page
    assert not any(why in page for why in WHY.values())


def test_nobody_keeps_an_answer(client: Any, pages: Any, world: Any) -> None:
    client.force_login(world.alma)
    client.get(STOPPING)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(STOPPING, {"check": "1", "answer": "1"})
    assert not [one["sql"] for one in asked if one["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert answer.cookies == {}
