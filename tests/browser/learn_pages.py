"""The pages to read, and how each of their states comes about."""

from tests.browser.building import PortalPage, State, at, full

US = {"country": "US"}
STOPPING, KIDNEYS = {**US, "slug": "stopping"}, {**US, "slug": "kidneys"}
PICTURED = {**US, "slug": "side-effects"}
IN_UK = {"country": "UK", "slug": "stopping"}

LEARN_PAGES: dict[str, PortalPage] = {
    "learn:start": PortalPage(person="", single=False, states={"full": full(at("learn:start"))}),
    "learn:hub": PortalPage(person="", single=False, states={
        "full": full(at("learn:hub", **US)), "patient": State(build=at("learn:hub", **US), person="otter"),
        "another country": State(build=at("learn:hub", country="UK"), person="otter"),
        "clinician": State(build=at("learn:hub", **US), person="ann"),
    }),
    "learn:search": PortalPage(person="", single=False, states={
        "full": full(at("learn:search", query="?q=drowsiness", **US)), "empty": State(build=at("learn:search", **US)),
        "none found": State(build=at("learn:search", query="?q=zebra", **US), person="otter"),
        "long": State(build=at("learn:search", query=f"?q={'zebra' * 20}", **US)),
    }),
    "learn:page": PortalPage(person="", single=False, states={
        "full": full(at("learn:page", **STOPPING)),
        "patient": State(build=at("learn:page", **STOPPING), person="otter"),
        "UK": State(build=at("learn:page", **IN_UK)),
        "not approved": State(build=at("learn:page", country="US", slug="what-it-is")),
        "overdue": State(build=at("learn:page", **KIDNEYS), person="otter"),
        "overdue, for staff": State(build=at("learn:page", **KIDNEYS), person="ann"),
        "picture": State(build=at("learn:page", **PICTURED)),
        "right": State(build=at("learn:page", query="?check=1&answer=2#check", **STOPPING)),
        "wrong": State(build=at("learn:page", query="?check=1&answer=1#check", **STOPPING)),
        "unanswered": State(build=at("learn:page", query="?check=1#check", **STOPPING)),
    }),
    "learn:handout": PortalPage(person="", single=False, printed=True, states={
        "full": full(at("learn:handout", **STOPPING), person="otter"),
        "large": State(build=at("learn:handout", query="?large=1", **IN_UK)),
        "overdue": State(build=at("learn:handout", **KIDNEYS)), "picture": State(build=at("learn:handout", **PICTURED)),
    }),
}  # fmt: skip
