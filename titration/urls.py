"""The URLs of the clinic's work. Who may ask for each is written in the access registry, never in a view."""

from django.urls import include, path

from titration.views import (
    access,
    calendars,
    checks,
    doses,
    facts,
    flag_closing,
    flags,
    kidneys,
    ledger,
    patients,
    plans,
    reports,
    restart,
    sheets,
    steps,
    tapers,
    worklist,
)
from titration.views.own import access as own_access
from titration.views.own import call_me, feel, looked, me, papers, schedule, today

patient = [
    path("", patients.chart, name="chart"),
    path("summary/", patients.summary, name="summary"),
    path("facts/", facts.fact_list, name="facts"),
    path("facts/add/<slug:kind>/", facts.fact_add, name="fact_add"),
    path("facts/<uuid:fact_id>/correct/", facts.fact_correct, name="fact_correct"),
    path("access/", access.access, name="access"),
    path("access/invite/", access.invite, name="invite"),
    path("access/invitations/<uuid:invitation_id>/end/", access.invite_end, name="invite_end"),
    path("access/<uuid:relation_id>/end/", access.access_end, name="access_end"),
]
kidney = [
    path("kidney/", kidneys.result_list, name="list"),
    path("kidney/add/", kidneys.result_add, name="add"),
    path("kidney/<uuid:result_id>/correct/", kidneys.result_correct, name="correct"),
    path("kidney/held/<uuid:held_id>/", kidneys.held, name="quarantine"),
]
plan = [
    path("plan/start/", plans.start, name="start"),
    path("plan/stop/", plans.stop, name="stop"),
    path("plan/taper/", tapers.taper, name="taper"),
    path("plan/calendar/", calendars.calendar, name="calendar"),
    path("plan/sheet/", sheets.sheet, name="sheet"),
    path("plan/sheet/file/", sheets.sheet_file, name="sheet_file"),
    path("plan/card/", sheets.card, name="card"),
    path("plan/card/file/", sheets.card_file, name="card_file"),
    path("plan/restart/", restart.restart, name="restart"),
    path("plan/next-decision/", plans.next_decision, name="next_decision"),
]
step = [
    path("steps/add/", steps.add, name="add"),
    path("steps/live/", steps.live, name="live"),
    path("steps/check/", checks.check, name="check"),
    path("steps/past/", steps.past, name="past"),
    path("steps/<uuid:step_id>/", steps.detail, name="detail"),
]
dose = [
    path("doses/", doses.dose_list, name="list"),
    path("doses/call/", doses.call, name="call"),
    path("doses/tracking/", doses.tracking, name="tracking"),
    path("doses/silence/", doses.silence, name="silence"),
    path("doses/supply/", doses.issue, name="issue"),
    path("doses/silence/<uuid:silence_id>/end/", doses.silence_end, name="silence_end"),
    path("doses/supply/<uuid:issue_id>/withdraw/", doses.issue_withdraw, name="issue_withdraw"),
    path("doses/<str:day>/<int:position>/", doses.dose, name="record"),
]
report = [
    path("reports/", reports.report_list, name="list"),
    path("reports/add/", reports.report_add, name="add"),
]
flag = [
    path("flags/<uuid:flag_id>/", flags.detail, name="detail"),
    path("flags/<uuid:flag_id>/assign/", flags.assign, name="assign"),
    path("flags/<uuid:flag_id>/call/", flags.call, name="call"),
    path("flags/<uuid:flag_id>/seen/", flags.acknowledge, name="acknowledge"),
    path("flags/<uuid:flag_id>/act/", flags.act, name="act"),
    path("flags/<uuid:flag_id>/snooze/", flags.snooze, name="snooze"),
    path("flags/<uuid:flag_id>/close/", flag_closing.close, name="close"),
    path("flags/<uuid:flag_id>/close/check/", flag_closing.close_check, name="close_check"),
]

# The pages of patients and carers. Their addresses say nothing of what they are about.
own = [
    path("", today.today, name="today"),
    path("now/", today.fresh, name="fresh"),
    path("doses/<str:day>/<int:position>/", today.dose, name="dose"),
    path("doses/<str:day>/<int:position>/tick/", today.tick, name="tick"),
    path("plan/", schedule.schedule, name="schedule"),
    path("plan/<uuid:step_id>/", schedule.change, name="change"),
    path("dose/", schedule.my_dose, name="my_dose"),
    path("paper/", papers.sheet, name="sheet"),
    path("paper/file/", papers.sheet_file, name="sheet_file"),
    path("card/", papers.card, name="card"),
    path("card/file/", papers.card_file, name="card_file"),
    path("about/", me.me, name="me"),
    path("feel/", feel.feel, name="feel"),
    path("call-me/", call_me.call_me, name="call_me"),
    path("looked/", looked.looked, name="looked"),
    path("about/people/", own_access.access, name="access"),
    path("about/people/<uuid:relation_id>/end/", own_access.access_end, name="access_end"),
]

ONE_PATIENT = "patients/<uuid:patient_id>/"
OWN = "me/<uuid:patient_id>/"

# The project includes these, and adds to them pages of its own.
own_urlpatterns = [path("me/", me.people, name="people"), path(OWN, include(own))]

urlpatterns = [
    path("worklist/", worklist.worklist, name="worklist"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/file/", ledger.ledger_file, name="ledger_file"),
    path(
        "",
        include(
            (
                [path("patients/", patients.patient_list, name="list"), path(ONE_PATIENT, include(patient))],
                "patients",
            )
        ),
    ),
    path(
        "",
        include(([path("kidney-checks/", kidneys.due, name="due"), path(ONE_PATIENT, include(kidney))], "kidney")),
    ),
    path(ONE_PATIENT, include((plan, "plans"))),
    path(ONE_PATIENT, include((step, "steps"))),
    path(ONE_PATIENT, include((dose, "doses"))),
    path(ONE_PATIENT, include((report, "reports"))),
    path(ONE_PATIENT, include((flag, "flags"))),
]
