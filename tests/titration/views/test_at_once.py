"""Two requests at the same moment, on two connections of the database: one of them is first, and nothing is written twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests import world as w
from tests.titration.views.ordering import checked, record_of, save, signed_in, typed

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*requests: Callable[[], Any]) -> list[int]:
    """The statuses of requests that begin together, in rising order."""
    barrier, statuses = threading.Barrier(len(requests)), []

    def one(request: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            statuses.append(request().status_code)
        finally:
            connection.close()  # that of this thread

    threads = [threading.Thread(target=one, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def test_one_page_sent_by_two_taps_makes_one_step(titrated: Any) -> None:
    ann = signed_in(titrated.ann)
    token = checked(ann, titrated.alder, typed())
    taps = [signed_in(titrated.ann) for _ in range(3)]
    assert at_once(*(lambda tap=tap: save(tap, titrated.alder, token) for tap in taps)) == [302, 302, 302]
    assert [step.daily_mg for step in record_of(titrated, titrated.alder).in_force] == [15, 30]


@pytest.mark.hazard("H38")
def test_of_two_orders_at_the_same_moment_the_second_is_told_of_the_first(titrated: Any) -> None:
    orders = [(signed_in(titrated.ann), "10"), (signed_in(titrated.ann), "7.5")]
    sent = [(client, checked(client, titrated.alder, typed(dose=mg))) for client, mg in orders]
    answers = at_once(*(lambda one=one: save(one[0], titrated.alder, one[1]) for one in sent))
    assert answers == [302, 409]
    assert len(record_of(titrated, titrated.alder).in_force) == 2


def test_two_starts_at_the_same_moment_make_one_plan(frozen: Any) -> None:
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", hours_ago=2)
    clients = [signed_in(frozen.ann) for _ in range(2)]
    tokens = [checked(one, frozen.alder, typed(dose="5", taken_before="no"), "plans:start") for one in clients]
    answers = at_once(
        *(lambda pair=pair: save(pair[0], frozen.alder, pair[1]) for pair in zip(clients, tokens, strict=True))
    )
    assert answers == [302, 409]
    assert len(record_of(frozen, frozen.alder).in_force) == 1
