"""Half a year of a clinic: ``python -m bench.simulate [--patients N] [--days N] [--seed N] [--stops SHARE] [--picture DIR]``, run by ``script/simulate``.

Patients behave as bench/simulated_patients.py says and clinicians as bench/simulated_clinic.py says; in between the watch
looks at whatever is due, every quarter of an hour of a clock that jumps over the hours in which nothing happens. Real stops
are compared with the instants of the rules, which are worked out apart. A stop that was not flagged in time ends the run
with an error; how often somebody was interrupted is printed, and the ledger shows for what.
"""

import argparse
import os
import signal
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from bench import journeys, pages, scratch
from bench.browser import Browser

PATIENTS, DAYS, SEED, STOPS = 1000, 182, 20261122, 0.1


def report(found: "object", patients: int, days: int) -> bool:
    """Print the figures; whether every real stop was flagged in time."""
    from bench.simulation import Simulation

    assert isinstance(found, Simulation)
    weeks = patients * days / 7 / 100
    opened = Counter((one.rule, one.urgency) for one in found.flags)
    now = sum(many for (_, urgency), many in opened.items() if urgency == 1)
    gone = sum(1 for one in found.flags if one.urgency == 1 and one.pk in found.gone)
    late = [one for one in found.stops if one.in_time is False]
    print(
        f"\n{patients} patients, {days} days, {patients * days / 7:.0f} patient-weeks, {found.looks} looks, {found.ticks} ticks"
    )
    for kind, many in sorted(Counter(one.kind for one in found.stops).items()):
        mine = [one for one in found.stops if one.kind == kind]
        before = sum(one.in_time is None for one in mine)
        print(f"real stops, {kind}: {many}; flagged in time {sum(one.in_time is True for one in mine)}, "
              f"ended by a call before their time {before}, late {sum(one.in_time is False for one in mine)}")  # fmt: skip
    for one in late:
        print(f"  LATE: patient {one.number}, {one.kind}, last dose {one.last}, due {one.due}, flagged {one.flagged}")
    print("\nflags per 100 patient-weeks     act now  this week  information")
    for rule in sorted(
        {rule for rule, _ in opened}, key=lambda one: -sum(opened[one, urgency] for urgency in (1, 2, 3))
    ):
        print(f"  {rule:<28}" + "".join(f"{opened[rule, urgency] / weeks:11.2f}" for urgency in (1, 2, 3)))
    print(f"  {'all':<28}" + "".join(
        f"{sum(many for (_, one), many in opened.items() if one == urgency) / weeks:11.2f}" for urgency in (1, 2, 3)
    ))  # fmt: skip
    print(
        f"\ninterruptive alerts per 100 patient-weeks: act now {now / weeks:.2f} (of which gone by themselves before anybody "
        f"acted {gone / weeks:.2f}), interrupted orders {found.clinic.interruptions / weeks:.2f} of "
        f"{found.clinic.orders / weeks:.2f}; together {(now + found.clinic.interruptions) / weeks:.2f} (bar B-45: at most 5)"
    )
    return not late


def ledger(environment: dict[str, str], folder: Path) -> None:
    """Save the ledger as the clinician sees it: the file, and a picture of the page where there is a browser."""
    folder.mkdir(parents=True, exist_ok=True)
    port = pages.free_port()
    server = pages.start_server(environment, port)
    try:
        browser = Browser(pages.HOST, port)
        journeys.sign_in(browser, "clinician@bench.test")
        (folder / "ledger.csv").write_text(browser.get("/ledger/file/?days=365").text)
        picture(f"http://{pages.HOST}:{port}", browser.cookies, folder / "ledger.png")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def picture(address: str, cookies: dict[str, str], file: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(f"{address}/ledger/?days=365")
        page.screenshot(path=file, full_page=True)
        chromium.close()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--patients", type=int, default=PATIENTS)
    words.add_argument("--days", type=int, default=DAYS)
    words.add_argument("--seed", type=int, default=SEED)
    words.add_argument(
        "--stops", type=float, default=STOPS, help="part of patients who really stop; more of them in less time"
    )
    words.add_argument("--picture", type=Path, help="directory for the ledger as a file and as a picture")
    chosen = words.parse_args()
    with scratch.database(f"portal_simulation_{os.getpid()}") as url:
        environment = {
            **os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings", "PORTAL_HOSTS": pages.HOST
        }  # fmt: skip
        scratch.migrated(environment)
        os.environ.update(environment)
        import django

        django.setup()
        from bench.simulation import Simulation

        start = date.today() - timedelta(days=chosen.days + 1)  # noqa: DTZ011  over by the clock of the pages
        found = Simulation(chosen.patients, chosen.days, start, chosen.seed, chosen.stops)
        found.run(tell=lambda words: print(words, flush=True))
        in_time = report(found, chosen.patients, chosen.days)
        if chosen.picture:
            ledger(environment, chosen.picture)
    if not in_time:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
