"""The form of a dose sent five times, eight at once, half of the requests cut: one row each.

``script/replay`` does the same with a thousand.
"""

import random
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench import replay
from bench.browser import Browser
from tests.browser.filling import REPLAYED
from tests.browser.moment import TODAY
from tests.browser.server import Portal

RECORDS = 100


@pytest.mark.bar("B-32")
@pytest.mark.hazard("H27")
def test_a_form_that_is_sent_again_and_cut_off_writes_one_row(site: Portal, visitors: Any) -> None:
    cookies = {one["name"]: one["value"] for one in visitors.state_of("ann")["cookies"]}
    where = urlsplit(site.address)
    patients = [site.patients[name]["id"] for name in REPLAYED]
    with closing(Browser(where.hostname, where.port, cookies)) as browser:
        forms = replay.forms_of(browser, replay.doses_before(TODAY, patients, RECORDS))
    sent = replay.send_all(forms, browser.cookies, where.hostname, where.port, random.Random(20261122))
    assert (sent.requests, sent.cut) == (5 * RECORDS, 5 * RECORDS // 2)
    assert sent.refused() == {}
    rows, twice, unaudited = (site.count(query, patients) for query in (replay.ROWS, replay.TWICE, replay.UNAUDITED))
    assert (rows, twice, unaudited) == (RECORDS, 0, 0)
