"""Past changes and restarts on their pages: what is shown is what will be written, over all plans."""

from datetime import timedelta
from typing import Any

import pytest

from tests import world as w
from tests.titration.services.test_past_changes import begun  # noqa: F401  a fixture
from tests.titration.views.ordering import TODAY, checked, parts, record_of, save, send, signed_in, text_of, typed, url

pytestmark = pytest.mark.usefixtures("frozen")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def rows_of(page: Any) -> dict[str, str]:
    return {row.label: plain(row.value) for row in page.context["rows"]}


def test_the_check_page_says_what_stood_for_those_days_and_what_stands_after_them(begun: Any) -> None:  # noqa: F811
    w.change(begun, begun.alder, by=begun.ann, mg="10", days_ago=4)
    client = signed_in(begun.ann)
    fields = typed(on=TODAY - timedelta(days=6), dose="7.5", **parts("last_day", TODAY - timedelta(days=3)))
    page = send(client, "steps:past", begun.alder, fields)
    rows = rows_of(page)
    assert rows["Recorded for these days until now"] == (
        "15 mg a day, 16-Nov-2026 to 17-Nov-2026\n30 mg a day, 18-Nov-2026 to 19-Nov-2026"
    )
    assert rows["From 20-Nov-2026 on, as recorded"].startswith("30 mg a day")
    assert rows["Last day"] == "Thu 19-Nov-2026"
    assert "Replaces" not in rows


def test_days_without_baclofen_ask_for_no_product_and_no_dose(begun: Any) -> None:  # noqa: F811
    client = signed_in(begun.ann)
    fields = {"frequency": "none", "reason": "Ran out", **parts("starts_on", TODAY - timedelta(days=4))}
    token = checked(client, begun.alder, fields, "steps:past")
    answer = save(client, begun.alder, token)
    assert answer.status_code == 302
    record = record_of(begun, begun.alder)
    assert record.step_on(TODAY - timedelta(days=1)).kind == "stop"
    assert record.current_step.daily_mg == 15
    chart = plain(text_of(client.get(url("patients:chart", begun.alder))))
    assert "No baclofen was taken from 18-Nov-2026 to 21-Nov-2026" in chart
    assert "recorded until then: 15 mg a day" in chart


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"product": ""}, "Choose the product."),
        ({"frequency": ""}, "Choose how often the dose is taken."),
        ({"dose": "400"}, "add up to 1,200 mg"),
    ],
)
def test_what_is_missing_or_cannot_be_kept_is_asked_again(begun: Any, fields: dict[str, str], says: str) -> None:  # noqa: F811
    answer = send(signed_in(begun.ann), "steps:past", begun.alder, typed(on=TODAY - timedelta(days=3), **fields))
    assert answer.status_code == 422
    assert says in plain(text_of(answer))


def test_the_past_of_an_ended_plan_is_recorded_from_its_chart(begun: Any) -> None:  # noqa: F811
    w.change(begun, begun.alder, by=begun.ann, mg="2.5", days_ago=12)
    w.stop(begun, begun.alder, by=begun.ann, days_ago=5)
    client = signed_in(begun.ann)
    assert url("steps:past", begun.alder) in text_of(client.get(url("patients:chart", begun.alder)))
    token = checked(client, begun.alder, typed(on=TODAY - timedelta(days=9), dose="5"), "steps:past")
    assert save(client, begun.alder, token).status_code == 302
    assert record_of(begun, begun.alder).step_on(TODAY - timedelta(days=7)).daily_mg == 15
    late = send(client, "steps:past", begun.alder, typed(on=TODAY - timedelta(days=4), dose="5"))
    assert late.status_code == 422
    assert "This plan ended" in text_of(late)


def test_a_volume_that_contradicts_the_dose_is_an_error_of_its_box(begun: Any) -> None:  # noqa: F811
    fields = typed(on=TODAY - timedelta(days=3), dose="5", product="liquid_2", volume_ml="10")
    answer = send(signed_in(begun.ann), "steps:past", begun.alder, fields)
    assert answer.status_code == 422
    assert "UNIT-4" in " ".join(answer.context["form"].errors["volume_ml"])
    whole = typed(on=TODAY - timedelta(days=3), dose="5", product="liquid_2", volume_ml="2.5")
    assert send(signed_in(begun.ann), "steps:past", begun.alder, whole).status_code == 200


@pytest.fixture
def stopped(begun: Any) -> Any:  # noqa: F811
    """15, then 7.5 mg a day, stopped five days ago because it did not help."""
    w.change(begun, begun.alder, by=begun.ann, mg="2.5", days_ago=12)
    w.stop(begun, begun.alder, by=begun.ann, days_ago=5)
    return begun


def test_a_restart_shows_the_end_of_the_last_plan_and_does_not_ask_what_is_known(stopped: Any) -> None:
    client = signed_in(stopped.ann)
    page = plain(text_of(client.get(url("plans:start", stopped.alder))))
    assert "17-Nov-2026 was the first day without it, by Ann." in page
    assert "Reason: It does not help." in page
    assert "The last dose was 7.5 mg a day." in page
    assert 'name="taken_before"' not in page
    answer = send(client, "plans:start", stopped.alder, typed(dose="5", taken_before="no"))
    assert rows_of(answer)["Has taken baclofen before"] == "Yes, in an earlier plan"
    assert save(client, stopped.alder, answer.context["token"]).status_code == 302
    record = record_of(stopped, stopped.alder)
    assert (record.current_step.kind, record.plan.taken_before) == ("restart", "yes")


def test_the_chart_and_its_history_tell_of_every_plan(stopped: Any) -> None:
    client = signed_in(stopped.ann)
    save(client, stopped.alder, checked(client, stopped.alder, typed(dose="5"), "plans:start"))
    page = client.get(url("patients:chart", stopped.alder))
    shown = page.context["page"]
    assert [plain(one.what) for one in shown.history] == [
        "Restarted: 15 mg a day from 22-Nov-2026",
        "Stopped: no baclofen from 17-Nov-2026",
        "7.5 mg a day from 10-Nov-2026",
        "Started: 15 mg a day from 23-Oct-2026",
    ]
    table = [plain(" ".join(row)) for row in shown.chart.tables[0].rows]
    assert [row.split(" ")[0] for row in table] == ["22-Nov-2026", "17-Nov-2026", "10-Nov-2026", "23-Oct-2026"]
    assert "17-Nov-2026 21-Nov-2026" in table[1]
    first = shown.history[-1].url
    assert client.get(first).status_code == 200
    assert client.get(url("patients:summary", stopped.alder)).status_code == 200
