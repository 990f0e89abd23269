"""Pages for the tests of readers: one with everything on it, and others that differ from it in one thing."""

from datetime import date
from typing import Any

from education.blocks import numbers_of
from education.markup import rich
from education.models import LearnHub, LearnPage, PageReview, Source
from tests.database import as_owner

NEXT_REVIEW = date(2028, 11, 22)
SOURCE = {
    "key": "sample-label", "title": "Sample label", "publisher": "A maker", "kind": "label", "version": "2021",
    "checked_on": date(2026, 11, 22), "url": "https://label.example.test/baclofen",
}  # fmt: skip
LEAFLET = {
    **SOURCE,
    "key": "sample-leaflet",
    "title": "Sample leaflet",
    "publisher": "A hospital",
    "url": "",
    "version": "",
}


def block(
    kind: str, *, countries: tuple[str, ...] = (), sources: tuple[str, ...] = ("sample-label",), **value: Any
) -> Any:
    """A block as the database keeps it."""
    if kind == "stop_warning":
        return {"type": kind, "value": None}
    if kind != "rule_fact":
        value["sources"] = list(sources)
    return {"type": kind, "value": {**value, "countries": list(countries)}}


def section(heading: str, *text: str, bullets: tuple[str, ...] = (), **more: Any) -> Any:
    return block("section", heading=heading, text=rich(text, bullets), **more)


def care(level: str, *items: str, **more: Any) -> Any:
    return block("care_card", level=level, items=list(items), **more)


def question() -> Any:
    options = [
        {"text": "Wait until you are home.", "right": False, "why": "A gap of days can make you very ill."},
        {"text": "Call your team or a pharmacist today.", "right": True, "why": "Yes. They can get you tablets where you are."},
        {"text": "Take half doses to make them last.", "right": False, "why": "Less than your plan says is a cut, too."},
    ]  # fmt: skip
    return block("teach_back", question="You are away and your tablets run out. What do you do?", options=options)


FULL = [
    block("stop_warning"),
    block("key_facts", items=["Your dose will go down slowly.", "Your team gives you the dates.", "Call us if you run out."]),
    section("How your dose is lowered", "Your team lowers it **step by step**. Each step lasts 14 days.", "You get the dates in writing."),
    section("In your pharmacy", "Ask at the drugstore.", countries=("US",)),
    section("In your pharmacy", "Ask at the chemist.", countries=("UK",)),
    block("facts", heading="What can happen", items=["Spasms can come back.", "You can have a seizure (fit)."], sources=("sample-leaflet",)),
    block("rule_fact", rule="MAX-1", value="daily_mg", text="Adults take at most {value} a day."),
    section("Before you travel", "Take more than you need.", bullets=("Keep them in your hand luggage.", "Keep a list of your doses.")),
    block("do_list", items=["keep your tablets with you when you travel.", "ask for your next supply a week early."]),
    block("dont_list", items=["do not stop because you feel better.", "do not take 2 doses together."]),
    care("emergency", "you have a seizure (fit).", "you see or hear things that are not there."),
    care("urgent", "your tablets are about to run out.", "you missed more than one dose."),
    care("routine", "you feel sleepy in the day."),
    block("faq", question="Can I stop when I feel well?", text=rich(["No. Ask your team first."])),
    block("faq", question="What if I vomit?", text=rich(["Call your team the same day."])),
    question(),
]  # fmt: skip


def sources() -> None:
    for one in (SOURCE, LEAFLET):
        Source.objects.get_or_create(key=one["key"], defaults=one)


def learn_page(slug: str, title: str, body: list[Any] | None = None, *, live: bool = True, **fields: Any) -> LearnPage:
    """A page with a live version, or a draft that was never published. Call it as the owner of the tables."""
    sources()
    values: dict[str, Any] = {
        "kind": "safety",
        "summary": f"All about {title.lower()}.",
        "next_review": NEXT_REVIEW,
        "safety_critical": True,
        **fields,
    }
    page = LearnPage(title=title, slug=slug, live=False, body=FULL if body is None else body, **values)
    LearnHub.objects.get().add_child(instance=page)
    revision = page.save_revision()
    if live:
        revision.publish()
    return LearnPage.objects.get(pk=page.pk)


def approved(page: LearnPage, by: Any, *, name: str = "Dr R Viewer", on: date = date(2026, 10, 12)) -> None:
    """Its live version has been approved by a clinician."""
    PageReview.objects.create(
        page=page,
        revision_id=page.live_revision_id,
        reviewer=by,
        reviewer_name=name,
        reviewed_on=on,
        numbers=numbers_of(page.body),
    )


def some_pages() -> dict[str, LearnPage]:
    """Four live pages of three kinds and a draft, made as the owner of the tables."""
    with as_owner():
        return {
            "what": learn_page("what-it-is", "What it is", [*FULL[:3], FULL[10], question()], kind="medicine", safety_critical=False),
            "stopping": learn_page("stopping", "Never stop suddenly", summary="Why your dose goes down slowly."),
            "alcohol": learn_page(
                "alcohol", "Alcohol and driving",
                [FULL[0], FULL[1], section("Alcohol", "Alcohol makes you more drowsy. Drink as little as you can."), care("emergency", "nobody can wake you.")],
                summary="What does not mix with it.",
            ),
            "help": learn_page("getting-help", "When to get help", kind="help"),
            "draft": learn_page("pump", "The pump", live=False, kind="medicine"),
        }  # fmt: skip
