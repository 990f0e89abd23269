"""The walker is not blind: what it sends is stored when the answer is yes, and it finds pages that leak or write.

And either wall alone holds: without the guard in Python row-level security shows nothing, and without row-level
security the guard in Python shows nothing.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from tests.database import as_owner
from tests.trust import addresses, catalogue, walker
from tests.trust.marked_world import MARKS, Marked
from tests.trust.walker import Cell, Walker, written
from titration.models import Patient, Right
from titration.selectors import patients

pytestmark = [pytest.mark.bar("B-02"), pytest.mark.hazard("H38"), pytest.mark.hazard("H39"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def walking(marked: Marked) -> Iterator[Walker]:
    logs = [logging.getLogger(name) for name in ("django.request", "titration.views.orders")]
    for log in logs:
        log.disabled = True
    yield Walker(marked)
    for log in logs:
        log.disabled = False


# URL name: the table that a valid body by someone who may adds a row to or changes
STORED = {
    "patients:invite_end": "titration_invitation",
    "patients:access_end": "titration_carerelation",
    "patients:fact_add": "titration_patientfact",
    "patients:fact_correct": "titration_patientfact",
    "kidney:add": "titration_kidneyresult",
    "kidney:correct": "titration_kidneyresult",
    "kidney:quarantine": "titration_quarantinedresult",
    "doses:call": "titration_doseevent",
    "doses:issue": "titration_supplyissue",
    "doses:issue_withdraw": "titration_supplyissue",
    "doses:record": "titration_doseevent",
    "doses:silence": "titration_silence",
    "doses:silence_end": "titration_silence",
    "doses:tracking": "titration_dosetracking",
    "plans:next_decision": "titration_plan",
    "plans:restart": "titration_restartdecision",
    "own:call_me": "titration_callrequest",
    "own:dose": "titration_doseevent",
    "own:feel": "titration_feelingreport",
    "own:learn_page": "titration_pageread",
    "reports:add": "titration_patientfact",
    "steps:check": "titration_step",
    "flags:assign": "titration_flagnote",
    "flags:call": "titration_flagnote",
    "flags:acknowledge": "titration_flagnote",
    "flags:act": "titration_flagnote",
    "flags:snooze": "titration_flagnote",
    "flags:close": "titration_flag",
    "flags:close_check": "titration_flag",
}
# The one page that shows what it made: it is stored nowhere else.
SHOWN_ONCE = {"patients:invite": "titration_invitation"}
# What these take depends on the hour, or on what was shown or sent before: each is tried in the tests of its page.
SHOWN_FIRST = {"own:tick", "own:change", "own:access_end", "join"}
SIGN_IN = {"account_login", "account_logout", "passkey_start", "passkey_sign_in"}
SHOWN_ONLY = {
    "plans:start": 200,
    "plans:stop": 200,
    "plans:taper": 200,
    "steps:add": 200,
    "steps:past": 200,
    "steps:live": 200,
}


@pytest.mark.parametrize("name", sorted(STORED))
def test_what_the_walker_sends_is_stored_when_the_answer_is_yes(name: str, walking: Walker):
    before = written().get(STORED[name], 0)
    response = walking.send(Cell(name, "patient" if name.startswith("own:") else "clinician_team", "own", "POST"))
    assert response.status_code == 302, response.content.decode()[:3000]
    assert written().get(STORED[name], 0) > before


@pytest.mark.parametrize("name", sorted(SHOWN_ONCE))
def test_what_is_shown_once_is_stored_as_well(name: str, walking: Walker):
    before = written().get(SHOWN_ONCE[name], 0)
    assert walking.send(Cell(name, "clinician_team", "own", "POST")).status_code == 200
    assert written().get(SHOWN_ONCE[name], 0) > before


@pytest.mark.parametrize("name", sorted(SHOWN_ONLY))
def test_what_the_walker_sends_is_read_when_the_answer_is_yes(name: str, walking: Walker):
    response = walking.send(Cell(name, "clinician_team", "own", "POST"))
    assert response.status_code == SHOWN_ONLY[name]


def test_every_url_that_takes_a_post_is_one_of_these(walking: Walker):
    takes = {
        name
        for (name, who, method), answer in walking.table.items()
        if who in ("senior", "patient") and (method, answer) == ("POST", "ok")
    }
    takes |= {
        name
        for (name, who, method), answer in walking.table.items()
        if (who, method, answer) == ("clinician_team", "POST", "ok")
    }
    assert takes - SHOWN_FIRST == {*STORED, *SHOWN_ONCE, *SHOWN_ONLY, *SIGN_IN}


def test_every_mark_stands_on_a_page_of_the_patient(walking: Walker):
    """A mark that no page shows could not betray a leak."""
    pages = [name for name in addresses.PARAMETERS if addresses.has_patient(name)]
    text = "\n".join(walker.everything_said(walking.send(Cell(name, "clinician_team", "own", "GET"))) for name in pages)
    marks = MARKS["alder"]
    missing = set(marks.all) - set(marks.found_in(text))
    assert missing <= {f"17 March {marks.born.year}"}  # how the patient's own pages will write it
    for what in ("invited", "used", "uninvited", "carer"):
        assert marks.text(what).lower() in text.lower(), what
    for what in ("given", "factnote", "factgone", "withdrawn", "startreason", "override", "called", "heldreason"):
        assert marks.text(what) in text, what


def test_lists_count_and_show_ones_own_patients_only(walking: Walker):
    client = walking.clients["clinician_team"]
    all_of_them = client.get("/patients/").content.decode()
    assert MARKS["alder"].family.upper() in all_of_them
    assert "2 patients" in all_of_them.replace("\u00a0", " ")
    nobody = client.get("/patients/", {"q": "Zqnobody"}).content.decode()
    for text in (MARKS["elder"].family, MARKS["elder"].record_number, "17-Mar-1965", MARKS["ash"].family):
        page = client.get("/patients/", {"q": text}).content.decode()
        assert page.count("<tr") == nobody.count("<tr"), text


# --- negative controls -----------------------------------------------------------------------------------------------------
def cells(*names: str, methods: tuple[str, ...] = ("GET", "POST")) -> list[Cell]:
    return [cell for cell in walker.everything() if cell.name in names and cell.method in methods]


@override_settings(ROOT_URLCONF="tests.trust.leaking_urls")
def test_a_page_that_names_everybody_turns_the_walker_red(walking: Walker):
    faults = walking.walk(cells("worklist", methods=("GET",)), statuses=False).faults
    assert any("worklist by clinician_team about own: shows ['zqelder'] of elder" in one for one in faults)
    assert any("by logger" in one and "furze" in one for one in faults)
    assert not any("by anon" in one for one in faults)


@override_settings(ROOT_URLCONF="tests.trust.leaking_urls")
def test_a_name_in_a_header_turns_the_walker_red(walking: Walker):
    faults = walking.walk(cells("help", methods=("GET", "HEAD")), statuses=False).faults
    assert any("HEAD help by anon" in one and "shows" in one for one in faults)


@override_settings(ROOT_URLCONF="tests.trust.leaking_urls")
def test_a_denied_request_that_writes_turns_the_walker_red(walking: Walker):
    report = walking.walk([Cell("patients:chart", "clinician_other", "other_patient", "GET")])
    assert report.faults == [
        "GET patients:chart by clinician_other about other_patient: wrote ['titration_patient', 'titration_patientevent']"
    ]


def test_a_wrong_answer_turns_the_walker_red(walking: Walker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(walking.table, ("help", "anon", "GET"), "404")
    report = walking.walk([Cell("help", "anon", "own", "GET")])
    assert report.faults == ["GET help by anon about own: answered ok (200), expected 404"]


@pytest.mark.parametrize(
    "name", ["Cache-Control", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy"]
)
def test_a_missing_header_turns_the_walker_red(name: str, walking: Walker):
    response = walking.clients["anon"].get("/help/")
    assert list(walker.header_faults(response)) == []
    del response.headers[name]
    assert len(list(walker.header_faults(response))) == 1


def test_a_line_that_is_missing_in_the_table_stops_the_walk(walking: Walker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(walking.table, ("help", "anon", "GET"))
    with pytest.raises(KeyError):
        walking.walk([Cell("help", "anon", "own", "GET")])


# --- two walls ---------------------------------------------------------------------------------------------------------------
def foreign(persona: str = "clinician_team") -> list[Cell]:
    """Every page about a patient, asked for by a clinician about patients who are not theirs."""
    return [
        cell
        for cell in walker.everything()
        if addresses.has_patient(cell.name)
        and cell.method in ("GET", "POST")
        and cell.persona == persona
        and cell.relation in ("other_patient", "mixed_parent")
    ]


def without_relations(key: Any, person: Any) -> Patient | None:
    """The guard in Python, removed: whoever is asked for is found, with every right."""
    found = Patient.objects.filter(pk=key).select_related("organisation").first()
    if found is not None:
        found.rights = frozenset(Right.values)
        found.record_number = "unguarded"
    return found


@contextmanager
def without_row_level_security() -> Iterator[None]:
    with transaction.atomic():
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in sorted(catalogue.clinical_tables()):
                cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        yield
        transaction.set_rollback(True)


def test_without_the_guard_in_python_the_database_still_shows_and_changes_nothing(
    walking: Walker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(patients, "with_rights", without_relations)
    report = walking.walk(foreign(), statuses=False)
    assert report.faults == []


def test_without_row_level_security_the_guard_in_python_still_shows_and_changes_nothing(walking: Walker):
    with without_row_level_security():
        report = walking.walk(foreign())
    assert report.faults == []


def test_without_both_walls_the_walker_is_red(walking: Walker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patients, "with_rights", without_relations)
    with without_row_level_security():
        report = walking.walk(foreign("clinician_left"), statuses=False)
    assert any("shows" in one for one in report.faults)
    assert any("wrote" in one for one in report.faults)
