"""The card for the wallet, as a page and as a PDF file."""

import re

import pytest

from tests import world as w
from tests.titration.views.ordering import record_of, signed_in, text_of, url
from tests.titration.views.pdf_reading import Paper
from tests.titration.views.reading import assert_easy_to_read, words
from tests.titration.views.test_sheet_files import PRINTED, falling
from titration import paper
from titration.presenters.sheet_choice import choice_of
from titration.views.sheets import card_pdf

__all__ = ["falling"]


def test_the_card_has_the_dose_of_today_and_the_next_change(falling):
    made = card_pdf(None, record_of(falling, falling.alder, as_of=PRINTED), choice_of({}, jurisdiction="US"))
    assert made is not None
    read = Paper(made)
    assert (read.title, len(read.marked)) == ("Card", 1)
    text = read.root.words.replace("\u00a0", " ")
    for said in (
        "I take baclofen. Do not stop it suddenly.", "ALDER, Test", "Born 4 March 1981", "15 mg a day since 12 November 2026",
        "2:30am half a 10 mg tablet, 5 mg", "2pm half a 10 mg tablet, 5 mg", "8pm half a 10 mg tablet, 5 mg",
        "Planned: 12.5 mg a day from 10 March 2027 on.", "555 0100", "555 0199", "911", "Printed on 8 March 2027, 10am.",
        "Replaces earlier cards.",
    ):  # fmt: skip
        assert said in text, said


@pytest.mark.ui("UI-90")
def test_the_page_and_the_file_have_names_that_tell_nothing(falling):
    ann = signed_in(falling.ann)
    assert "<title>Card - Care portal</title>" in ann.get(url("plans:card", falling.alder)).text
    file = ann.get(url("plans:card_file", falling.alder))
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == 'attachment; filename="card.pdf"'
    assert url("plans:card", falling.alder) in text_of(ann.get(url("patients:chart", falling.alder)))


@pytest.mark.ui("UI-4")
def test_the_words_of_the_patient_are_easy_and_no_number_stands_before_a_dose(falling):
    page = signed_in(falling.ann).get(url("plans:card", falling.alder)).text.partition("<article")[2]
    seen = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert re.findall(r"\d\s+\d+(?:\.\d+)?\s?(?:mg|mL|micrograms)", seen) == []
    assert_easy_to_read(page.split("<h2>For hospitals")[0])


def test_a_clinic_in_the_united_kingdom_has_its_own_number(frozen):
    w.start(frozen, frozen.furze, by=frozen.finn, days_ago=3)
    assert "Emergency: 999" in words(signed_in(frozen.finn).get(url("plans:card", frozen.furze)))


def test_there_is_no_card_without_a_dose(titrated, monkeypatch):
    ann = signed_in(titrated.ann)
    for name in ("plans:card", "plans:card_file"):
        assert "Nothing to print" in words(ann.get(url(name, titrated.aspen)))
    w.stop(titrated, titrated.alder, by=titrated.ann)
    assert "Nothing to print" in words(ann.get(url("plans:card", titrated.alder)))


def test_without_the_libraries_the_page_says_how_to_print(titrated, monkeypatch):
    monkeypatch.setattr(paper, "missing_libraries", lambda: ("libpango-1.0.so.0",))
    answer = signed_in(titrated.ann).get(url("plans:card_file", titrated.alder))
    assert "This server cannot make PDF files. Print this page from the menu of your browser." in answer.text
