"""The schedule and the card as a browser prints them, where no PDF file can be made."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.server import Portal


def pages_of(tab: Any, paper: Path) -> list[str]:
    tab.pdf(path=paper, prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, check=True, text=True).stdout
    return [" ".join(page.split()) for page in text.split("\f") if page.strip()]


@pytest.mark.ui("UI-55")
@pytest.mark.parametrize("query", ["", "?paper=a4", "?size=large", "?paper=a4&size=large", "?weeks=8"])
@pytest.mark.parametrize("patient", ["tamarack", "liquid"])
def test_every_page_that_a_browser_prints_has_the_head_and_at_most_one_table(
    ann: Any, site: Portal, tmp_path: Path, patient: str, query: str
) -> None:
    ann.goto(site.url("plans:sheet", patient) + query)
    sections = ann.locator(".paper-page").count()
    pages = pages_of(ann, tmp_path / "sheet.pdf")
    assert len(pages) == sections
    for number, text in enumerate(pages, start=1):
        for said in (
            "Do not stop baclofen suddenly.",
            "555 0100",
            "555 0199",
            "call 911",
            "ID TEST",
            "Printed on 22 November 2026",
        ):
            assert said in text, (number, said)
        assert f"Page {number} of {len(pages)}" in text
        assert text.count("In total") - text.count("In total:") <= 1
        assert "Worklist" not in text
        assert "Get as PDF" not in text


@pytest.mark.ui("UI-55")
def test_the_card_is_one_page(ann: Any, site: Portal, tmp_path: Path) -> None:
    ann.goto(site.url("plans:card", "tamarack"))
    [page] = pages_of(ann, tmp_path / "card.pdf")
    for said in (
        "I take baclofen. Do not stop it suddenly.",
        "15 mg a day since",
        "555 0100",
        "Replaces earlier cards.",
    ):
        assert said in page, said
