"""Every page of the portal, who sees it, and how each of its states comes about.

A URL name of the access registry that is neither here nor in ``not_pages.NOT_PAGES`` fails a test. ``full`` has everything on it,
``empty`` has nothing to show, ``error`` is what a failed submit or a broken part leaves, ``stale`` says its data are old.
"""

from tests.browser.building import (
    CONTINUE,
    PortalPage,
    State,
    answered,
    at,
    checked,
    full,
    live_panel,
    live_panel_down,
    no_such_day,
    page_of,
    sent_empty,
)
from tests.browser.flag_forms import to_closing
from tests.browser.learn_pages import LEARN_PAGES
from tests.browser.moment import TODAY
from tests.browser.own_learn_pages import OWN_LEARN_PAGES
from tests.browser.own_pages import OWN_PAGES
from tests.browser.passkeys import refused
from tests.browser.people_pages import LINK_REFUSALS, PEOPLE_PAGES
from tests.browser.taper_journeys import full_table, not_complete, whole_table
from tests.browser.told_pages import TOLD_PAGES

PAGES: dict[str, PortalPage] = {
    **PEOPLE_PAGES,
    "home": PortalPage(
        person="edith",
        single=False,
        states={"full": full(at("home")), "error": State(build=at("home"), fault="crash")},
    ),
    "help": PortalPage(
        person="", single=False, states={"empty": State(build=at("help")), "full": full(at("help"), person="ann"), "patient": State(build=at("help"), person="otter")}
    ),
    "app:offline": PortalPage(person="", single=False, states={"full": full(at("app:offline"))}),
    "account_login": PortalPage(
        person="",
        single=False,
        states={
            "full": full(at("account_login")),
            "error": State(build=sent_empty("account_login", button="Sign in")),
            "passkey error": State(build=refused),
        },
    ),
    "account_logout": PortalPage(single=False, states={"full": full(at("account_logout"))}),
    "account_inactive": PortalPage(person="", single=False, states={"full": full(at("account_inactive"))}),
    "worklist": PortalPage(
        single=False,
        states={
            "full": full(at("worklist")),
            "filtered": State(build=at("worklist", query="?severity=1&owner=mine")),
            "empty": State(build=at("worklist"), person="gus"),
            "stale": State(build=at("worklist"), person="dan"),
        },
    ),
    "ledger": PortalPage(
        single=False, states={"full": full(at("ledger")), "empty": State(build=at("ledger"), person="gus")}
    ),
    "patients:list": PortalPage(
        single=False,
        states={
            "full": full(at("patients:list")),
            "none found": State(build=at("patients:list", query="?q=smyth")),
            "empty": State(build=at("patients:list"), person="gus"),
            "error": State(build=at("patients:list", query="?q=31%2F12%2F1980")),
        },
    ),
    "kidney:due": PortalPage(
        single=False, states={"full": full(at("kidney:due")), "empty": State(build=at("kidney:due"), person="gus")}
    ),
    "patients:chart": PortalPage(
        states={
            "full": full(at("patients:chart", "alder")),
            "empty": State(build=at("patients:chart", "aspen")),
            "error": State(build=at("patients:chart", "alder"), fault="check"),
            "all": State(build=at("patients:chart", "alder", query="?range=all")),
            "long name": State(build=at("patients:chart", "long")),
            "next increase": State(build=at("patients:chart", "sloe")),
            "died": State(build=at("patients:chart", "yew")),
            "liquid": State(build=at("patients:chart", "liquid")),
            "stopped": State(build=at("patients:chart", "teasel")),
            "started again": State(build=at("patients:chart", "willow")),
            "reader": State(build=at("patients:chart", "alder"), person="bea"),
            "UK": State(build=at("patients:chart", "furze"), person="finn"),
        },
    ),
    "patients:summary": PortalPage(
        printed=True,
        states={
            "full": full(at("patients:summary", "alder")),
            "empty": State(build=at("patients:summary", "aspen")),
            "error": State(build=at("patients:summary", "alder"), fault="check"),
        },
    ),
    "patients:facts": page_of("patients:facts"),
    "patients:fact_add": page_of("patients:fact_add", kind="condition", empty="", button="Save fact"),
    "patients:fact_correct": PortalPage(
        states={
            "full": full(at("patients:fact_correct", "alder", fact_id="fact")),
            "closed": State(build=at("patients:fact_correct", "alder", fact_id="old_fact")),
            "error": State(build=sent_empty("patients:fact_correct", "alder", fact_id="fact", button="Withdraw fact")),
        },
    ),
    "doses:list": page_of("doses:list", "quince"),
    "doses:call": page_of("doses:call", "quince", empty="", button="Save doses"),
    "doses:tracking": page_of("doses:tracking", "quince", empty="", button="Save"),
    "doses:silence": page_of("doses:silence", "quince", empty="", button="Save"),
    "doses:issue": page_of("doses:issue", "quince", empty="", button="Save issue"),
    "doses:record": page_of("doses:record", "quince", empty="", button="Save dose", day=str(TODAY), position="0"),
    "reports:list": PortalPage(
        states={
            "full": full(at("reports:list", "sloe")),
            "empty": State(build=at("reports:list", "aspen")),
            "error": State(build=at("reports:list", "sloe"), fault="check"),
        },
    ),
    "reports:add": page_of("reports:add", empty="", button="Save report"),
    "kidney:list": PortalPage(
        states={
            "full": full(at("kidney:list", "alder")),
            "empty": State(build=at("kidney:list", "aspen")),
            "error": State(build=at("kidney:list", "alder"), fault="check"),
            "unreliable": State(build=at("kidney:list", "long")),
        },
    ),
    "kidney:add": page_of("kidney:add", button="Save result"),
    "kidney:correct": PortalPage(
        states={
            "full": full(at("kidney:correct", "alder", result_id="result")),
            "closed": State(build=at("kidney:correct", "alder", result_id="old_result")),
            "error": State(build=sent_empty("kidney:correct", "alder", result_id="result", button="Withdraw result")),
        },
    ),
    "kidney:quarantine": PortalPage(
        states={
            "full": full(at("kidney:quarantine", "alder", held_id="held")),
            "error": State(build=sent_empty("kidney:quarantine", "alder", held_id="held", button="Discard record")),
        },
    ),
    "plans:start": PortalPage(
        states={
            "full": full(at("plans:start", "hazel")),
            "empty": State(build=at("plans:start", "aspen")),
            "again": State(build=at("plans:start", "teasel")),
            "error": State(build=sent_empty("plans:start", "hazel", button=CONTINUE)),
        },
    ),
    "plans:stop": page_of("plans:stop", empty="", button=CONTINUE),
    "plans:taper": PortalPage(states={
        "full": full(whole_table), "marked": State(build=full_table), "empty": State(build=at("plans:taper", "alder")),
        "error": State(build=not_complete),
    }),
    "plans:calendar": PortalPage(printed=True, states={
        "full": full(at("plans:calendar", "tamarack")), "empty": State(build=at("plans:calendar", "aspen")),
        "large": State(build=at("plans:calendar", "tamarack", query="?print=large")),
    }),
    "plans:sheet": PortalPage(printed=True, states={
        "full": full(at("plans:sheet", "tamarack")), "empty": State(build=at("plans:sheet", "aspen")),
        "large": State(build=at("plans:sheet", "tamarack", query="?size=large&paper=a4")),
        "liquid": State(build=at("plans:sheet", "liquid", query="?weeks=2")),
        "UK": State(build=at("plans:sheet", "furze"), person="finn"),
    }),
    "plans:card": PortalPage(printed=True, states={
        "full": full(at("plans:card", "tamarack")), "empty": State(build=at("plans:card", "aspen")),
    }),
    "plans:restart": page_of("plans:restart", "quince", empty="", button="Save decision"),
    "plans:next_decision": PortalPage(
        states={"full": full(at("plans:next_decision", "alder")), "error": State(build=no_such_day)}
    ),
    "steps:add": PortalPage(
        states={
            "full": full(live_panel),
            "empty": State(build=at("steps:add", "alder")),
            "error": State(build=sent_empty("steps:add", "alder", button=CONTINUE)),
            "filled in": State(build=at("steps:add", "sloe", query="?move=bedtime")),
            "check down": State(build=live_panel_down, fault="check"),
        },
    ),
    "steps:past": PortalPage(
        states={
            "full": full(at("steps:past", "alder")),
            "error": State(build=sent_empty("steps:past", "alder", button=CONTINUE)),
        },
    ),
    "steps:check": PortalPage(
        states={
            "full": full(checked("olive")),
            "interruption": State(build=checked("olive", dose="30")),
            "second clinician": State(build=checked("dialysis", dose="7.5")),
            "error": State(build=answered("dialysis", dose="7.5")),
            "past": State(build=checked("olive", page="steps:past", day="15")),
        },
    ),
    "steps:detail": page_of("steps:detail", empty="", step_id="step"),
    "flags:detail": page_of("flags:detail", empty="", button="Save what was done", flag_id="flag"),
    "flags:close": PortalPage(
        states={
            "full": full(lambda tab, site: to_closing(tab, site, "long")),
            "error": State(build=sent_empty("flags:detail", "long", button="Continue to check", flag_id="flag")),
        }
    ),
    **OWN_PAGES,
    **TOLD_PAGES,
    **LEARN_PAGES,
    **OWN_LEARN_PAGES,
}  # fmt: skip

# Pages that no URL name has: what is answered when something is wrong.
REFUSALS: dict[str, State] = {
    **LINK_REFUSALS,
    "404": State(build=lambda tab, site: tab.goto("/no-such-page/"), person="ann"),
    "404 signed out": State(build=lambda tab, site: tab.goto("/no-such-page/"), person=""),
    "another's patient": State(build=at("patients:chart", "elder"), person="ann"),
    "no right": State(build=at("plans:start", "hazel"), person="bea"),
}


def cases() -> list[tuple[str, str, State, PortalPage]]:
    """Every page in every state as (name, state, how to get there, page)."""
    found = [(name, state, how, page) for name, page in PAGES.items() for state, how in page.states.items()]
    nobody = PortalPage(states=REFUSALS, single=False)
    return found + [("refusal", state, how, nobody) for state, how in REFUSALS.items()]
