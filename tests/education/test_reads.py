"""Which pages count as read: what was read against the version that is live."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from education.presenters.reads import ReadState, read_lines, read_state

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Read:
    slug: str
    revision: int
    days: int = 0

    @property
    def on(self) -> date:
        return TODAY - timedelta(days=self.days)


def version(slug: str = "stopping", revision: int | None = 7, *, safety: bool = True) -> dict[str, Any]:
    return {"slug": slug, "title": slug.capitalize(), "safety_critical": safety, "live_revision_id": revision}


def test_what_nobody_read_is_not_read():
    assert read_state(version(), [Read("kidneys", 7)]) == ReadState()
    assert not ReadState().is_read


@pytest.mark.parametrize("safety", [True, False])
def test_the_version_that_is_live_is_read(safety: bool):
    state = read_state(version(safety=safety), [Read("stopping", 7, days=3)])
    assert (state.is_read, state.changed, state.days) == (True, False, 3)


def test_another_version_of_a_page_about_safety_is_not():
    state = read_state(version(), [Read("stopping", 6, days=9), Read("stopping", 5, days=20)])
    assert (state.is_read, state.changed, state.days) == (False, True, 9)


def test_another_version_of_any_other_page_is_enough():
    assert read_state(version(safety=False), [Read("stopping", 6)]).is_read


def test_the_day_is_that_of_the_live_version():
    """An older version cannot be read after a newer one, but one that is restored is a newer one of the same words."""
    assert read_state(version(), [Read("stopping", 7, days=4), Read("stopping", 9, days=1)]).days == 4


def test_a_page_without_a_version_was_never_confirmed():
    assert read_state(version(revision=None), [Read("stopping", 7)]).changed


def test_each_page_stands_in_one_list_in_the_order_in_which_editors_keep_them():
    versions = [version("a"), version("b"), version("c"), version("d", safety=False), version("e")]
    lines = read_lines(versions, [Read("e", 7), Read("a", 7), Read("b", 6), Read("gone", 7)], "US")
    names = [[one.title for one in row] for row in (lines.read, lines.changed, lines.unread_safety, lines.unread)]
    assert names == [["A", "E"], ["B"], ["C"], ["D"]]
    assert lines.read[0].url == "/learn/us/a/"
