"""The pages of patients and carers, in every state that they can have."""

from playwright.sync_api import Page as Tab

from tests.browser.building import Builder, PortalPage, State, at, full, sent_empty
from tests.browser.moment import TODAY
from tests.browser.server import Portal

_MORNING = {"day": str(TODAY), "position": "0"}


def last_week(patient: str) -> Builder:
    """The schedule with the days before today."""

    def build(tab: Tab, site: Portal) -> None:
        tab.goto(site.url("own:schedule", patient))
        tab.get_by_text("The last 7 days").click()

    return build


def outdated(tab: Tab, site: Portal) -> None:
    """A change that is confirmed from a page that showed another one."""
    tab.goto(site.url("own:change", "ouzel", step_id="planned"))
    tab.locator("[name=digest]").evaluate("(box) => { box.value = '0'.repeat(32); }")
    tab.get_by_role("button", name="I have seen this").click()
    tab.get_by_text("Your plan has changed.").wait_for()


def _today(person: str) -> State:
    return State(build=at("own:today", person), person=person)


OWN_PAGES: dict[str, PortalPage] = {
    "own:people": PortalPage(
        person="petra",
        single=False,
        states={"full": full(at("own:people")), "empty": State(build=at("own:people"), person="pex")},
    ),
    "own:today": PortalPage(
        person="otter",
        states={
            "full": full(at("own:today", "otter")),
            "empty": _today("orca"),
            "ticked": _today("osprey"),
            "late": _today("oriole"),
            "not ticked": _today("ocelot"),
            "each state": _today("oyster"),
            "held": _today("ox"),
            "not tracked": _today("owl"),
            "liquid": _today("okapi"),
            "change": _today("ouzel"),
            "may only look": State(build=at("own:today", "alder"), person="pia"),
        },
    ),
    "own:dose": PortalPage(
        person="otter",
        states={
            "full": full(at("own:dose", "otter", **_MORNING)),
            "recorded": State(build=at("own:dose", "osprey", **_MORNING), person="osprey"),
            "error": State(build=sent_empty("own:dose", "otter", button="Save", **_MORNING)),
        },
    ),
    **{
        name: PortalPage(
            person="ouzel",
            printed=True,
            states={"full": full(at(name, "ouzel")), "empty": State(build=at(name, "orca"), person="orca")},
        )
        for name in ("own:sheet", "own:card")
    },
    "own:my_dose": PortalPage(
        person="ouzel",
        states={
            "full": full(at("own:my_dose", "ouzel")),
            "empty": State(build=at("own:my_dose", "orca"), person="orca"),
            "liquid": State(build=at("own:my_dose", "okapi"), person="okapi"),
        },
    ),
    "own:schedule": PortalPage(
        person="ouzel",
        states={
            "full": full(at("own:schedule", "ouzel")),
            "empty": State(build=at("own:schedule", "orca"), person="orca"),
            "each state": State(build=last_week("oyster"), person="oyster"),
        },
    ),
    "own:change": PortalPage(
        person="ouzel",
        states={
            "full": full(at("own:change", "ouzel", step_id="planned")),
            "start": State(build=at("own:change", "otter", step_id="planned"), person="otter"),
            "error": State(build=outdated),
        },
    ),
    "own:me": PortalPage(person="otter", states={"full": full(at("own:me", "otter"))}),
}
