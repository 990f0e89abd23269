"""What holds for every template: the words, the formatters, the strict security policy, and the frame of the page."""

import re
from datetime import date
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import render_to_string

import titration.forms
from titration.dosing.doses import Decimal, Mg

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "_components").glob("*.html"))
named = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))

# Abbreviations that have been misread as something else, and killed people.
NEVER_WORDS = re.compile(r"(?<![\w])(?:mcg|µg|μg|ug|TID|BID|QID|QD|tds|bd|qds|q8h|U|IU)(?![\w])|½|¼|¾", re.IGNORECASE)
DOSE_FILTERS = {"dose", "total", "ml", "measure", "as_crispy_field"}


def visible(source: str) -> str:
    """The words of a template: without comments, tags and variables."""
    bare = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", bare)


@pytest.mark.ui("UI-2")
@named
def test_no_template_uses_a_dangerous_abbreviation(path: Path) -> None:
    assert not NEVER_WORDS.findall(visible(path.read_text()))


@pytest.mark.ui("UI-2")
@pytest.mark.parametrize("text", ["10 mcg", "5 µg", "10 mg TID", "1½ tablets", "10 U"])
def test_the_search_for_abbreviations_finds_them(text: str) -> None:
    assert NEVER_WORDS.search(text)


def bare_doses(source: str) -> list[str]:
    found = []
    for expression in re.findall(r"\{\{\s*(.*?)\s*\}\}", source):
        name, *filters = expression.split("|")
        last = name.strip().split(".")[-1]
        if re.search(r"(_mg|_ml|_micrograms)$|^(dose|total)$", last) and not DOSE_FILTERS & {
            one.split(":")[0].strip() for one in filters
        }:
            found.append(expression)
    return found


@pytest.mark.ui("UI-3")
@named
def test_doses_are_written_by_the_dose_filters_only(path: Path) -> None:
    assert bare_doses(path.read_text()) == []


@pytest.mark.ui("UI-3")
def test_the_search_for_bare_doses_finds_them() -> None:
    assert bare_doses("{{ step.dose }} {{ daily_mg|floatformat }} {{ total }} {{ total|total }} {{ a.dose|dose }}") == [
        "step.dose",
        "daily_mg|floatformat",
        "total",
    ]


@pytest.mark.ui("UI-68")
@named
def test_no_template_holds_inline_code_or_style(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text())
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", source)


@pytest.mark.ui("UI-13")
@named
def test_no_template_holds_a_number_box(path: Path) -> None:
    assert not re.search(r"type=[\"']?number", path.read_text())


@pytest.mark.ui("UI-13")
@pytest.mark.ui("UI-19")
def test_no_form_holds_a_number_box_a_cutting_box_or_a_star() -> None:
    refused = (forms.IntegerField, forms.FloatField, forms.DecimalField)
    seen = 0
    for module in iter_modules(titration.forms.__path__, "titration.forms."):
        for form in vars(import_module(module.name)).values():
            if not (isinstance(form, type) and issubclass(form, forms.BaseForm)):
                continue
            for name, field in getattr(form, "base_fields", {}).items():
                seen += 1
                if field.widget.is_hidden:
                    continue
                assert not isinstance(field, refused), f"{form.__name__}.{name}"
                assert getattr(field.widget, "input_type", "") != "number", f"{form.__name__}.{name}"
                assert "*" not in str(field.label or ""), f"{form.__name__}.{name}"
    assert seen


@pytest.mark.ui("UI-40")
def test_a_severity_is_one_of_three_phrases_and_three_shapes() -> None:
    drawn = {
        phrase: render_to_string("_components/severity-marker.html", {"severity": phrase})
        for phrase in ("Act now", "This week", "For information")
    }
    for phrase, html in drawn.items():
        assert re.sub(r"<[^>]+>", "", html).strip() == phrase
    assert len({re.search(r"<(path|circle) [^>]*?(d|r)=\"[^\"]+\"", html)[0] for html in drawn.values()}) == 3


@pytest.mark.ui("UI-40")
@named
def test_no_template_names_another_severity(path: Path) -> None:
    source = path.read_text()
    assert set(re.findall(r"severity=\"([^\"]*)\"", source)) <= {"Act now", "This week", "For information"}
    assert not re.search(r">\s*(High|Medium|Moderate|Low|Severe|Critical|Warning)\s*<", source)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_a_component_says_what_it_expects_and_is_in_the_register(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    if not path.name.startswith("chart_"):  # parts of chart.html, which no page includes
        assert re.match(r"\{(#|% comment %\}).*(Expects|Takes)\b", first), first
    assert f"`{path.name}`" in (ROOT / "docs" / "components.md").read_text()


def banner(**more: object) -> str:
    patient = {
        "name": "SAMPLE, Alex",
        "born": date(1969, 7, 14),
        "age_words": "57 years",
        "sex_words": "Female",
        "identifier": "TEST 0001",
        "chart_url": "/chart",
        **more,
    }
    return render_to_string("_components/patient-banner.html", {"patient": SimpleNamespace(**patient)})


@pytest.mark.ui("UI-54")
def test_the_banner_reads_name_birth_date_sex_identifier_without_a_picture() -> None:
    html = banner(is_demo=True, dead_words="Died 01-Nov-2026")
    places = [html.index(part) for part in ("SAMPLE, Alex", "14-Jul-1969", "Female", "TEST 0001")]
    assert places == sorted(places)
    assert not re.search(r"<(img|svg|picture)", html)
    assert "Demonstration patient" in html
    assert "Died 01-Nov-2026" in html


@pytest.mark.ui("UI-12")
def test_what_is_not_known_is_said_in_words() -> None:
    html = banner(sex_words="", born=None)
    assert "Not known" in html
    assert "Not recorded" in html
    assert "None" not in html


@pytest.mark.ui("UI-9")
def test_the_medication_line_has_its_parts_in_order() -> None:
    line = '{% load doses %}{% medication_line dose=d route="oral" frequency="three times a day" strength="10 mg" form="tablet" brand="Lioresal" duration="until 30-Nov-2026" %}'
    html = Template(line).render(Context({"d": Mg(Decimal(15))}))
    assert re.sub(r"<[^>]+>", "", html).strip() == (
        "baclofen — Lioresal — 10 mg — tablet — DOSE 15\u00a0mg — oral — three times a day — until 30-Nov-2026"
    )
    assert '<strong class="drug">baclofen</strong>' in html


@pytest.mark.ui("UI-9")
def test_a_day_of_different_doses_names_the_time_of_each() -> None:
    pairs = [(Mg(Decimal(10)), "morning"), (Mg(Decimal(5)), "bedtime")]
    line = '{% load doses %}{% medication_line dose=d route="oral" frequency="twice a day" %}'
    words = re.sub(r"<[^>]+>", "", Template(line).render(Context({"d": pairs}))).strip()
    assert words == "baclofen — DOSE 10\u00a0mg morning, 5\u00a0mg bedtime — oral — twice a day"


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def frame(settings: SimpleNamespace, rf: SimpleNamespace) -> object:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    def render(template: str = "base.html", **context: object) -> str:
        clinic = SimpleNamespace(private_name="Care portal", is_demo=True, stale_since="")
        user = SimpleNamespace(is_authenticated=True, name="Dr A Khan", role="clinician")
        request = SimpleNamespace(user=user, resolver_match=SimpleNamespace(view_name="worklist"))
        return render_to_string(template, {"portal": clinic, "request": request, **context})

    return render


@pytest.mark.ui("UI-73")
@pytest.mark.parametrize("template", ["base.html", "base_signed_out.html", "404.html", "403.html", "500.html"])
def test_the_frame_has_one_main_a_skip_link_and_a_language(frame, template: str) -> None:
    page = Page(frame(template))
    assert len(page.all("main")) == 1
    assert page.all("main")[0]["id"] == "main"
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("a")[0]["href"] == "#main"
    assert len(page.all("h1")) <= 1


@pytest.mark.ui("UI-75")
def test_htmx_is_told_to_keep_nothing_and_run_nothing(frame) -> None:
    [meta] = [one for one in Page(frame()).all("meta") if one.get("name") == "htmx-config"]
    assert meta["content"] == (
        '{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,'
        '"selfRequestsOnly":true,"historyCacheSize":0}'
    )


@pytest.mark.ui("UI-75")
def test_bootstrap_comes_first_and_every_script_waits_for_the_page(frame) -> None:
    page = Page(frame())
    sheets = [one["href"] for one in page.all("link") if one.get("rel") == "stylesheet"]
    assert sheets[0] == "/static/vendor/bootstrap/bootstrap.min.css"
    assert all(sheet.startswith("/static/") for sheet in sheets)
    assert all("defer" in script for script in page.all("script"))


@pytest.mark.ui("UI-90")
def test_the_tab_carries_the_private_name_only(frame) -> None:
    for template in ("base.html", "404.html", "500.html", "account/login.html"):
        [title] = re.findall(r"<title>(.*?)</title>", frame(template))
        assert title.endswith(" - Care portal")
        assert "aclofen" not in title


@pytest.mark.ui("UI-17")
def test_the_tab_says_error_when_a_form_failed(frame) -> None:
    class Asked(forms.Form):
        answer = forms.CharField()

    assert "<title>Error: " in frame(form=Asked({}))
    assert "<title>Error: " not in frame(form=Asked())
    assert "<title>Error: " not in frame(form=Asked({"answer": "yes"}))


@pytest.mark.ui("UI-51")
@pytest.mark.parametrize("template", ["base.html", "base_signed_out.html"])
def test_help_is_the_last_link_of_the_header_signed_in_or_out(frame, template: str) -> None:
    [header] = re.findall(r'<header class="site-header">.*?</header>', frame(template), re.DOTALL)
    last = re.findall(r"<a [^>]*>\s*([^<]*)</a>", header)[-1]
    assert last == "Help"


def test_demonstration_data_are_marked_and_real_ones_are_not(frame) -> None:
    real = SimpleNamespace(private_name="Care portal", is_demo=False, stale_since="")
    assert "Demonstration data. Not for care." in frame()
    assert "Demonstration data" not in frame(portal=real)


def test_only_clinicians_see_the_pages_of_clinicians(frame) -> None:
    user = SimpleNamespace(is_authenticated=True, name="E Dit", role="editor")
    request = SimpleNamespace(user=user, resolver_match=SimpleNamespace(view_name="home"))
    assert "Kidney checks" in frame()
    assert "Kidney checks" not in frame(request=request)


@pytest.mark.parametrize("template", ["403.html", "404.html", "500.html"])
def test_an_error_page_says_nothing_about_a_patient(frame, template: str) -> None:
    leaked = {"patient": SimpleNamespace(name="SECRET, Name", identifier="SECRET 1"), "exception": "SECRET"}
    assert "SECRET" not in frame(template, **leaked)


def test_the_page_of_a_failure_stands_without_any_context(frame) -> None:
    html = frame("500.html", portal="", request="")
    assert "it was not saved" in html
    assert "Care portal" in html


def test_every_notice_that_waits_is_shown_in_its_order() -> None:
    waiting = [Message(SUCCESS, text) for text in ("First.", "Second.")]
    html = render_to_string("_components/messages.html", {"messages": waiting})
    assert re.findall(r"<p>([^<]+)</p>", html) == ["First.", "Second."]
    assert html.count('role="status"') == 2
