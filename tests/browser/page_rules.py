"""The rules that hold on every page in every state; each test names every page that breaks its rule."""

from typing import Any

import pytest

from tests.browser.sweeping import Seen, nobody_complains, unlike

HTMX = (
    '{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,'
    '"historyCacheSize":0}'
)
STAFF_DATE, STAFF_TIME = r"([A-Z][a-z]{2} )?\d{2}-[A-Z][a-z]{2}-\d{4}", r"([01]\d|2[0-3]):[0-5]\d"
OWN_DATE, OWN_TIME = r"([A-Z][a-z]+ )?\d{1,2} [A-Z][a-z]+( \d{4})?", r"\d{1,2}(:\d{2})?(am|pm)|midday|midnight"
PHRASES = r"Act now|This week|For information"
ERRORS = (200, 302, 400, 403, 404, 409, 422, 500)


class PageRules:
    """For one size of the window; ``seen`` is every page as it was seen at that size."""

    def test_every_state_comes_about(self, seen: list[Seen]) -> None:
        failed = "\n".join(f"{one.where}: {one.failure}" for one in seen if one.failure)
        assert not failed, failed
        nobody_complains(seen, lambda one: [] if one.status in ERRORS else f"status {one.status}")

    @pytest.mark.ui("UI-46")
    def test_a_state_is_answered_with_its_status(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> Any:
            expected = {"error": (422, 500, 200)}.get(one.state.rpartition(" ")[2], (200,))
            if one.name == "refusal":
                expected = (404, 403)
            return [] if one.status in expected else f"status {one.status}"

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-67")
    def test_axe_finds_nothing(self, seen: list[Seen]) -> None:
        nobody_complains(seen, lambda one: one.report["axe"])

    @pytest.mark.ui("UI-68")
    def test_the_policy_of_the_page_forbids_nothing_that_it_does(self, seen: list[Seen]) -> None:
        nobody_complains(seen, lambda one: one.report["violations"])

    @pytest.mark.ui("UI-69")
    def test_no_page_scrolls_sideways(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> Any:
            report = one.report
            if report["overflow"] > 0:
                return f"{report['overflow']} px too wide: {'; '.join(report['wider'])}"
            return f"{report['zoomed']} px too wide at 400 %" if report.get("zoomed", 0) > 0 else []

        nobody_complains(seen, judge)

    def test_pages_of_patients_do_not_scroll_sideways_with_letters_twice_as_large(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> Any:
            patients = one.name.startswith(("own:", "learn:", "account_")) or one.name == "help"
            wide = one.report.get("enlarged", 0) if patients and one.name != "learn:handout" else 0  # paper
            return f"{wide} px too wide at 200 % text" if wide > 0 else []

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-70")
    def test_targets_are_large_enough(self, seen: list[Seen]) -> None:
        nobody_complains(seen, lambda one: one.report["small"])

    @pytest.mark.ui("UI-73")
    def test_each_page_has_its_frame(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            report, wrong = one.report, []
            if len(report["h1"]) != 1 or not report["h1"][0]:
                wrong.append(f"h1: {report['h1']}")
            if report["mains"] != 1:
                wrong.append(f"{report['mains']} main elements")
            if report["lang"] != "en":
                wrong.append(f"lang {report['lang']!r}")
            if report["skip"] != "#main":
                wrong.append(f"skip link to {report['skip']!r}")
            if len(report["primary"]) > 1:
                wrong.append(f"primary buttons: {report['primary']}")
            return wrong + [f"id {one} twice" for one in report["duplicateIds"]]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-75")
    def test_everything_comes_from_the_portal_itself(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            wrong = [f"asked for {url}" for url in one.foreign]
            if one.report["htmx"] != HTMX:
                wrong.append(f"htmx-config is {one.report['htmx']!r}")
            wrong += [f"script {src}" for src in one.report["scripts"] if src == "inline" or "bootstrap" in src]
            return wrong + [f"style in the page: {what}" for what in one.report["styles"]]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-5")
    def test_no_dose_date_or_time_is_broken_over_lines(self, seen: list[Seen]) -> None:
        nobody_complains(seen, lambda one: one.report["broken"])

    @pytest.mark.ui("UI-6")
    def test_the_name_of_the_medicine_is_never_cut(self, seen: list[Seen]) -> None:
        nobody_complains(seen, lambda one: one.report["cutDrugs"])

    @pytest.mark.ui("UI-10")
    @pytest.mark.ui("UI-11")
    def test_dates_and_times_are_written_in_one_way(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            dates, times = (
                (OWN_DATE, OWN_TIME) if one.name.startswith(("own:", "learn:", "ways")) else (STAFF_DATE, STAFF_TIME)
            )
            return [
                *unlike(dates, one.report["dates"]),
                *unlike(times, one.report["times"]),
                *([] if one.state == "error" and one.name == "patients:list" else one.report["slashed"]),
            ]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-12")
    def test_what_is_missing_is_said_in_words(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            report = one.report
            return [
                *(f"empty cell in {row}" for row in report["emptyCells"]),
                *(f"reads None: {what}" for what in report["nothings"]),
                *(f"shows {what}" for what in report["leaks"]),
                *(f"table without caption: {what}" for what in report["noCaption"]),
            ]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-13")
    def test_no_box_turns_a_dose_by_itself(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            return one.report["numberInputs"] + one.report["doseModes"] + one.report["wholeModes"]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-18")
    @pytest.mark.ui("UI-19")
    def test_hints_come_first_and_are_there(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            report = one.report
            return [
                *(f"hint after its box: {what}" for what in report["hintsAfter"]),
                *(f"label with a star: {what}" for what in report["stars"]),
                *(f"points nowhere: {what}" for what in report["lostDescriptions"]),
            ]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-40")
    def test_severity_has_three_phrases(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            return unlike(PHRASES, one.report["severities"]) + one.report["priority"]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-53")
    @pytest.mark.ui("UI-54")
    def test_the_banner_stands_on_pages_about_one_patient_and_on_no_other(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            banners = one.report["banners"]
            if len(banners) != (1 if one.page.single else 0):
                return [f"{len(banners)} banners"]
            wrong = unlike(r".+ Born .+ Sex .+ ID .+", banners)
            if one.report["bannerImages"]:
                wrong.append("an image in the banner")
            return wrong if one.report["bannerFirst"] else [*wrong, "the banner comes after the page"]

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-58")
    @pytest.mark.ui("UI-60")
    @pytest.mark.ui("UI-61")
    def test_the_chart_can_be_read(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            unnamed = one.report["unnamedCharts"]
            return one.report["chartFaults"] + ([f"{unnamed} drawings without title or description"] if unnamed else [])

        nobody_complains(seen, judge)

    @pytest.mark.ui("UI-59")
    @pytest.mark.ui("UI-64")
    @pytest.mark.ui("UI-66")
    def test_the_chart_draws_what_is_known_and_nothing_else(self, seen: list[Seen]) -> None:
        def judge(one: Seen) -> list[str]:
            report = one.report
            return [
                *(f"a sloping dose line: {path}" for path in report["slopes"]),
                *report["svgFaults"],
                *report["flatMarks"],
                *(f"one line for two series: {css}" for css in report["mixedSeries"]),
            ]

        nobody_complains(seen, judge)
