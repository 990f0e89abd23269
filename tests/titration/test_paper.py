"""Making PDF files: what a document may read, how long it may be, and a machine that cannot make any."""

import pytest

from titration import paper
from titration.checks import pdf_files_can_be_made

DOCUMENT = '<html lang="en"><title>T</title>'


def test_a_library_that_is_missing_is_seen_and_told_before_the_portal_serves(monkeypatch):
    with monkeypatch.context() as machine:
        machine.setattr(paper, "_LIBRARIES", (*paper._LIBRARIES, ("libnowhere.so.0", "libnowhere.dylib")))
        paper.missing_libraries.cache_clear()
        [told] = pdf_files_can_be_made(None)
        with pytest.raises(paper.CannotPrint, match="libnowhere"):
            paper.pdf_of(f"{DOCUMENT}<p>Words</p>", pages=1)
    paper.missing_libraries.cache_clear()
    assert "libnowhere.so.0." in told.msg
    assert pdf_files_can_be_made(None) == []


@pytest.mark.parametrize(
    "asked", ["http://127.0.0.1:9/a.css", "file:///etc/passwd", "../../../settings.py", "portal/../../settings.py", "none.css"]
)  # fmt: skip
def test_a_document_gets_nothing_but_the_files_of_the_portal(asked):
    with pytest.raises(paper.CannotPrint):
        paper.pdf_of(f'{DOCUMENT}<link rel="stylesheet" href="{asked}"><p>Words</p>', pages=1)


def test_a_document_that_is_too_long_is_not_given():
    assert paper.pdf_of(DOCUMENT + "<p>Words</p>" * 99, pages=1) is None
