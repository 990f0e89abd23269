"""The chart as HTML and SVG: names, tables, and nothing that a strict content security policy would refuse."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import Context, Engine

from tests.presenters.chart_histories import RANGE_KEYS, TITRATION, chart, flag, random_history, result, step

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Engine(dirs=[ROOT / "templates"])
HISTORIES = [TITRATION, {"results": (result(-3, "41"),)}, *(random_history(seed) for seed in (3, 8, 21))]


class Page(HTMLParser):
    """Collects each element as (tag, attributes, the tags it lies in) and the text of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.words: list[list[str]] = []
        self._open: list[tuple[str, int]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(name for name, _ in self._open)))
        self.words.append([])
        self._open.append((tag, len(self.elements) - 1))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        for _, index in self._open:
            self.words[index].append(data)

    def find(self, tag):
        found = zip(self.elements, self.words, strict=True)
        return [(attrs, "".join(words), parents) for (name, attrs, parents), words in found if name == tag]


def html(**inputs) -> str:
    return ENGINE.get_template("_components/chart.html").render(Context({"chart": chart(**inputs)}))


@pytest.mark.ui("UI-58")
@pytest.mark.parametrize("history", HISTORIES)
def test_each_drawing_has_a_role_a_title_and_a_description(history):
    page = Page(html(**history))
    named = {attrs["id"]: words for tag in ("title", "desc") for attrs, words, _ in page.find(tag)}
    drawings = page.find("svg")
    assert len(drawings) == 2
    assert len(named) == 4
    for attrs, _, _ in drawings:
        assert attrs["role"] == "img"
        assert all(named[element_id].strip() for element_id in attrs["aria-labelledby"].split())
    tall = 370 + 62 * len({one.scale for one in history.get("scores", ())})
    assert [attrs["viewbox"] for attrs, _, _ in drawings] == [f"0 0 880 {tall}", f"0 0 288 {tall}"]


@pytest.mark.parametrize("history", HISTORIES)
def test_ids_are_unique(history):
    ids = [attrs["id"] for _, attrs, _ in Page(html(**history)).elements if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.ui("UI-66")
@pytest.mark.parametrize("history", HISTORIES)
def test_nothing_inline_and_nothing_from_elsewhere(history):
    made = html(**history)
    page = Page(made)
    assert not {"style", "script", "image", "use", "foreignobject"} & {tag for tag, _, _ in page.elements}
    for _, attrs, _ in page.elements:
        assert not [name for name in attrs if name == "style" or name.startswith("on")]
        assert "//" not in (attrs.get("href") or "")
    assert "http" not in made
    assert "url(" not in made


def test_a_text_from_a_record_is_escaped():
    made = html(steps=[step(-3, "15")], flags=[flag(-1, 1)], results=[result(-3, "41", series="<script>x</script>")])
    assert "<script" not in made
    assert "&lt;script&gt;" in made


@pytest.mark.ui("UI-58")
@pytest.mark.parametrize("range_key", RANGE_KEYS)
def test_the_tables_hold_every_drawn_value_whatever_the_range(range_key):
    page = Page(html(**TITRATION, range_key=range_key))
    tables = page.find("table")
    assert len(tables) == len(page.find("caption")) == 3
    assert all("details" in parents for _, _, parents in tables)
    assert {attrs["scope"] for attrs, _, _ in page.find("th")} == {"col", "row"}
    cells = [words for tag in ("td", "th") for _, words, _ in page.find(tag)]
    assert all(cell.strip() for cell in cells)
    labels = [words for attrs, words, _ in page.find("text") if "chart-label" in attrs["class"].split()]
    # Beside the value stand only a state and, for flags that share a triangle, the other numbers.
    drawn = {part for words in labels for part in re.sub(r" (planned|open|resolved|\(.*)$", "", words).split(", ")}
    assert drawn
    assert all({value, f"{value}\u00a0mg"} & set(cells) for value in drawn)


def test_nothing_recorded_is_said_in_words_without_an_empty_axis():
    page = Page(html())
    assert not page.find("svg")
    assert not page.find("table")
    assert "No doses recorded yet." in page.find("section")[0][1]


def test_an_empty_table_is_a_sentence():
    words = Page(html(steps=[step(-3, "15")])).find("details")[0][1]
    assert "No kidney results yet." in words
    assert "No flags raised yet." in words


def test_the_date_line_is_in_the_page_without_a_script():
    page = Page(html(**TITRATION))
    stops = [(attrs, words) for attrs, words, parents in page.find("li") if "data-wide" in attrs]
    assert [words for _, words in stops if words.startswith("22-Nov-2026")] == [
        "22-Nov-2026 (today): 45\u00a0mg a day; eGFR 41 on 03-Nov-2026"
    ]
    assert len(stops) == 12
    shown = [words for attrs, words, _ in page.find("p") if "data-chart-now" in attrs]
    assert shown == ["22-Nov-2026 (today): 45\u00a0mg a day; eGFR 41 on 03-Nov-2026"]
    assert not any("tabindex" in attrs for _, attrs, _ in page.elements)


def test_each_class_of_a_drawing_has_a_rule_in_the_style_sheet():
    css = (ROOT / "baclofen_portal/static/portal/chart.css").read_text()
    used = set()
    for history in HISTORIES:
        for words in re.findall(r'class="([^"]*)"', html(**history)):
            used |= set(words.split())
    missing = {name for name in used if f".{name}" not in css}
    assert missing <= {"chart", "chart-events", "chart-egfr-square"}
