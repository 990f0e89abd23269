"""No form stores a field that it does not offer: every name of every column is sent through every form by everybody.

The same request is sent twice, once as the form is and once with everything that a forger might add; what is stored
must be the same row for row.
"""

import re
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models, transaction

from tests.database import as_owner
from tests.trust import addresses, catalogue, matrix
from tests.trust.marked_world import NOW, Marked
from tests.trust.walker import Cell, Walker, expected, written
from tests.world import PASSWORD
from titration.dosing.protocol import load_protocol
from titration.forms.facts import FactForm

pytestmark = [pytest.mark.bar("B-07"), pytest.mark.hazard("H38"), pytest.mark.django_db]

# The names that each form offers; everything else is forged. Written by people, as the screens ask for them.
DATE = ("", "_day", "_month", "_year")
ROWS = {f"row_{number}_{what}" for number in range(1, 9) for what in ("time", "dose")}
STEP = {"product", "dose", "frequency", "volume_ml", "reason", "version", *(f"starts_on{part}" for part in DATE), *ROWS}
OFFERED: dict[str, set[str]] = {
    "patients:invite": {"key", "kind", "name", "scope", "checked"},
    "patients:invite_end": set(),
    "patients:access_end": set(),
    "patients:fact_add": {"number", "note", "code", "keep_text", "answer", *(f"on_date{part}" for part in DATE)},
    "patients:fact_correct": {"number", "note", "answer", "action", *(f"on_date{part}" for part in DATE)},
    "kidney:add": {"analyte", "value", "unit", "comparator", "taken_time", "confirm", "question", *(f"taken_on{part}" for part in DATE)},
    "kidney:correct": {"value", "unit", "comparator", "reason", "taken_time", "action", "confirm", "question", *(f"taken_on{part}" for part in DATE)},
    "kidney:quarantine": {"value", "unit", "reason", "action", "confirm", "question"},
    "plans:next_decision": {"version", *(f"on{part}" for part in DATE)},
    "plans:start": {"taken_before", "draft_ladder", *STEP},
    "plans:stop": {"stop_reason", "reason", "monitoring_plan", "version", *(f"stops_on{part}" for part in DATE)},
    "steps:add": STEP,
    "steps:past": {*STEP, *(f"last_day{part}" for part in DATE)},
    "plans:restart": {"key", "choice", "reason"},
    "plans:taper": {"to", "to_mg", "reduce_by", "every_days", "product", "times", "rows_count", "advice", "reason", "version", "do", *(f"starts_on{part}" for part in DATE), *(f"row_1_on{part}" for part in DATE), "row_1_keep", *(f"row_1_dose_{place}" for place in (1, 2, 3))},
    "doses:record": {"key", "state", "taken", "taken_time", "reason_code", "said_by", "note", "replaces", "action"},
    "doses:call": {"key", "state", "reason_code", "said_by", "note", "until_time", *(f"until_on{part}" for part in DATE)},
    "doses:tracking": {"key", "mode"},
    "doses:silence": {"key", "reason", "note", "starts_time", "ends_time", *(f"{end}_on{part}" for end in ("starts", "ends") for part in DATE)},
    "doses:issue": {"key", "product", "units", *(f"{when}{part}" for when in ("on_date", "repeat_on") for part in DATE)},
    "doses:issue_withdraw": set(),
    "doses:silence_end": {"action"},
    "reports:add": {"key", "effects", "reported_by", "reported_how", "note", *(f"on_date{part}" for part in DATE),
                    *(f"sign_{code}" for code in load_protocol("us").signs)},
    "own:call_me": {"key", "about", "best_time", "phone", "note"},
    "own:dose": {"key", "version", "replaces", "state", "taken_time", "part", "reason_code"},
    "own:learn_page": {"key", "revision"},
    "own:feel": {"key", "urgent", "supply", "signs", "sleepiness", "spasms", "falls", "mood", "note"},
    "steps:check": {"token", "gate-code", "gate-text"},
    "flags:assign": {"next"},
    "flags:call": {"text", "next"},
    "flags:acknowledge": {"next"},
    "flags:act": {"text"},
    "flags:snooze": {"days"},
    "flags:close": {"code", "text"},
    "flags:close_check": {"token"},
}  # fmt: skip
DIRECT = ("patients:invite", "patients:invite_end", "patients:access_end", "patients:fact_add", "patients:fact_correct", "kidney:add", "kidney:correct", "kidney:quarantine",
          "plans:next_decision", "plans:restart", "steps:check", "flags:assign", "flags:call", "doses:record", "doses:call",
          "doses:tracking", "doses:silence", "doses:issue", "doses:issue_withdraw", "doses:silence_end", "reports:add", "flags:acknowledge", "flags:act", "flags:snooze", "flags:close",
          "flags:close_check", "own:dose", "own:feel", "own:call_me", "own:learn_page")  # fmt: skip
# Orders are typed on one page and stored by the check page behind it: both are sent the forged fields.
THROUGH_CHECK = {
    "plans:start": "aspen",
    "plans:stop": "alder",
    "plans:taper": "alder",
    "steps:add": "alder",
    "steps:past": "alder",
}
# The one who may, of those of Alder: what is told in a page of their own is told by the patient.
OF_ALDER = ("logger", "senior", "patient", "proxy_view", "proxy_log", "proxy_full")


def who(name: str) -> str:
    return "patient" if name.startswith("own:") else "clinician_team"


# Columns that are made anew each time.
MADE_ANEW = (
    "id",
    "pgh_id",
    "pgh_created_at",
    "plan_number",
    "token_hash",
    "created_at",
    "expires_at",
    "ended_at",
    "valid_to",
)
# What is shown once is shown in answer to the form that made it.
SHOWN_ONCE = ("patients:invite",)
MADE_ANEW_IN_PLANS = (*MADE_ANEW, "number")
AT_ONCE = 90


@pytest.fixture(scope="module")
def walking(marked: Marked) -> Walker:
    return Walker(marked)


def forged(marked: Marked) -> dict[str, str]:
    """Every name of a column of every model, and of forms and settings that sound as if they mattered."""
    world = marked.world
    other = marked.keys["elder"]
    people = {"recorded_by", "created_by", "prescriber", "cosigned_by", "voided_by", "owner", "second_clinician", "ended_by",
              "granted_by", "person", "actor", "by", "user", "author"}  # fmt: skip
    values: dict[str, str] = {name: str(world.dan.pk) for name in people}
    values |= {"patient": str(other["patient"]), "plan": str(other["plan"]), "step": str(other["step"]),
               "flag": str(other["flag"]), "replaces": str(other["result"]), "origin": str(other["step"]),
               "organisation": str(world.south.pk), "result": str(other["result"]), "as_of": "2020-01-01T00:00Z",
               "confirmed": "true", "checked": "false", "is_staff": "true", "role": "admin", "subject": str(other["patient"]),
               "rights": "prescribe", "kind": "height_cm", "job": "import_labs", "state": "signed", "status": "ended",
               "daily_mg": "80", "amount_mg": "80", "analyte": "cystatin_c", "protocol_id": "uk", "protocol_version": "9",
               "urgency": "3", "product": "tablet_20", "product_code": "tablet_20", "expected_version": "99"}  # fmt: skip
    for model in catalogue.our_models():
        for one in model._meta.concrete_fields:
            values.setdefault(one.name, guess(one))
    for name in list(values):
        values.setdefault(f"{name}_id", values[name])
    return values


def guess(one: Any) -> str:
    """A value that the column would take."""
    if isinstance(one, (models.UUIDField, models.ForeignKey)):
        return str(uuid.UUID(int=7))
    if isinstance(one, models.BooleanField):
        return "true"
    if isinstance(one, models.DateTimeField):
        return "2020-01-01T00:00:00Z"
    if isinstance(one, models.DateField):
        return "2020-01-01"
    if isinstance(one, models.TimeField):
        return "03:00"
    return "7"


def portions(fields: dict[str, str], offered: set[str]) -> Iterator[dict[str, str]]:
    """The forged fields, so many at once that the limit on the number of fields is not what refuses them."""
    sent = {name: value for name, value in fields.items() if name not in offered}
    sent |= {f"decision-{name}": value for name, value in list(sent.items())[:10]}
    sent |= {f"form-0-{name}": value for name, value in list(sent.items())[:10]}
    names = sorted(sent)
    for start in range(0, len(names), AT_ONCE):
        yield {name: sent[name] for name in names[start : start + AT_ONCE]}


def snapshot() -> dict[str, dict[str, dict[str, Any]]]:
    """Every row of every table of the portal by its key, except the log of accesses, which names the fields sent."""
    found = {}
    with as_owner(), connection.cursor() as cursor:
        for model in catalogue.our_models():
            table, key = model._meta.db_table, model._meta.pk.column
            if table != "titration_auditevent":
                cursor.execute(f"SELECT {key}::text, to_jsonb(t)::text FROM {table} t")
                found[table] = dict(cursor.fetchall())
    return found


def stored(before: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The rows that were added or changed since, with new keys told apart only by their tables."""
    after = snapshot()
    changed = {t: {k: v for k, v in rows.items() if before[t].get(k) != v} for t, rows in after.items()}
    new = {key: f"<new {table}>" for table, rows in changed.items() for key in rows if key not in before[table]}
    said: dict[str, list[str]] = {}
    for table, rows in changed.items():
        for text in rows.values():
            for key, word in new.items():
                text = text.replace(key, word) if len(key) == 36 else text
            anew = MADE_ANEW_IN_PLANS if table in ("titration_plan", "titration_planevent") else MADE_ANEW
            text = re.sub(rf'"({"|".join(anew)})": [^,}}]+', r'"\1": new', text)
            said.setdefault(table, []).append(text)
    return {table: sorted(rows) for table, rows in said.items()}


def send(
    walking: Walker, persona: str, name: str, patient: str, extra: dict[str, str]
) -> tuple[Any, dict[str, list[str]]]:
    """One form with more fields in body and address; the answer and what was stored. Undone at the end."""
    keys = walking.marked.keys[patient]
    client, person = walking.clients[persona], walking.people[persona]
    query = "?" + "&".join(f"{one}={value}" for one, value in extra.items()) if extra else ""
    before = snapshot()
    with transaction.atomic():
        path = addresses.address(name, patient=keys, child=keys)
        answer = client.post(path + query, {**extra, **addresses.body(name, keys=keys, sender=person)})
        if name in THROUGH_CHECK and (token := re.search(r'name="token" value="([^"]+)"', answer.content.decode())):
            check = addresses.address("steps:check", patient=keys, child=keys)
            answer = client.post(check + query, {**extra, "token": token[1], **decision(walking)})
        rows = stored(before)
        transaction.set_rollback(True)
    return answer, rows


def decision(walking: Walker) -> dict[str, str]:
    """Everything that a check page may ask, for a stop."""
    return {
        "gate-code": "asked_otherwise", "decision-typed_total": "0", "decision-reason_code": "other", "decision-reason_text": "Discussed",
        "decision-monitoring_plan": "Daily calls", "decision-specialist_name": "Dr Who",
        **{f"decision-{name}": value for name, value in addresses.day("specialist_on", "20").items()},
        "decision-second_email": walking.marked.world.cora.email, "decision-second_password": PASSWORD,
    }  # fmt: skip


@pytest.mark.parametrize("name", [*DIRECT, *THROUGH_CHECK])
def test_nothing_but_the_fields_of_the_form_is_stored(name: str, walking: Walker):
    patient = THROUGH_CHECK.get(name, "alder")
    answer, plain = send(walking, who(name), name, patient, {})
    saved = 200 if name in SHOWN_ONCE else 302
    assert answer.status_code == saved, answer.content.decode()[-3000:]
    assert plain
    for extra in portions(forged(walking.marked), OFFERED[name]):
        answer, rows = send(walking, who(name), name, patient, extra)
        assert answer.status_code == saved
        assert rows == plain


@pytest.mark.parametrize("name", [*DIRECT, *THROUGH_CHECK])
def test_what_is_stored_names_its_author_its_patient_and_its_time(name: str, walking: Walker):
    patient = THROUGH_CHECK.get(name, "alder")
    marked = walking.marked
    _, rows = send(walking, who(name), name, patient, next(portions(forged(marked), OFFERED[name])))
    texts = [text for table in rows for text in rows[table]]
    assert all(str(marked.keys[patient]["patient"]) in text for text in texts)
    assert not any(str(marked.world.dan.pk) in text or str(marked.keys["elder"]["patient"]) in text for text in texts)
    written_by = [text for text in texts if '"recorded_by_id"' in text and '"job": ""' in text]
    author = marked.world.alma if who(name) == "patient" else marked.world.ann
    assert all(str(author.pk) in text for text in written_by)
    assert all(f"{NOW:%Y-%m-%dT%H:%M}" in text for text in written_by)


@pytest.mark.parametrize("persona", sorted(set(matrix.PERSONAS) - {"clinician_team"}))
def test_forged_fields_open_nothing_for_anybody_else(persona: str, walking: Walker):
    """Sent about a patient of Oak by everybody: who may not write, writes nothing, whatever is in the form."""
    extra = next(portions(forged(walking.marked), set.union(*OFFERED.values())))
    relation = "own" if persona in OF_ALDER else "other_patient"
    for name in (one for one in DIRECT if who(one) != persona):
        before = written()
        want = expected(walking.table, Cell(name, persona, relation, "POST"))
        answer, rows = send(walking, persona, name, "alder", extra)
        if want == "ok":
            assert answer.status_code == 302, name
            assert not any(str(walking.marked.world.dan.pk) in text for table in rows for text in rows[table])
        else:
            assert answer.status_code in (302, 403, 404), name
            assert rows == {}, name
            assert written() == before, name


def test_every_form_is_in_the_list(walking: Walker):
    takes = {
        name
        for (name, persona, method), answer in walking.table.items()
        if persona in ("clinician_team", "patient") and (method, answer) == ("POST", "ok")
    }
    # What these take depends on what was shown or sent before: each is tried in the tests of its page.
    elsewhere = {"account_login", "account_logout", "steps:live", "own:tick", "own:change", "own:access_end", "join",
                 "passkey_start", "passkey_sign_in"}  # fmt: skip
    assert takes - elsewhere == set(OFFERED)
    assert set(OFFERED) == {*DIRECT, *THROUGH_CHECK}


def test_a_form_that_takes_any_field_turns_this_red(walking: Walker, monkeypatch: pytest.MonkeyPatch):
    """A form that reads a box which it does not offer, as a careless one would."""
    careless = property(lambda form: Decimal(form.data.get("amount_mg", "70.5")))
    monkeypatch.setattr(FactForm, "number", careless)
    _, plain = send(walking, "clinician_team", "patients:fact_add", "alder", {})
    differing = [
        extra
        for extra in portions(forged(walking.marked), OFFERED["patients:fact_add"])
        if send(walking, "clinician_team", "patients:fact_add", "alder", extra)[1] != plain
    ]
    assert len(differing) == 1
    assert differing[0]["amount_mg"] == "80"
