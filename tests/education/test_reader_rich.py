"""Stored rich text becomes plain pieces: whatever tags it holds, the page writes its own."""

import pytest
from django.template.loader import render_to_string

from education.presenters.rich import Paragraph, held, paragraphs


def shown(html: str) -> str:
    """What the page writes for it, in one line."""
    text = render_to_string("education/blocks/words.html", {"paragraphs": paragraphs(html, {})})
    return "".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("<p>One. <b>Two</b>.</p><p>Three.</p>", "<p>One. <strong>Two</strong>.</p><p>Three.</p>"),
        ("<p>One:</p><ul><li>a.</li><li><b>b</b>.</li></ul>", "<p>One:</p><ul><li>a.</li><li><strong>b</strong>.</li></ul>"),
        ("<ol><li>a.</li></ol><p>End.</p>", "<ol><li>a.</li></ol><p>End.</p>"),
        ("<p></p><p> </p>", ""),
        ("<p>5 &lt; 6 &amp; more</p>", "<p>5 &lt; 6 &amp; more</p>"),
        (
            '<p><a href="https://a.example/?a=1&amp;b=2">A</a></p>',
            '<p><a href="https://a.example/?a=1&amp;b=2" rel="noopener external">A</a></p>',
        ),
    ],
)  # fmt: skip
def test_what_editors_write_is_shown(stored: str, written: str) -> None:
    assert shown(stored) == written


@pytest.mark.bar("B-58")
@pytest.mark.parametrize(
    "stored",
    [
        "<script>alert(1)</script>",
        "<p onclick='x()'>Words<img src=x onerror=alert(1)></p>",
        '<p><a href="javascript:alert(1)">Words</a></p>',
        '<p><a href=" https://a.example">Words</a></p>',
        '<p><a href="//a.example">Words</a></p>',
        '<p><a href="data:text/html,x">Words</a></p>',
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<style>p{color:red}</style><p style='color:red'>Words</p>",
        "<p><iframe src=x></iframe>Words</p><svg><a href=x>",
        "<table><tr><td>Words</td></tr></table>",
    ],
)
def test_nothing_else_reaches_the_page(stored: str) -> None:
    html = shown(stored)
    for tag in ("<script", "<img", "<style", "<iframe", "<svg", "<table", "<a ", "style=", "onclick", "href"):
        assert tag not in html


def test_numbers_hold_on_to_their_units() -> None:
    assert held("Take 2 doses 8 hours apart, in 3 steps.") == "Take 2\u00a0doses 8\u00a0hours apart, in 3 steps."
    assert held("10 mg, not 10 mgs") == "10\u00a0mg, not 10 mgs"


def test_the_words_of_a_list_are_its_items() -> None:
    [only] = paragraphs("<ul><li>a.</li><li>b.</li></ul>", {})
    assert isinstance(only, Paragraph)
    assert only.words == "a. b."
