"""Rules of the whole house, each tried on a broken example as well."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("baclofen_portal", "titration", "education", "tests", "script")
LONGEST = 300
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
# The text of a page that a view or a message names.
TEMPLATE = re.compile(r"[\w./-]+\.(?:html|txt)")
NAMES_TEMPLATES = {"render", "render_to_string", "get_template", "select_template", "TemplateResponse"}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def too_long(path: Path) -> int:
    """Lines beyond the limit."""
    return max(0, len(path.read_text(encoding="utf-8").splitlines()) - LONGEST)


def test_no_module_is_longer_than_the_limit(tmp_path: Path):
    assert [(str(path.relative_to(ROOT)), over) for path in modules() if (over := too_long(path))] == []
    long = tmp_path / "long.py"
    long.write_text("x = 1\n" * (LONGEST + 1))
    assert too_long(long) == 1


def test_no_module_is_a_drawer_for_anything():
    assert [str(path) for path in modules() if path.stem in NAMELESS] == []
    assert [str(path.parent) for path in modules() if path.parent.name in NAMELESS] == []


def loaded_by(module: str, place: Path = ROOT) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing every module of a package."""
    code = (
        "import sys, importlib, pkgutil\n"
        f"package = importlib.import_module({module!r})\n"
        "for one in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(one.name)\n"
        "print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(place)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(done.stdout.split())


FOREIGN = {"django", "psycopg", "baclofen_portal", "crispy_forms", "allauth", "pghistory", "pgtrigger"}


def test_the_dosing_core_needs_nothing_but_python():
    loaded = loaded_by("titration.dosing")
    assert "titration" in loaded
    assert loaded & FOREIGN == set()
    installed = {name for name in loaded if is_installed(name)}
    assert installed == {"titration"}


def is_installed(name: str) -> bool:
    """Whether a loaded package is neither Python's own nor built in."""
    return name not in sys.stdlib_module_names and not name.startswith("_")


def test_a_core_that_needs_django_would_be_seen(tmp_path: Path):
    core = tmp_path / "core"
    core.mkdir()
    (core / "__init__.py").touch()
    (core / "doses.py").write_text("from django.utils import timezone\n")
    assert "django" in loaded_by("core", tmp_path) & FOREIGN


def templates_named(path: Path) -> Iterator[str]:
    """Every template that a module names as text; parts that are filled in later stand as a star."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "*" for one in node.values)
            if text.endswith(".html") and "/" in text:
                yield text
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and TEMPLATE.fullmatch(node.value):
            yield node.value


def missing_template(name: str) -> bool:
    packages = ROOT / ".venv" / "lib"
    places = [ROOT / "templates", *packages.glob("*/site-packages/*/templates")]
    places += packages.glob("*/site-packages/wagtail/*/templates")
    return not any(True for place in places for _ in place.glob(name))


def test_every_template_that_code_names_exists():
    named = {
        (str(path.relative_to(ROOT)), name)
        for package in ("baclofen_portal", "titration", "education")
        for path in (ROOT / package).rglob("*.py")
        for name in templates_named(path)
        if name.endswith(".html")
    }
    assert len(named) > 15
    assert sorted(one for one in named if missing_template(one[1])) == []
    assert missing_template("titration/patient/nowhere.html")


def test_every_template_that_a_template_names_exists():
    asks = re.compile(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in asks.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    assert sorted(one for one in named if missing_template(one[1])) == []


def test_every_page_is_asked_for_by_something():
    """A template that nothing names is dead; pieces that crispy-forms and allauth look up by path are theirs."""
    looked_up = ("bootstrap5/", "account/", "400.html", "404.html", "403.html", "429.html", "500.html", "csrf.html")
    texts = [path.read_text(encoding="utf-8") for path in modules()]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    stars = {name for path in modules() for name in templates_named(path) if "*" in name}
    unused = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = path.relative_to(ROOT / "templates").as_posix()
        by_star = any(re.fullmatch(re.escape(star).replace(r"\*", r"[\w-]+"), name) for star in stars)
        if not name.startswith(looked_up) and not by_star and not any(name in text for text in texts):
            unused.append(name)
    assert unused == []


@pytest.mark.parametrize("name", ["baclofen_portal", "titration", "education", "script"])
def test_the_product_speaks_of_itself_only(name: str):
    """No path of one machine and no unfinished mark: script/check reads every file; here the sources alone."""
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / name).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []
