"""Editors, a page that nothing stops, and the forms of the admin as a browser posts them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from education.markup import FEATURES
from education.models import LearnHub, LearnPage, Source
from education.models.groundwork import AUTHORS, EDITORS, REVIEWERS
from tests.cms_client import editor, signed_in
from tests.database import as_owner

TODAY = timezone.localdate()
SOURCE = "a-label"


def blocks() -> list[tuple[str, dict[str, Any] | None]]:
    """The body of a page that nothing stops, in plain values."""
    claim = {"countries": [], "sources": [SOURCE]}
    options = [
        {"text": "Wait.", "right": False, "why": "You may get ill."},
        {"text": "Call the team.", "right": True, "why": "They can help."},
        {"text": "Take half.", "right": False, "why": "Ask first."},
    ]
    return [
        ("stop_warning", None),
        ("key_facts", {**claim, "items": ["Your dose goes down slowly.", "Your team helps you."]}),
        ("section", {**claim, "heading": "How it is done", "text": "<p>Your team writes a plan.</p>"}),
        ("dont_list", {**claim, "items": ["do not stop because you feel better."]}),
        ("care_card", {**claim, "level": "emergency", "items": ["you have a seizure (fit)."]}),
        ("teach_back", {**claim, "question": "You run out. What do you do?", "options": options}),
    ]


def fields(body: list[tuple[Any, ...]] | None = None, **changed: Any) -> dict[str, Any]:
    """What a page is made with."""
    next_review = TODAY + timedelta(days=365)
    return {
        "title": "Never stop suddenly", "slug": "stopping", "kind": "safety", "audience": "adult",
        "summary": "How it is stopped safely.", "body": blocks() if body is None else body, "next_review": next_review,
        "safety_critical": True, **changed,
    }  # fmt: skip


def posted(body: list[tuple[Any, ...]] | None = None, **changed: Any) -> dict[str, Any]:
    """What a browser posts for such a page, without its button."""
    form = fields(body, **changed)
    ids = [one[2] if len(one) > 2 else "" for one in form["body"]]
    form["body"] = streamfield([(kind, _block(kind, value)) for kind, value, *_ in form["body"]])
    for index, key in enumerate(ids):
        form["body"][str(index)]["id"] = key
    form["next_review"] = str(form["next_review"] or "")
    form["safety_critical"] = "on" if form["safety_critical"] else ""
    flat = nested_form_data(
        {**form, "comments": {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}, "comment_notifications": ""}
    )
    return {name: value for name, value in flat.items() if "__several" not in name} | _several(form)


def _block(kind: str, value: dict[str, Any] | None) -> Any:
    if value is None:
        return ""
    shown = {name: one for name, one in value.items() if name not in ("countries", "sources")}
    if kind in ("section", "faq") and not shown["text"].startswith("{"):
        shown["text"] = rich_text(shown["text"], features=list(FEATURES))
    for name in ("items", "options"):
        if name in shown:
            shown[name] = _list(shown[name])
    return {**shown, "__several": {name: value[name] for name in ("countries", "sources") if name in value}}


def _list(items: list[Any]) -> dict[str, Any]:
    def one(index: int, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            value = {key: ("on" if each is True else each) for key, each in value.items() if each is not False}
        return {"value": value, "order": str(index), "deleted": "", "id": ""}

    return {**{str(index): one(index, value) for index, value in enumerate(items)}, "count": str(len(items))}


def _several(form: dict[str, Any]) -> dict[str, list[str]]:
    """Fields that are posted more than once under one name."""
    found = {}
    for index in range(int(form["body"]["count"])):
        value = form["body"][str(index)]["value"]
        for name, chosen in (value.get("__several", {}) if value else {}).items():
            found[f"body-{index}-value-{name}"] = list(chosen)
    return found


@dataclass
class House:
    """People of every group and mix of groups, a source and a page that is live."""

    people: dict[str, Any] = field(default_factory=dict)
    page: LearnPage = field(init=False)
    clients: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def client(self, name: str) -> Any:
        """A browser in which this person has signed in, kept."""
        if name not in self.clients:
            self.clients[name] = signed_in(self.people[name])
        return self.clients[name]

    def fresh(self) -> LearnPage:
        return LearnPage.objects.get(pk=self.page.pk)

    def edit(self, name: str, *, action: str = "", page: LearnPage | None = None, **changed: Any) -> Any:
        """Post the editor's form as this person; ``action``: the name of the button."""
        data = posted(**changed)
        if action:
            data[action] = "1"
        return self.client(name).post(f"/cms/pages/{(page or self.page).pk}/edit/", data)

    def send(self, name: str, **changed: Any) -> Any:
        return self.edit(name, action="action-submit", **{"title": "Never stop it suddenly", **changed})

    def decision_url(self) -> str:
        return f"/cms/education/pages/{self.page.pk}/decision/"

    def opened(self, name: str) -> str:
        """The token in the form that this person is shown."""
        return self.shown(name)[0]

    def shown(self, name: str) -> tuple[str, list[int]]:
        """The token and the marks in the form that this person is shown."""
        context = self.client(name).get(self.decision_url()).context_data
        form = context.get("form")
        return (form.initial["opened"] if form else ""), [one.pk for one in context.get("marks", ())]

    def decide(
        self,
        name: str,
        decision: str = "approve",
        *,
        opened: str | None = None,
        comment: str = "",
        marks: list[int] | None = None,
    ) -> Any:
        token, seen = self.shown(name) if opened is None or marks is None else ("", [])
        data = {"opened": token if opened is None else opened, "marks": seen if marks is None else marks}
        data |= {"first": "on", "second": "on", "decision": decision, "comment": comment}
        return self.client(name).post(self.decision_url(), data)


WHO = {
    "ann": (AUTHORS,), "abe": (AUTHORS,), "ed": (EDITORS,), "eva": (EDITORS,), "rae": (REVIEWERS,), "rob": (REVIEWERS,),
    "both": (EDITORS, REVIEWERS), "all": (AUTHORS, EDITORS, REVIEWERS),
}  # fmt: skip


def make_source(key: str = SOURCE, **changed: Any) -> Source:
    values = {"title": f"Title of {key}", "publisher": "A publisher", "kind": "label", "checked_on": TODAY, **changed}
    return Source.objects.create(key=key, **values)


def make_page(**changed: Any) -> LearnPage:
    """A page that was loaded and published by a program, so that nobody wrote it."""
    given = fields(**changed)
    given["body"] = [(kind, _python(kind, value)) for kind, value in given["body"]]
    page = LearnHub.objects.get().add_child(instance=LearnPage(live=False, **given))
    page.save_revision().publish()
    return LearnPage.objects.get(pk=page.pk)


def _python(kind: str, value: Any) -> Any:
    if kind in ("section", "faq"):
        return {**value, "text": RichText(value["text"])}
    return value


def make_house() -> House:
    house = House()
    for name, groups in WHO.items():
        house.people[name] = editor(name.title(), *groups)
    with as_owner():
        make_source()
        house.page = make_page()
    return house


@pytest.fixture
def house(db: None, request: pytest.FixtureRequest) -> Iterator[House]:
    """The house, and from then on the editors' process."""
    made = make_house()
    request.getfixturevalue("cms")
    yield made
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
