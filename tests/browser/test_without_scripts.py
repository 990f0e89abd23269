"""Every form is sent and saved with scripts switched off."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.building import CONTINUE, fill_order
from tests.browser.dose_journeys import around, doses
from tests.browser.flag_forms import to_closing
from tests.browser.not_pages import ACTED
from tests.browser.own_journeys import read_page, see_change, tick
from tests.browser.people_journeys import invited
from tests.browser.report_journeys import go_on, report
from tests.browser.server import Portal
from tests.browser.taper_journeys import taper
from tests.browser.told_journeys import call_me, feel
from tests.browser.visitors import Visitors
from tests.world import PASSWORD

pytestmark = pytest.mark.ui("UI-20")


@pytest.fixture
def plain(visitors: Visitors) -> Iterator[Any]:
    """Ann, with a browser that runs no scripts."""
    with visitors.page("ann", java_script_enabled=False) as page:
        yield page


def date(page: Any, name: str, day: str = "20") -> None:
    for part, value in (("day", day), ("month", "11"), ("year", "2026")):
        page.locator(f"[name={name}_{part}]").fill(value)


def saved(page: Any, words: str = "") -> None:
    expect(page.locator(".notice--done")).to_contain_text(words)


def fact_add(page: Any, site: Portal) -> None:
    page.goto(site.url("patients:fact_add", "walnut", kind="weight_kg"))
    page.locator("[name=number]").fill("71.5")
    date(page, "on_date")
    page.get_by_role("button", name="Save fact").click()
    saved(page, "is recorded")


def fact_correct(page: Any, site: Portal) -> None:
    fact_add(page, site)
    page.get_by_role("link", name="Correct Weight").click()
    page.locator("[name=number]").fill("72.5")
    page.locator("form", has=page.get_by_role("button", name="Save correction")).locator("[name=note]").fill("A slip")
    page.get_by_role("button", name="Save correction").click()
    saved(page, "The fact is corrected")
    page.get_by_role("link", name="Correct Weight").click()
    page.locator("[name=withdraw-note]").fill("Another patient")
    page.get_by_role("button", name="Withdraw fact").click()
    saved(page, "withdrawn")


def kidney_add(page: Any, site: Portal) -> None:
    page.goto(site.url("kidney:add", "rowan"))
    page.locator("[name=analyte][value=creatinine]").check()
    page.locator("[name=value]").fill("1.1")
    page.locator("[name=unit][value='mg/dL']").check()
    date(page, "taken_on", "21")
    page.get_by_role("button", name="Save result").click()
    saved(page, "recorded")


def kidney_correct(page: Any, site: Portal) -> None:
    page.goto(site.url("kidney:correct", "spruce", result_id="result"))
    page.locator("[name=value]").fill("0.8")
    page.locator("[name=reason]").fill("Typed wrongly")
    page.get_by_role("button", name="Save correction").click()
    saved(page, "corrected")


def kidney_held(page: Any, site: Portal) -> None:
    page.goto(site.url("kidney:quarantine", "oakley", held_id="held"))
    page.locator("[name=value]").fill("1.05")
    page.locator("[name=unit][value='mg/dL']").check()
    page.locator("[name=reason]").fill("The laboratory was called")
    page.get_by_role("button", name="Store as result").click()
    saved(page, "stored")


def start(page: Any, site: Portal) -> None:
    page.goto(site.url("plans:start", "nutmeg"))
    page.locator("[name=taken_before][value=no]").check()
    fill_order(page, dose="5")
    page.locator("[name=draft_ladder]").check()
    page.get_by_role("button", name=CONTINUE).click()
    page.get_by_role("button", name="Start baclofen").click()
    saved(page, "Baclofen is started")
    expect(page.locator(".drafts")).to_be_visible()


def step(page: Any, site: Portal) -> None:
    page.goto(site.url("steps:add", "cherry"))
    fill_order(page)
    page.get_by_role("button", name=CONTINUE).click()
    go_on(page)
    page.get_by_role("button", name="Save dose step").click()
    saved(page, "30\u00a0mg a day")


def different_doses(page: Any, site: Portal) -> None:
    page.goto(site.url("steps:add", "larch"))
    fill_order(page, times="different")
    for number, (at, amount) in enumerate((("08:00", "5"), ("14:00", "5"), ("22:00", "10")), start=1):
        page.locator(f"[name=row_{number}_time]").fill(at)
        page.locator(f"[name=row_{number}_dose]").fill(amount)
    page.get_by_role("button", name=CONTINUE).click()
    go_on(page)
    page.get_by_role("button", name="Save dose step").click()
    saved(page, "20\u00a0mg a day")


def past(page: Any, site: Portal) -> None:
    page.goto(site.url("steps:past", "linden"))
    fill_order(page, day="16")
    date(page, "last_day", "18")
    page.get_by_role("button", name=CONTINUE).click()
    page.get_by_role("button", name="Record past change").click()
    saved(page, "past change")


def interruption(page: Any, site: Portal) -> None:
    page.goto(site.url("steps:add", "hawthorn"))
    fill_order(page, dose="30")
    page.get_by_role("button", name=CONTINUE).click()
    page.locator("[name=decision-typed_total]").fill("90")
    page.locator("[name=decision-reason_code][value=specialist_advice]").check()
    page.locator("[name=decision-reason_text]").fill("Agreed with neurology")
    go_on(page)
    page.get_by_role("button", name="Continue anyway").click()
    saved(page, "90\u00a0mg a day")


def stop(page: Any, site: Portal) -> None:
    page.goto(site.url("plans:stop", "ash"))
    date(page, "stops_on", "23")
    page.locator("[name=stop_reason][value=serious_adverse_reaction]").check()
    page.locator("[name=monitoring_plan]").fill("Admitted, watched day and night")
    page.get_by_role("button", name=CONTINUE).click()
    if page.locator("[name=decision-typed_total]").count():
        page.locator("[name=decision-typed_total]").fill("0")
        page.locator("[name=decision-reason_code][value=specialist_advice]").check()
        page.locator("[name=decision-reason_text]").fill("A serious reaction")
        page.get_by_role("button", name="Continue anyway").click()
    else:
        page.get_by_role("button", name="Stop baclofen").click()
    saved(page, "The stop is saved")


def next_decision(page: Any, site: Portal) -> None:
    page.goto(site.url("plans:next_decision", "poplar"))
    date(page, "on", "30")
    page.get_by_role("button", name="Save the date").click()
    saved(page, "30-Nov-2026")


def flag(page: Any, site: Portal) -> None:
    page.goto(site.url("flags:detail", "small", flag_id="flag"))
    page.get_by_role("button", name="Assign to me").click()
    saved(page, "assigned to you")
    page.goto(site.url("flags:detail", "small", flag_id="flag"))
    page.locator("#id_text").fill("Will come on Monday")
    page.get_by_role("button", name="Log call").click()
    expect(page.get_by_text("Will come on Monday").first).to_be_visible()


def flag_life(page: Any, site: Portal) -> None:
    page.goto(site.url("flags:detail", "sedge", flag_id="flag"))
    page.get_by_role("button", name="Mark as seen").click()
    saved(page, "marked as seen by you")
    page.locator("#act-text").fill("Told to drink more")
    page.get_by_role("button", name="Save what was done").click()
    saved(page, "What was done is written down")
    to_closing(page, site, "sedge")
    page.get_by_role("button", name="Close this flag").click()
    saved(page, "is closed")


def flag_that_can_wait(page: Any, site: Portal) -> None:
    page.goto(site.url("flags:detail", "late", flag_id="flag"))
    page.get_by_role("button", name="3 days").click()
    saved(page, "The flag is snoozed until")
    page.get_by_role("button", name="End the snooze").click()
    saved(page, "on the worklist again")
    page.locator("[name=code][value=data_error]").check()
    page.get_by_role("button", name="Close flag").click()
    saved(page, "is closed")


def search(page: Any, site: Portal) -> None:
    page.goto(site.url("patients:list"))
    page.locator("[name=q]").fill("Alder")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def sign_in_and_out(page: Any, site: Portal) -> None:
    page.context.clear_cookies()
    page.goto(site.url("account_login"))
    page.get_by_label("Email address").fill(site.people["ann"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


def passkey_removed(page: Any, site: Portal) -> None:
    """Signed in long ago, and again; the passkey goes, and the password stays."""
    page.context.clear_cookies()
    page.goto(f"{site.url('account_login')}?next={site.url('ways')}")
    page.get_by_label("Email address").fill(site.people["pru"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Remove My old phone").click()
    page.get_by_role("button", name="Yes, remove it").click()
    saved(page, "The passkey is removed")
    expect(page.locator("main")).to_contain_text("You have a password")


JOURNEYS: dict[str, tuple[Callable[[Any, Portal], None], ...]] = {
    **dict.fromkeys(
        ("join", "patients:invite", "patients:invite_end", "patients:access_end", "own:access_end"), (invited,)
    ),
    "patients:fact_add": (fact_correct,),
    "patients:fact_correct": (fact_correct,),
    "kidney:add": (kidney_add,),
    "kidney:correct": (kidney_correct,),
    "kidney:quarantine": (kidney_held,),
    "plans:start": (start,),
    "plans:stop": (stop,),
    "plans:next_decision": (next_decision,),
    "steps:add": (step, different_doses),
    "steps:past": (past,),
    "steps:check": (interruption,),
    "plans:restart": (around,),
    "plans:taper": (taper,),
    "reports:add": (report,),
    **dict.fromkeys(("doses:record", "doses:call", "doses:tracking"), (doses,)),
    **dict.fromkeys(("doses:silence", "doses:silence_end", "doses:issue", "doses:issue_withdraw"), (around,)),
    "flags:assign": (flag,),
    "flags:call": (flag,),
    "flags:acknowledge": (flag_life,),
    "flags:act": (flag_life,),
    "flags:snooze": (flag_that_can_wait,),
    "flags:close": (flag_that_can_wait,),
    "flags:close_check": (flag_life,),
    **dict.fromkeys(("own:tick", "own:dose"), (tick,)),
    "own:change": (see_change,),
    "own:learn_page": (read_page,),
    "own:feel": (feel,),
    "own:call_me": (call_me,),
    "ways_remove": (passkey_removed,),
    "account_login": (sign_in_and_out,),
    "account_logout": (sign_in_and_out,),
}
EVERY = [*dict.fromkeys(one for journeys in JOURNEYS.values() for one in journeys), search]


@pytest.mark.parametrize("journey", EVERY, ids=lambda one: one.__name__)
def test_a_form_is_saved_without_scripts(plain: Any, site: Portal, journey: Callable[[Any, Portal], None]) -> None:
    journey(plain, site)


def test_every_form_of_the_portal_has_a_journey() -> None:
    assert set(JOURNEYS) == ACTED
