"""One flag: its evidence, its owner, its notes, and the way back."""

import pytest
from django.db import connection

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.views.ordering import signed_in
from tests.titration.views.reading import words
from titration.models import Flag, FlagNote
from titration.selectors import flags as selector


@pytest.fixture
def raised(titrated):
    """Alder's creatinine is high enough that the standing dose is above the ceiling."""
    w.creatinine(titrated, titrated.alder, by=titrated.ann, mg_dl="4.0", hours_ago=2)
    return titrated


def flag_of(world, **wanted):
    with as_actor(world.ann, world.alder):
        return Flag.objects.open().filter(patient=world.alder, **wanted).order_by("urgency").first()


def url(flag, verb=""):
    return f"/patients/{flag.patient_id}/flags/{flag.pk}/{verb}"


def nobody_owns(flag):
    with as_owner():
        Flag.objects.filter(pk=flag.pk).update(owner=None)


def test_a_flag_shows_reason_rule_number_sources_protocol_owner_and_age(raised):
    flag = flag_of(raised)
    said = words(signed_in(raised.ann).get(url(flag)))
    for part in (
        flag.because.replace("\u00a0", " "), flag.rule_id, flag.evidence["number"], flag.evidence["sentence"],
        "Protocol US, version 1", "Owner: Ann", "Open for 2 h", "No notes yet.",
    ):  # fmt: skip
        assert " ".join(part.split()) in said, part
    assert flag.evidence["sources"][0] in said


def test_a_proposed_number_says_that_nobody_has_signed_it(raised):
    flag = flag_of(raised)
    for proposed in (True, False):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE titration_flag DISABLE TRIGGER USER")  # evidence is written once
            Flag.objects.filter(pk=flag.pk).update(evidence={**flag.evidence, "proposed": proposed})
            cursor.execute("ALTER TABLE titration_flag ENABLE TRIGGER USER")
        said = words(signed_in(raised.ann).get(url(flag)))
        assert ("Unsigned proposal" in said) is proposed


@pytest.mark.ui("UI-38")
def test_one_click_assigns_it_and_is_written_down(raised):
    flag = flag_of(raised)
    nobody_owns(flag)
    ann = signed_in(raised.ann)
    assert "Owner: Unassigned" in words(ann.get(url(flag)))
    page = ann.post(url(flag, "assign/"), follow=True)
    assert "is assigned to you" in words(page)
    assert "Assigned to Ann" in words(page)
    assert "Assign to me" not in page.text
    with as_actor(raised.ann, raised.alder):
        assert Flag.objects.get(pk=flag.pk).owner_id == raised.ann.pk


def test_assigning_again_writes_no_second_note(raised):
    flag = flag_of(raised)
    nobody_owns(flag)
    ann = signed_in(raised.ann)
    ann.post(url(flag, "assign/"))
    ann.post(url(flag, "assign/"))
    with as_actor(raised.ann, raised.alder):
        assert FlagNote.objects.filter(flag=flag).count() == 1


def test_a_closed_flag_is_not_assigned(raised):
    flag = flag_of(raised)
    with as_owner():
        Flag.objects.filter(pk=flag.pk).update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="For the test.", owner=None
        )
    page = signed_in(raised.ann).post(url(flag, "assign/"), follow=True)
    assert "closed meanwhile" in words(page)
    assert "Closed 22-Nov-2026 09:05: For the test." in words(page)
    with as_actor(raised.ann, raised.alder):
        assert Flag.objects.get(pk=flag.pk).owner_id is None


def test_a_call_is_logged_with_or_without_words(raised):
    flag = flag_of(raised)
    ann = signed_in(raised.ann)
    assert "Called, no answer" in words(ann.post(url(flag, "call/"), {"text": ""}, follow=True))
    said = words(ann.post(url(flag, "call/"), {"text": "Slept well, will come"}, follow=True))
    assert "Called Slept well, will come" in said


def test_a_novel_is_refused_in_words_and_kept_in_the_box(raised):
    flag = flag_of(raised)
    page = signed_in(raised.ann).post(url(flag, "call/"), {"text": "a" * 501})
    assert page.status_code == 422
    assert "Write at most 500 characters. You wrote 501." in words(page)
    assert "a" * 501 in page.text
    with as_actor(raised.ann, raised.alder):
        assert not FlagNote.objects.filter(flag=flag).exists()


@pytest.mark.parametrize(
    ("sent_from", "leads_to"),
    [
        ("/worklist/?severity=1", "/worklist/?severity=1"),
        ("https://elsewhere.example/worklist/", "/worklist/"),
        ("//elsewhere.example/", None),
        ("https://elsewhere.example/", None),
        ("javascript:alert(1)", None),
        ("/patients/", None),
        ("", None),
    ],
)
def test_the_way_back_stays_with_us(raised, sent_from, leads_to):
    flag = flag_of(raised)
    page = signed_in(raised.ann).post(url(flag, "call/"), {"text": "", "next": sent_from})
    assert page.headers["Location"] == (leads_to or url(flag))


def test_the_way_back_leads_to_the_chart_of_this_patient_and_of_no_other(raised):
    flag = flag_of(raised)
    ann = signed_in(raised.ann)
    for patient, leads in ((raised.alder, True), (raised.aspen, False)):
        chart = f"/patients/{patient.pk}/"
        page = ann.post(url(flag, "call/"), {"text": ""}, headers={"referer": f"http://testserver{chart}"})
        assert (page.headers["Location"] == chart) is leads


@pytest.mark.bar("B-01")
def test_a_flag_is_found_under_its_own_patient_only(raised):
    flag = flag_of(raised)
    other = f"/patients/{raised.aspen.pk}/flags/{flag.pk}/"
    ann = signed_in(raised.ann)
    assert ann.get(other).status_code == 404
    assert ann.post(f"{other}assign/").status_code == 404
    assert signed_in(raised.dan).get(url(flag)).status_code == 404


def test_the_selector_itself_finds_a_flag_under_its_own_patient_only(raised):
    flag = flag_of(raised)
    with as_actor(raised.ann):  # no page about one patient, so that row-level security lets both be seen
        assert selector.find(raised.alder, flag.pk) == flag
        assert selector.find(raised.aspen, flag.pk) is None


def test_act_now_flags_offer_the_phone_number_of_the_patient(raised):
    flag = flag_of(raised, urgency=1)
    assert "tel:" not in signed_in(raised.ann).get(url(flag)).text
    with as_owner():
        raised.alder.phone = "555 0142"
        raised.alder.save(update_fields=["phone"])
    assert 'href="tel:5550142"' in signed_in(raised.ann).get(url(flag)).text
