"""A medicine or condition is found by typing; what no list has is kept when somebody says so, and shown as not checked."""

from datetime import timedelta
from typing import Any

import pytest

from tests.titration.views.kidney_forms import add_fact, facts_of
from tests.titration.views.ordering import TODAY, signed_in, text_of, url
from tests.titration.views.test_doses import words_of
from titration.forms.coded import CodedField
from titration.models import FactKind


@pytest.fixture
def ann(frozen: Any) -> Any:
    return signed_in(frozen.ann)


def the_page(client: Any, patient: Any) -> str:
    return words_of(client.get(url("patients:facts", patient)))


@pytest.mark.parametrize("typed", ["Ibuprofen", "ibuprofen", "  IBUPROFEN "])
def test_a_name_of_the_list_is_stored_as_its_code(ann: Any, frozen: Any, typed: str) -> None:
    assert add_fact(ann, frozen.alder, "medicine", code=typed, answer="yes").status_code == 302
    assert [one.code for one in facts_of(frozen.alder)] == ["ibuprofen"]


@pytest.mark.parametrize("kind", ["medicine", "condition"])
def test_the_box_offers_every_name_of_the_list(ann: Any, frozen: Any, kind: str) -> None:
    answer = ann.get(url("patients:fact_add", frozen.alder, kind=kind))
    field = answer.context["form"].fields["code"]
    assert isinstance(field, CodedField)
    page = text_of(answer)
    assert 'list="id_code_names"' in page
    assert '<datalist id="id_code_names">' in page
    assert page.count("<option value=") == len(field.labels) > 30


def test_a_name_that_is_not_on_the_list_is_asked_about_before_it_is_stored(ann: Any, frozen: Any) -> None:
    answer = add_fact(ann, frozen.alder, "medicine", code="Ibuprofin", answer="yes")
    assert answer.status_code == 422
    page = words_of(answer)
    assert "“Ibuprofin” is not on the list. Did you mean Ibuprofen" in page
    assert "Keep “Ibuprofin” as it is typed. It is not checked beside baclofen." in page
    assert 'value="Ibuprofin"' in text_of(answer)
    assert "(optional)" not in page.split("It is not checked beside baclofen.")[1].split("Does the")[0]
    assert facts_of(frozen.alder) == []


@pytest.mark.bar("B-41")
@pytest.mark.parametrize(("kind", "name"), [("medicine", "Fampridine <b>10 & 20"), ("condition", "Gout")])
def test_what_is_kept_as_typed_is_shown_as_not_checked(ann: Any, titrated: Any, kind: str, name: str) -> None:
    alder = titrated.alder
    assert add_fact(ann, alder, kind, code=name, answer="yes", keep_text="on").status_code == 302
    assert f"{name} (not checked)" in the_page(ann, alder)
    noun = {"medicine": "is on no list and is not checked beside", "condition": "is on no list and is not checked"}[
        kind
    ]
    assert f"“{name}” {noun}" in words_of(ann.get(url("patients:chart", alder)))


def test_what_was_kept_as_typed_can_end(ann: Any, frozen: Any) -> None:
    began = TODAY - timedelta(days=9)
    add_fact(ann, frozen.alder, "medicine", code="Fampridine & co", answer="yes", keep_text="on", on=began)
    [link] = [
        line.add_url
        for group in ann.get(url("patients:facts", frozen.alder)).context["page"].lists
        for line in group.lines
    ]
    form = ann.get(link).context["form"]
    assert form["code"].value() == "Fampridine & co"
    add_fact(ann, frozen.alder, "medicine", code="Fampridine & co", answer="no", keep_text="on")
    now, past = the_page(ann, frozen.alder).split("Earlier entries")
    assert "Fampridine" not in now
    assert "Fampridine & co (not checked): no, or ended" in past


@pytest.mark.parametrize(
    ("typed", "like"),
    [("morph", ["Morphine", "Morphine into the spinal fluid"]), ("gabapentine", ["Gabapentin"]), ("qqqq", [])],
)
def test_names_that_may_have_been_meant(frozen: Any, typed: str, like: list[str]) -> None:
    from titration.dosing.protocol import load_protocol

    field = CodedField(codes=load_protocol("US").medicines.values())
    assert set(like) <= set(field.like(typed))
    assert len(field.like(typed)) <= 5
    assert bool(field.like(typed)) is bool(like)


def test_signs_are_chosen_from_their_list_alone(ann: Any, frozen: Any) -> None:
    answer = add_fact(ann, frozen.alder, FactKind.SIGN, code="Hiccups", answer="yes", keep_text="on")
    assert answer.status_code == 422
    assert facts_of(frozen.alder) == []
