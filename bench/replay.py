"""Forms sent again and again: ``python -m bench.replay [--records N]``, run by ``script/replay``.

Each record of a dose is one form, opened as a page and then sent five times, eight requests at a time. Half of all requests
are cut: the client closes its connection when it has sent everything and before it reads the answer, or half way through
the form. At the end there must be one row for each form, with one line of audit, and every answer that did arrive must say
that the dose is recorded.
"""

import argparse
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from threading import local
from typing import NamedTuple

from bench import journeys, pages, scratch, workers
from bench.browser import Browser, hidden_fields

SENDINGS, PARALLEL = 5, 8
DOSES_A_DAY = 3
PATIENTS = 400  # of whom one in twenty is the clinician's
# Where the client goes away: after the whole request, or with half of the form sent.
WHOLE, HALF = 1.0, 0.5
ROWS = "SELECT count(*) FROM titration_doseevent WHERE patient_id::text = ANY(%s)"
TWICE = """
SELECT count(*) FROM (SELECT 1 FROM titration_doseevent WHERE patient_id::text = ANY(%s)
                      GROUP BY plan_id, local_date, position HAVING count(*) > 1) AS twice
"""
UNAUDITED = """
SELECT count(*) FROM titration_doseevent AS dose WHERE patient_id::text = ANY(%s) AND 1 <> (
    SELECT count(*) FROM titration_auditevent WHERE object_type = 'doseevent' AND object_id = dose.id::text)
"""


class Form(NamedTuple):
    """A form that was opened: where it is sent, and what it says."""

    path: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Sent:
    """What became of the requests: how many were cut, and the answers of the others by status and place."""

    requests: int
    cut: int
    answers: Counter[tuple[int, str]]

    def refused(self) -> dict[tuple[int, str], int]:
        """Answers that do not say that the dose is recorded."""
        return {found: many for found, many in self.answers.items() if not (found[0] == 302 and found[1] == "/doses/")}


def forms_of(browser: Browser, doses: Sequence[tuple[str, date, int]]) -> list[Form]:
    """Open the form of each dose (patient, local date, place in the day); a page that does not answer ends the run."""
    found = []
    for patient, day, position in doses:
        path = f"/patients/{patient}/doses/{day.isoformat()}/{position}/"
        page = browser.get(path)
        if page.status != 200:
            raise SystemExit(f"{path} was answered with {page.status}.")
        said = {"state": "taken", "said_by": "patient", "note": f"Dose {position + 1}", "action": "correct"}
        found.append(Form(path, {**hidden_fields(page.text), **said}))
    return found


def send_all(forms: Sequence[Form], cookies: dict[str, str], host: str, port: int, dice: random.Random) -> Sent:
    """Send every form ``SENDINGS`` times in any order, ``PARALLEL`` at once, half of the requests cut."""
    sendings = [(form, cut) for number, form in enumerate(forms) for cut in _cuts(number, dice)]
    dice.shuffle(sendings)
    own, opened = local(), []

    def send(sending: tuple[Form, float | None]) -> tuple[int, str] | None:
        form, cut = sending
        if not hasattr(own, "browser"):
            own.browser = Browser(host, port, cookies)
            opened.append(own.browser)
        if cut is not None:
            own.browser.cut(form.path, form.fields, cut)
            return None
        answer = own.browser.post(form.path, form.fields)
        return answer.status, answer.location[-len("/doses/") :]

    with ThreadPoolExecutor(PARALLEL) as pool:
        found = list(pool.map(send, sendings))
    for one in opened:
        one.close()
    answers = Counter(one for one in found if one is not None)
    return Sent(requests=len(found), cut=found.count(None), answers=answers)


def _cuts(number: int, dice: random.Random) -> Iterator[float | None]:
    """Two or three of five are cut, in turn: half of all, and somebody always gets an answer."""
    cut = SENDINGS // 2 + number % 2
    for _ in range(cut):
        yield dice.choice((WHOLE, HALF))
    for _ in range(SENDINGS - cut):
        yield None


def doses_before(today: date, patients: Sequence[str], records: int) -> list[tuple[str, date, int]]:
    """So many doses of whole days before today, the same number for each patient, give or take one."""
    found = []
    for number in range(records):
        turn, place = divmod(number // len(patients), DOSES_A_DAY)
        found.append((patients[number % len(patients)], today - timedelta(days=turn + 1), place))
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--records", type=int, default=1000)
    words.add_argument("--seed", type=int, default=20261122)
    chosen = words.parse_args()
    with scratch.database() as url:
        environment = {
            **os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings", "PORTAL_HOSTS": pages.HOST
        }  # fmt: skip
        clinic = scratch.filled(environment, PATIENTS)
        patients, port = clinic["patients"].split(), pages.free_port()
        server = pages.start_server(environment, port)
        try:
            browser = Browser(pages.HOST, port)
            journeys.sign_in(browser, clinic["email"])
            today = date.today()  # noqa: DTZ011  whole days before it are over in every zone that is measured
            forms = forms_of(browser, doses_before(today - timedelta(days=1), patients, chosen.records))
            sent = send_all(forms, browser.cookies, pages.HOST, port, random.Random(chosen.seed))
        finally:
            server.send_signal(signal.SIGTERM)  # waits for what it is still working on
            server.wait()
        with workers.owner(url) as connection:
            rows, twice, unaudited = (
                int(connection.execute(query, [patients]).fetchone()[0]) for query in (ROWS, TWICE, UNAUDITED)
            )
    print(
        f"{len(forms)} forms, {sent.requests} requests, {PARALLEL} at once, {sent.cut} cut: {rows} rows, {twice} doses twice, "
        f"{unaudited} without their line of audit; answers that arrived: {sum(sent.answers.values())}, "
        f"of them not “recorded”: {sent.refused() or 0}."
    )
    if rows != chosen.records or twice or unaudited or sent.refused():
        raise SystemExit(1)


if __name__ == "__main__":
    main()
