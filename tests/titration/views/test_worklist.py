"""The worklist: who is on it, in which order, under which words, and what it costs."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.ordering import signed_in
from titration.models import AuditEvent, CareRelation, Flag, Plan, Team, TeamMembership

ROW = re.compile(r'<li class="worklist-row .*?</li>', re.DOTALL)


@pytest.fixture
def waiting(frozen):
    """Alder and Aspen each have a step that waits for a decision."""
    for patient, days in ((frozen.alder, 30), (frozen.aspen, 60)):
        w.creatinine(frozen, patient, by=frozen.ann, mg_dl="0.9", days_ago=days)
        w.start(frozen, patient, by=frozen.ann, days_ago=days)
        look_again(frozen, patient)
    return frozen


def look_again(world, patient):
    assert signed_in(world.ann).get(f"/patients/{patient.pk}/").status_code == 200


def names(page):
    return re.findall(r'worklist-row__name"><a href="[^"]+">([^<]+)</a>', page.text)


def raise_flag(patient, *, urgency, rule="KID-24", hours=1, owner=None, next_action="review_dose"):
    """A flag put there by hand, as if it had been raised that long ago."""
    with as_owner():
        plan = Plan.objects.get(patient=patient)
        return Flag.objects.create(
            plan=plan, plan_number=plan.number, patient=patient, rule_id=rule, urgency=urgency, because="For the test.",
            evidence={"sentence": "A sentence.", "number": "no number", "sources": [], "proposed": False, "values": []},
            protocol_id="us", protocol_version=1, next_action=next_action, opened_at=w.NOW - timedelta(hours=hours),
            owner=owner,
        )  # fmt: skip


@pytest.mark.ui("UI-45")
def test_one_row_a_patient_under_the_most_pressing_flag_then_the_oldest_first(waiting):
    ann = signed_in(waiting.ann)
    raise_flag(waiting.alder, urgency=2, rule="KID-24", hours=900)
    raise_flag(waiting.aspen, urgency=1, rule="KID-14", hours=1)
    page = ann.get("/worklist/")
    assert names(page) == ["ASPEN, Test", "ALDER, Test"]
    rows = ROW.findall(page.text)
    assert "Dose above the ceiling" in rows[0]
    assert re.search(r"and \d more", rows[0])
    assert page.text.index("Act now") < page.text.index("ASPEN")


@pytest.mark.ui("UI-45")
def test_the_order_is_never_remembered(waiting):
    ann = signed_in(waiting.ann)
    before = names(ann.get("/worklist/"))
    assert ann.get("/worklist/?sort=name&severity=3").status_code == 200
    assert names(ann.get("/worklist/")) == before


@pytest.mark.ui("UI-38")
@pytest.mark.ui("UI-40")
def test_each_row_has_an_owner_an_age_a_severity_in_words_and_a_next_action(waiting):
    ann = signed_in(waiting.ann)
    raise_flag(waiting.alder, urgency=1, owner=None)
    rows = ROW.findall(ann.get("/worklist/").text)
    assert len(rows) == 2
    for row in rows:
        assert re.search(r"Owner</span> (Unassigned|Ann)", row)
        assert re.search(r"Open for</span> <span class=\"nowrap\">\d+ (min|h|days?)", row)
        assert re.search(r"</svg>(Act now|This week|For information)</span>", row)
        first = re.search(r'class="button button--secondary" href="([^"]+)"', row)
        assert ann.get(first[1]).status_code == 200


@pytest.mark.ui("UI-39")
def test_a_kidney_check_has_a_button_that_opens_the_form_of_that_patient(waiting):
    old = waiting.aspen
    raise_flag(old, urgency=1, rule="KID-29", next_action="log_result")
    page = signed_in(waiting.ann).get("/worklist/")
    row = next(row for row in ROW.findall(page.text) if "ASPEN" in row)
    assert "Kidney check due" in row
    assert f"/patients/{waiting.aspen.pk}/kidney/add/" in row


@pytest.mark.ui("UI-44")
def test_the_list_says_when_it_was_read_and_what_it_shows(waiting):
    ann = signed_in(waiting.ann)
    text = ann.get("/worklist/").text
    assert 'Updated <span class="date">22-Nov-2026</span> <span class="time">09:05</span>' in text  # the clinic's clock
    assert "Showing: my patients, open flags." in text
    assert "Check for new" in text
    assert "Showing: flags without an owner, open flags." in ann.get("/worklist/?owner=unassigned").text
    assert "Showing: my patients, open flags, Act now only." in ann.get("/worklist/?severity=1").text


@pytest.mark.ui("UI-44")
def test_a_late_look_is_said_until_it_was_made(waiting):
    ann = signed_in(waiting.ann)
    assert "may be out of date" not in ann.get("/worklist/").text
    with time_machine.travel(w.NOW + timedelta(days=400), tick=False):
        late = signed_in(waiting.ann)
        assert "The flags may be out of date" in late.get("/worklist/").text
        assert "The flags may be out of date" in late.get("/worklist/").text
        for patient in (waiting.alder, waiting.aspen):
            assert late.get(f"/patients/{patient.pk}/").status_code == 200
        assert "may be out of date" not in late.get("/worklist/").text


@pytest.mark.ui("UI-46")
def test_an_empty_list_says_when_it_was_checked_and_leads_to_all_patients(frozen):
    text = signed_in(frozen.ann).get("/worklist/").text
    assert "No open flags. Last checked 09:05." in re.sub(r"<[^>]+>", "", text)
    assert 'href="/patients/">All patients' in text


def test_the_counts_are_links_that_filter_and_a_chosen_one_leads_back(waiting):
    ann = signed_in(waiting.ann)
    raise_flag(waiting.aspen, urgency=1)
    page = ann.get("/worklist/?severity=1")
    assert names(page) == ["ASPEN, Test"]
    assert re.search(r'href="/worklist/" aria-current="true"', page.text)
    assert "No open flags match this filter." in ann.get("/worklist/?severity=3").text


@pytest.mark.ui("UI-53")
def test_a_page_about_several_patients_has_no_banner(waiting):
    ann = signed_in(waiting.ann)
    assert "patient-banner" not in ann.get("/worklist/").text
    assert "patient-banner" not in ann.get("/patients/").text


def test_the_audit_names_everybody_on_the_page(waiting):
    signed_in(waiting.ann).get("/worklist/")
    with as_owner():
        seen = set(AuditEvent.objects.filter(page="worklist", action="list").values_list("patient", flat=True))
    assert seen == {waiting.alder.pk, waiting.aspen.pk}


def test_nobody_else_s_patients_are_on_it(waiting):
    assert names(signed_in(waiting.dan).get("/worklist/")) == []


def test_nonsense_in_the_address_is_no_error(waiting):
    ann = signed_in(waiting.ann)
    assert ann.get("/worklist/?severity=9&owner=me&page=-1").status_code == 200
    assert ann.get("/worklist/?page=99999999999999999999").status_code == 200


def crowd(world, many):
    """So many more patients of team Oak, each with a plan and one flag, the last one the oldest."""
    with as_owner():
        oak = Team.objects.get(name="Oak")
        made = [w.make_patient(world.north, oak, f"Crowd{number:03}") for number in range(many)]
        for number, patient in enumerate(made):
            Plan.objects.create(
                organisation=world.north, patient=patient, protocol_id="us", protocol_version=1, taken_before="no",
                time_zone=patient.time_zone, created_at=w.NOW, created_by=world.ann, prescriber=world.ann,
            )  # fmt: skip
            raise_flag(patient, urgency=3, hours=number + 1)


def statements(client, url):
    with CaptureQueriesContext(connection) as asked:
        page = client.get(url)
    return page, len([one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]])


@pytest.mark.ui("UI-45")
def test_pages_of_fifty_go_on_in_the_same_order_at_the_same_price(waiting):
    ann = signed_in(waiting.ann)
    _, few = statements(ann, "/worklist/")
    crowd(waiting, 60)
    first, many = statements(ann, "/worklist/")
    second = ann.get("/worklist/?page=2")
    assert few == many <= 10
    assert len(names(first)) == 50
    assert names(first)[:3] == [*names(first)[:2], "CROWD059, Test"]  # the pressing ones, then the oldest
    assert names(first)[-1] == "CROWD012, Test"
    assert names(second) == [f"CROWD{number:03}, Test" for number in range(11, -1, -1)]
    assert 'rel="next"' in first.text
    assert 'rel="prev"' in second.text
    assert 'rel="next"' not in second.text


def test_assigning_from_the_list_comes_back_to_the_list(waiting):
    flag = raise_flag(waiting.alder, urgency=1)
    ann = signed_in(waiting.ann)
    page = ann.post(
        f"/patients/{waiting.alder.pk}/flags/{flag.pk}/assign/",
        headers={"referer": "http://testserver/worklist/?page=2"},
    )
    assert page.headers["Location"] == "/worklist/?page=2"
    with as_actor(waiting.ann):
        assert Flag.objects.get(pk=flag.pk).owner_id == waiting.ann.pk


def team_member(name, rights):
    """A clinician of team Oak with these rights there."""
    with as_owner():
        person = w.make_person(name)
        oak = Team.objects.get(name="Oak")
        TeamMembership.objects.create(team=oak, person=person, rights=rights, valid_from=w.LONG_AGO)
    return person


def refused(client, page):
    """Everything that the rows of a page offer, asked as a browser would, and answered 403 or 404."""
    rows = "".join(ROW.findall(page))
    forms = re.findall(r'<form method="post" action="([^"]+)"', rows)
    links = re.findall(r'href="(/[^"#]+)', rows)
    answers = {one: client.post(one, {"text": "Was well"}).status_code for one in forms}
    answers |= {one: client.get(one).status_code for one in links}
    return {one: status for one, status in answers.items() if status not in (200, 302)}


@pytest.mark.bar("B-49")
@pytest.mark.parametrize("address", ["/worklist/", "/kidney-checks/"])
@pytest.mark.parametrize("rights", [["read"], ["read", "log"], ["read", "log", "prescribe"]])
def test_a_row_offers_what_the_reader_may_do_for_that_patient(waiting, address, rights):
    """Rights of the membership: a reader without the right to log has neither the call form nor the assign button."""
    raise_flag(waiting.alder, urgency=1, rule="KID-29", next_action="review_dose")
    raise_flag(waiting.aspen, urgency=1, rule="KID-30", next_action="log_result")
    client = signed_in(team_member("rhea", rights))
    page, asked = statements(client, address)
    assert asked <= 10
    assert page.text.count('class="worklist-row ') == 2
    assert ("Save call" in page.text) is ("log" in rights)
    assert ("Assign to me" in page.text) is ("log" in rights)
    assert refused(client, page.text) == {}


def test_each_row_has_the_rights_of_its_own_patient(waiting):
    """Rights of the relation: the team may log for one patient and only read about the other."""
    with as_owner():
        CareRelation.objects.filter(patient=waiting.aspen).update(rights=["read"])
    rows = ROW.findall(signed_in(waiting.ann).get("/worklist/").text)
    assert ["Save call" in row for row in rows] == ["ALDER" in row for row in rows]
    assert sum("Save call" in row for row in rows) == 1
    assert refused(signed_in(waiting.ann), "".join(rows)) == {}
