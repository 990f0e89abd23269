"""A clinical approval clears the marks that its reviewer was shown, and no other."""

import re

import pytest

from education.models import ReviewMark
from tests.education.making import SOURCE, TODAY, make_page

pytestmark = pytest.mark.django_db


def mark(page, about=SOURCE, because="The label says less than it did."):
    return ReviewMark.objects.create(
        page=page, kind="source", about=about, because=because, raised_at=f"{TODAY}T00:00:00Z"
    )


def still_open():
    return set(ReviewMark.objects.filter(cleared_at=None).values_list("about", flat=True))


def test_who_decides_reads_why_the_page_is_marked(house):
    house.send("ann")
    text = house.client("ed").get(house.decision_url()).content.decode()
    assert "It is not marked." in text
    one = mark(house.page)
    text = house.client("ed").get(house.decision_url()).content.decode()
    assert "A source was withdrawn (a-label). The label says less than it did." in " ".join(text.split())
    assert re.findall(r'name="marks" value="(\d+)"', text) == [str(one.pk)]
    assert "Your approval clears" not in text
    house.decide("ed")
    assert "Your approval clears these marks." in house.client("rae").get(house.decision_url()).content.decode()


def test_only_the_clinical_approval_clears_them_and_only_those_it_was_shown(house):
    other = mark(make_page(slug="other", title="Other"), about="elsewhere")
    seen = mark(house.page)
    house.send("ann")
    house.decide("ed")
    assert still_open() == {SOURCE, "elsewhere"}
    token, marks = house.shown("rae")
    assert marks == [seen.pk]
    mark(house.page, about="raised-since")
    assert house.decide("rae", opened=token, marks=[*marks, other.pk]).status_code == 302
    assert still_open() == {"raised-since", "elsewhere"}
    seen.refresh_from_db()
    assert seen.cleared_by == house.rae
