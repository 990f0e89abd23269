"""What a clinician does on each measured page, as requests."""

from collections.abc import Callable
from datetime import date, timedelta

from bench.browser import Answer, Browser, hidden_fields

# The password that every measured clinician has; bench.load gives it to them.
PASSWORD = "a long password for measuring"

# How many charts take turns.
CHARTS = 40

Asked = tuple[str, Callable[[int], Answer], int]


def sign_in(browser: Browser, email: str) -> None:
    page = browser.get("/accounts/login/")
    answer = browser.post("/accounts/login/", {**hidden_fields(page.text), "login": email, "password": PASSWORD})
    if answer.status != 302:
        raise SystemExit(f"Signing in was answered with {answer.status}.\n{answer.text[-2500:]}")


def look_at_charts(browser: Browser, clinic: dict[str, str]) -> None:
    """Open the charts once: the first look raises what is new, and that is not what a look costs."""
    for patient in clinic["patients"].split()[:CHARTS]:
        browser.get(f"/patients/{patient}/")


def pages(browser: Browser, clinic: dict[str, str], requests: int) -> list[Asked]:
    """The pages in the order they are measured; the first one is the floor."""
    mine = clinic["patients"].split()
    patient = mine[0]
    live = _order_fields(browser, patient)
    tokens = [_token(browser, one) for one in mine[1 : requests + 1]]
    return [
        ("empty view, one query", lambda _: browser.get("/bench/empty/"), 200),
        ("worklist of 50", lambda _: browser.get("/worklist/"), 200),
        ("patient search", lambda _: browser.get("/patients/?q=and"), 200),
        ("chart", lambda number: browser.get(f"/patients/{mine[number % min(CHARTS, len(mine))]}/"), 200),
        ("page to read", lambda _: browser.get("/learn/us/stopping/"), 200),
        ("live check", lambda _: browser.post(f"/patients/{patient}/steps/live/", live, htmx=True), 200),
        ("raising a dose", lambda number: browser.post(*tokens[number]), 302),
    ]


def _order_fields(browser: Browser, patient: str) -> dict[str, str]:
    """The form of a dose step, filled in: 20 mg three times a day becomes 22.5 mg from tomorrow's tomorrow."""
    page = browser.get(f"/patients/{patient}/steps/add/")
    start = date.today() + timedelta(days=2)  # noqa: DTZ011  any day ahead will do
    return {
        **hidden_fields(page.text, "steps/add"),
        "product": "tablet_10",
        "dose": "22.5",
        "frequency": "3",
        "starts_on_day": str(start.day),
        "starts_on_month": str(start.month),
        "starts_on_year": str(start.year),
        "reason": "Spasms at night",
    }


def _token(browser: Browser, patient: str) -> tuple[str, dict[str, str]]:
    """The check page of one order, answered: what is left is the request that signs it."""
    path = f"/patients/{patient}/steps/add/"
    checked = browser.post(path, _order_fields(browser, patient))
    if checked.status != 200:
        raise SystemExit(f"The check page was answered with {checked.status}.\n{checked.text[:3000]}")
    fields = hidden_fields(checked.text, "steps/check")
    answers = {
        "gate-code": "asked_otherwise",
        "decision-typed_total": "67.5",
        "decision-reason_code": "will_monitor",
        "decision-reason_text": "Seen weekly",
        "decision-monitoring_plan": "Seen weekly",
    }
    return f"/patients/{patient}/steps/check/", {**fields, **answers}
