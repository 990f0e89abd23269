"""The sources hold to the rules that no test of a page can see, and each rule finds a broken example."""

import ast
import re

import pytest

from tests.trust.source_lint import ROOT, RULES, Rule, hits

pytestmark = pytest.mark.bar("B-18")

BROKEN = {
    "number_fields": [
        "dose = forms.DecimalField()",
        "dose = FloatField(localize=True)",
        "count = forms.IntegerField()",
        "dose = forms.CharField(widget=forms.NumberInput)",
        "class Loose(forms.DecimalField): pass",
        "class StepForm(forms.ModelForm): pass",
    ],
    "floats": ["x = float(value)", "x = 0.5", "def f(x: float): pass", "x = Decimal(0.1)"],
    "managers": [
        "Patient.objects.get(pk=key)",
        "rows = Step.objects",
        "Patient._default_manager.all()",
        "get_object_or_404(Patient, pk=key)",
    ],
    "writes": [
        "Patient.objects.create(name=name)",
        "patient.save()",
        "Step.objects.filter(pk=key).update(voided_at=now)",
        "Slot.objects.bulk_create(rows)",
        "step.delete()",
    ],
    "instants": [
        "datetime.combine(day, at, tzinfo=zone)",
        "timezone.make_aware(when)",
        "when.replace(tzinfo=zone)",
        "sql = \"SELECT at AT TIME ZONE 'UTC'\"",
    ],
    "lasting_actors": [
        "cursor.execute(\"SELECT set_config('app.actor', %s, false)\")",
        "cursor.execute(\"SELECT set_config('app.actor', coalesce(x, ''), FALSE)\")",
        "cursor.execute('SET app.actor = 1')",
        "cursor.execute('set local app.job = 1')",
    ],
    "marked_safe": ["mark_safe(text)", "from django.utils.safestring import mark_safe", "SafeString(text)"],
}
SOUND = {
    "number_fields": ["version = forms.IntegerField(widget=forms.HiddenInput)", "dose = DoseField()"],
    "floats": ["x = Decimal('0.5')", "x = 5"],
    "managers": ["records.load(patient, as_of=now)", "request.subject.plans"],
    "writes": ["values.update(more)", "request.session.save()", "context |= more"],
    "instants": ["instant(day, at, zone)", "when.replace(second=0)", "tokens.combine(a, b)"],
    "lasting_actors": ["cursor.execute(\"SELECT set_config('app.actor', %s, true)\")"],
    "marked_safe": ["format_html('{}', text)"],
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_sources_keep_the_rule(name: str):
    assert hits(RULES[name]) == [], RULES[name].sentence


@pytest.mark.parametrize(("name", "source"), [(name, source) for name in sorted(RULES) for source in BROKEN[name]])
def test_the_rule_finds_what_breaks_it(name: str, source: str):
    assert list(RULES[name].find(ast.parse(source))) != []


@pytest.mark.parametrize(("name", "source"), [(name, source) for name in sorted(RULES) for source in SOUND[name]])
def test_the_rule_lets_the_rest_be(name: str, source: str):
    assert list(RULES[name].find(ast.parse(source))) == []


def test_a_rule_reads_the_files_that_it_is_about():
    rule = Rule("", RULES["floats"].find, ("titration/dosing/",), ("titration/dosing/schedule.py",))
    assert rule.concerns("titration/dosing/doses.py")
    assert not rule.concerns("titration/dosing/schedule.py")
    assert not rule.concerns("titration/views/steps.py")


# --- templates: read as text, since they have no syntax tree of ours -----------------------------------------------------
FORBIDDEN = {
    "number boxes": re.compile(r"type\s*=\s*[\"']?number", re.IGNORECASE),
    "safe HTML": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off"),
    "numbers written by a locale": re.compile(r"\|\s*(floatformat|localize|intcomma)\b"),
    "inline scripts and styles": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=|\sstyle\s*=|javascript:", re.IGNORECASE),
}  # fmt: skip
BAD_TEMPLATES = {
    "number boxes": ['<input type="number">', "<input type=number>"],
    "safe HTML": ["{{ note|safe }}", "{{ note | safe }}", "{% autoescape off %}"],
    "numbers written by a locale": ["{{ dose|floatformat:2 }}"],
    "inline scripts and styles": ["<script>x()</script>", '<p onclick="x()">', '<p style="color: red">'],
}


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_no_template_has(what: str):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize(("what", "text"), [(what, text) for what in BAD_TEMPLATES for text in BAD_TEMPLATES[what]])
def test_what_no_template_has_would_be_found(what: str, text: str):
    assert FORBIDDEN[what].search(text)
