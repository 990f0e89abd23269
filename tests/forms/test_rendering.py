"""How a form looks to a person and to a screen reader: order, links, words, and no box that changes by itself."""

import re
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string

from titration.dosing.doses import Decimal, Mg
from titration.forms.base import PortalForm
from titration.forms.fields import DateParts, DoseField, MeasuredField


class Sample(PortalForm):
    conditional = frozenset({"other"})

    product = forms.ChoiceField(
        label="Product", help_text="Nothing is chosen.", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")]
    )
    dose = DoseField(
        label="Dose each time, in mg", help_text="Like 15", lowest=Mg(Decimal(1)), highest=Mg(Decimal(100))
    )
    weight = MeasuredField(label="Weight, in kg", thing="Weight", unit="kg")
    start = DateParts(label="Start date", thing="Start date", help_text="The first day")
    signs = forms.MultipleChoiceField(
        label="Signs", widget=forms.CheckboxSelectMultiple, choices=[("s", "sleepy")], error_messages={}
    )
    reason = forms.CharField(label="Reason", max_length=10, min_length=2)
    note = forms.CharField(label="Note", required=False)
    other = forms.CharField(label="Say why", required=False)
    agreed = forms.BooleanField(label="The patient agrees")

    def clean(self) -> dict[str, Any]:
        if self.data.get("whole"):
            raise forms.ValidationError("Someone changed this plan meanwhile.")
        return self.cleaned_data


def rendered(data: dict[str, str] | None = None) -> str:
    return render_crispy_form(Sample(data))


def element(html: str, start: str) -> str:
    [found] = re.findall(rf"<{start}[^>]*>", html)
    return found


@pytest.mark.ui("UI-13")
def test_no_box_is_a_number_box_and_only_the_parts_of_a_date_ask_for_digits() -> None:
    html = rendered()
    assert 'type="number"' not in html
    assert "inputmode" not in element(html, 'input type="text" name="dose"')
    assert "inputmode" not in element(html, 'input type="text" name="weight"')
    for name in ("start_day", "start_month", "start_year"):
        assert 'inputmode="numeric"' in element(html, f'input type="text" name="{name}"')


def test_nothing_that_is_typed_is_cut_off_and_a_limit_is_said_in_words() -> None:
    html = rendered()
    assert "maxlength" not in html
    assert "minlength" not in html
    assert Sample({"reason": "far too long a text"}).errors["reason"] == ["Write at most 10 characters. You wrote 19."]


@pytest.mark.ui("UI-16")
def test_nothing_is_chosen_beforehand() -> None:
    assert "checked" not in rendered()


@pytest.mark.ui("UI-18")
@pytest.mark.parametrize("name", ["product", "signs", "start"])
def test_the_error_of_a_group_belongs_to_its_fieldset(name: str) -> None:
    html = rendered({})
    [group] = re.findall(rf'<div id="div_id_{name}".*?</fieldset>', html, re.DOTALL)
    [described] = re.findall(r'<fieldset[^>]*aria-describedby="([^"]*)"', group)
    assert f"id_{name}_error" in described.split()
    assert f'id="id_{name}_error"' in group
    assert "<legend" in group


@pytest.mark.ui("UI-17")
def test_each_error_starts_with_the_hidden_word_error() -> None:
    html = rendered({})
    errors = re.findall(r'<p class="field__error">(.*?)</p>', html)
    assert len(errors) == 7
    for error in errors:
        assert error.startswith('<span class="visually-hidden">Error:</span> ')


@pytest.mark.ui("UI-19")
def test_label_hint_error_and_control_come_in_this_order() -> None:
    html = rendered({})
    [field] = re.findall(r'<div id="div_id_dose".*?mg</span>', html, re.DOTALL)
    parts = ["<label", "field__hint", "field__error", "<input", "with-unit__unit"]
    places = [field.index(part) for part in parts]
    assert places == sorted(places)
    assert element(field, "input").count("aria-describedby=") == 1
    assert 'aria-describedby="id_dose_helptext id_dose_error"' in field


@pytest.mark.ui("UI-19")
def test_labels_have_no_star_and_only_optional_fields_say_so() -> None:
    html = rendered()
    labels = re.findall(r"<(?:label|legend)[^>]*>(.*?)</(?:label|legend)>", html, re.DOTALL)
    assert labels
    assert not [label for label in labels if "*" in label]
    assert [label for label in labels if "(optional)" in label] == [
        'Note <span class="field__optional">(optional)</span>'
    ]


def test_the_browser_does_not_answer_before_the_server() -> None:
    assert "required" not in rendered()


def test_the_page_writes_the_form_tag_and_the_token() -> None:
    html = rendered()
    assert "<form" not in html
    assert "csrf" not in html


@pytest.mark.ui("UI-17")
def test_the_summary_lists_every_error_and_leads_to_its_first_box() -> None:
    form = Sample({"whole": "1", "dose": "1O"})
    html = render_to_string("_components/error-summary.html", {"form": form})
    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets == [
        "id_product_0", "id_dose", "id_weight", "id_start_0", "id_signs_0", "id_reason", "id_agreed",
    ]  # fmt: skip
    page = render_crispy_form(form)
    assert all(f'id="{target}"' in page for target in targets)
    assert "<li>Someone changed this plan meanwhile.</li>" in html
    assert html.count("<li>") == 8


def test_the_summary_of_a_form_without_errors_is_empty() -> None:
    assert render_to_string("_components/error-summary.html", {"form": Sample()}).strip() == ""


def test_what_was_typed_is_quoted_but_never_run() -> None:
    form = Sample({"weight": "<script>alert(1)</script>"})
    page = render_to_string("_components/error-summary.html", {"form": form}) + render_crispy_form(form)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_default_messages_are_sentences_that_name_the_question() -> None:
    errors = Sample({"product": "pump"}).errors
    assert errors["product"] == ["Choose one of the answers listed for \u201cProduct\u201d."]
    assert errors["signs"] == ["Choose an answer to \u201cSigns\u201d."]
    assert errors["reason"] == ["Fill in \u201cReason\u201d."]
    assert errors["agreed"] == ["Tick \u201cThe patient agrees\u201d."]
