"""What holds for every stylesheet, vendored file and script of the portal."""

import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "baclofen_portal" / "static"
OWN_CSS = sorted((STATIC / "portal").glob("*.css"))
TOKENS = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", (STATIC / "portal" / "tokens.css").read_text()))

TEXT, OTHER = 4.5, 3.0
PAIRS = [
    *[(name, ground, TEXT) for name in ("ink", "ink-2", "link", "brand") for ground in ("paper", "card", "future")],
    ("ink", "act-bg", TEXT),
    ("ink", "week-bg", TEXT),
    ("ink", "done-bg", TEXT),
    ("act", "act-bg", TEXT),
    ("act", "card", TEXT),
    ("act", "paper", TEXT),
    ("week", "week-bg", TEXT),
    ("week", "card", TEXT),
    ("week", "paper", TEXT),
    ("done", "done-bg", TEXT),
    ("done", "card", TEXT),
    ("accent", "card", TEXT),
    ("accent", "paper", TEXT),
    *[("on-dark", ground, TEXT) for ground in ("brand", "brand-deep", "accent", "pump", "act", "ink")],
    ("control", "card", OTHER),
    ("control", "paper", OTHER),
    ("control", "act-bg", OTHER),
    ("tick", "card", OTHER),
    ("brand", "future", OTHER),
    ("focus", "ink", OTHER),
    ("focus", "brand-deep", OTHER),
]


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules_of(css: str) -> list[tuple[str, str]]:
    """Selector and declarations of each innermost rule."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return [(selector.strip(), body) for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", bare)]


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.ui("UI-72")
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_a_pair_of_tokens_can_be_told_apart(front: str, ground: str, least: float) -> None:
    assert contrast(TOKENS[front], TOKENS[ground]) >= least


@pytest.mark.ui("UI-72")
def test_no_edge_of_a_control_uses_the_rule_colour() -> None:
    control = re.compile(r"\.(form-control|form-select|choice__input|button|btn)\b|\b(input|select|textarea|button)\b")
    edges = [
        (path.name, selector)
        for path in OWN_CSS
        for selector, body in rules_of(path.read_text())
        if control.search(selector) and re.search(r"border[^;]*var\(--rule\)", body)
    ]
    assert edges == []


def test_colours_are_named_once() -> None:
    named = {
        path.name: re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text())
        for path in OWN_CSS
        if path.name not in ("tokens.css", "print.css", "chart.css")
    }
    assert not any(named.values()), named


@pytest.mark.ui("UI-6")
def test_the_name_of_a_medicine_is_never_cut() -> None:
    cut = [
        selector
        for path in OWN_CSS
        for selector, body in rules_of(path.read_text())
        if ".drug" in selector and re.search(r"text-overflow|line-clamp", body)
    ]
    assert cut == []


@pytest.mark.ui("UI-5")
def test_doses_dates_and_times_do_not_break() -> None:
    held = {
        part.strip()
        for selector, body in rules_of((STATIC / "portal" / "base.css").read_text())
        if "white-space: nowrap" in body
        for part in selector.split(",")
    }
    assert {".dose", ".date", ".time", ".measure"} <= held


def test_there_are_no_gradients_and_no_shadow_but_the_focus_ring() -> None:
    for path in OWN_CSS:
        css = path.read_text()
        assert "gradient(" not in css, path.name
        shadows = set(re.findall(r"box-shadow:\s*([^;]+);", css))
        assert all(re.fullmatch(r"none|0 0 0 \dpx var\(--focus\)", shadow) for shadow in shadows), path.name


@pytest.mark.parametrize("setting", ["forced-colors: active", "prefers-reduced-motion: reduce"])
def test_the_settings_of_the_reader_are_heeded(setting: str) -> None:
    assert any(setting in path.read_text() for path in OWN_CSS)


@pytest.mark.ui("UI-55")
def test_paper_carries_the_banner_on_each_sheet_and_page_x_of_y() -> None:
    css = (STATIC / "portal" / "print.css").read_text()
    assert 'content: "Page " counter(page) " of " counter(pages)' in css
    repeated = [selector for selector, body in rules_of(css) if "display: table-header-group" in body]
    assert any("body > .print-head" in selector and ".patient-banner" in selector for selector in repeated)


def manifest(folder: Path) -> dict[str, str]:
    """Path -> SHA-256, as listed below the blank line of VENDORED.txt."""
    _, _, lines = (folder / "VENDORED.txt").read_text().partition("\n\n")
    return {path: digest for digest, path in (line.split(maxsplit=1) for line in lines.splitlines())}


@pytest.mark.ui("UI-75")
@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "vendor"], ids=["served", "tests"])
def test_files_of_others_are_listed_and_unchanged(folder: Path) -> None:
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDORED.txt"
    }
    assert found
    assert found == manifest(folder)


@pytest.mark.ui("UI-75")
def test_the_licence_of_each_vendored_thing_lies_beside_it() -> None:
    things = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert len(things) == 2
    assert all((thing / "LICENSE").is_file() for thing in things)
    assert (ROOT / "tests" / "vendor" / "LICENSE").is_file()


@pytest.mark.ui("UI-75")
def test_the_script_of_bootstrap_is_absent_and_nothing_comes_from_elsewhere() -> None:
    assert not list(STATIC.rglob("bootstrap*.js"))
    for path in [*OWN_CSS, *(STATIC / "portal").glob("*.js")]:
        assert not re.search(r"https?://|url\(['\"]?//", path.read_text()), path.name
    assert "sourceMappingURL" not in (STATIC / "vendor" / "bootstrap" / "bootstrap.min.css").read_text()


def test_scripts_keep_nothing_and_run_no_text() -> None:
    for path in (STATIC / "portal").glob("*.js"):
        assert not re.search(r"localStorage|sessionStorage|indexedDB|eval\(|innerHTML|\.style\b", path.read_text())


def test_headings_get_smaller_as_they_go_down() -> None:
    css = (STATIC / "portal" / "base.css").read_text()
    sizes = [float(re.search(rf"^h{level} {{ font-size: ([\d.]+)rem", css, re.MULTILINE)[1]) for level in (1, 2, 3)]
    assert all(upper > lower for upper, lower in pairwise(sizes))
