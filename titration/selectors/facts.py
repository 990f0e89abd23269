"""The only bridge from rows to the core: rows of one plan in, the facts that every rule is judged on out."""

from collections.abc import Iterable
from datetime import date, datetime

from titration.dosing import facts as core
from titration.dosing.code_lists import TOXIC
from titration.dosing.intake import Intake
from titration.dosing.products import LIQUID
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import local_date
from titration.models import FactKind, KidneyResult, Patient, PatientFact, Plan, Step, StepState
from titration.selectors import rows

YES, NO = "yes", "no"
ANSWERS = {YES: True, NO: False}


def facts_from_rows(
    *,
    patient: Patient,
    plan: Plan | None,
    steps: Iterable[Step],
    earlier: Iterable[Step],
    results: Iterable[KidneyResult],
    facts: Iterable[PatientFact],
    protocol: Protocol,
    as_of: datetime,
    intake: Intake | None,
    order: core.Order | None = None,
    lab_entry: core.LabEntry | None = None,
) -> core.Facts:
    """What the rules may know at ``as_of``; the patient's own time zone says which day that is."""
    today = local_date(as_of, patient.time_zone)
    known = [fact for fact in facts if fact.is_current and fact.on_date <= today]
    benefit = next((fact.answer for fact in known if fact.kind == FactKind.BENEFIT), None)
    return core.Facts(
        as_of=as_of,
        today=today,
        person=_person(patient, known, protocol),
        kidneys=core.Kidneys(
            results=tuple(_result(row) for row in sorted(results, key=_when) if row.is_valid and row.taken_at <= as_of),
            given_estimate=None,
            assume_normal=False,
            single_is_steady=False,
            checks_assumed_current=False,
        ),
        therapy=_therapy(plan, list(steps), list(earlier), today),
        order=order,
        lab_entry=lab_entry,
        intake=intake,
        benefit=None if benefit is None else core.Benefit(benefit),
    )


def _when(row: KidneyResult) -> tuple[datetime, datetime]:
    return row.taken_at, row.recorded_at


def _result(row: KidneyResult) -> core.KidneyResult:
    return core.KidneyResult(
        key=str(row.pk),
        analyte=core.Analyte(row.analyte),
        value=row.value.normalize(),
        unit=core.LabUnit(row.unit),
        comparator=row.comparator,
        taken_at=row.taken_at,
        taken_on=row.taken_on,
    )


def _person(patient: Patient, facts: list[PatientFact], protocol: Protocol) -> core.Person:
    """``facts`` come newest first, so that the first of a kind is what holds now."""
    latest: dict[tuple[str, str], PatientFact] = {}
    for fact in facts:
        latest.setdefault((fact.kind, fact.code), fact)

    def measured(kind: FactKind) -> core.Measured | None:
        fact = latest.get((kind, ""))
        return None if fact is None else core.Measured(value=fact.number, on=fact.on_date)

    def answered(kind: FactKind) -> bool | None:
        fact = latest.get((kind, ""))
        return None if fact is None else ANSWERS.get(fact.answer)

    def present(kind: FactKind) -> list[PatientFact]:
        return [fact for (of, _), fact in latest.items() if of == kind and fact.answer == YES]

    setting, albumin = latest.get((FactKind.SETTING, "")), latest.get((FactKind.ALBUMINURIA, ""))
    infant = latest.get((FactKind.INFANT_BORN, ""))
    return core.Person(
        birth_date=patient.birth_date,
        sex=core.Sex(patient.sex) if patient.sex else None,
        weight=measured(FactKind.WEIGHT),
        height=measured(FactKind.HEIGHT),
        dialysis=answered(FactKind.DIALYSIS),
        pregnant=answered(FactKind.PREGNANCY),
        breastfeeding=answered(FactKind.BREASTFEEDING),
        infant_born=None if infant is None else infant.on_date,
        setting=core.Setting(setting.answer) if setting else None,
        albuminuria=core.Albuminuria(albumin.answer) if albumin else None,
        past_withdrawal=answered(FactKind.PAST_WITHDRAWAL),
        conditions=frozenset(fact.code for fact in present(FactKind.CONDITION)),
        medicines=tuple(
            core.MedicineFact(code=fact.code, started_on=fact.on_date)
            for fact in sorted(present(FactKind.MEDICINE), key=lambda fact: fact.code)
        ),
        signs=frozenset(fact.code for fact in present(FactKind.SIGN)),
        events=tuple(
            core.EventFact(code=fact.code, on=fact.on_date)
            for fact in facts
            if fact.kind == FactKind.EVENT and fact.answer == YES
        ),
        toxicity_on=_toxicity_on(facts, protocol),
    )


def _toxicity_on(facts: list[PatientFact], protocol: Protocol) -> date | None:
    """The newest day of a toxic sign, gone now or not: a sign that is gone still asks how baclofen is begun again."""
    toxic = protocol.listed(protocol.signs, TOXIC)
    found = (one.on_date for one in facts if one.kind == FactKind.SIGN and one.code in toxic and one.answer == YES)
    return max(found, default=None)


def _therapy(plan: Plan | None, steps: list[Step], earlier: list[Step], today: date) -> core.Therapy:
    signed = rows.in_force(steps)
    drafts = [step for step in steps if step.state == StepState.DRAFT and step.voided_at is None]
    was_taken = any(step.kind != core.StepKind.STOP for step in rows.in_force(earlier))
    now = next((step for step in signed if rows.covers(step, today)), None)
    return core.Therapy(
        steps=tuple(core_step(step) for step in rows.one_after_another(earlier, steps)),
        taken_before=True if was_taken else None if plan is None else ANSWERS.get(plan.taken_before),
        formulation=None if now is None else formulation_of(now),
        planned_unsigned=bool(drafts),
        next_decision_on=None if plan is None else plan.next_decision_on,
    )


def formulation_of(step: Step) -> core.Formulation | None:
    """Tablets or a liquid, as the doses of a stored step are made; None for a stop."""
    if any(row.volume_ml is not None for row in step.slot_rows):
        return core.Formulation.LIQUID
    return core.Formulation.TABLET if any(row.tablets is not None for row in step.slot_rows) else None


def formulation_in(protocol: Protocol, product_code: str) -> core.Formulation | None:
    """Tablets or a liquid, as a product of the protocol is; None for one that it does not list."""
    form = next((one.form for one in protocol.products if one.code == product_code), None)
    return None if form is None else core.Formulation.LIQUID if form == LIQUID else core.Formulation.TABLET


def core_step(step: Step) -> core.Step:
    """A stored step as the core knows it."""
    return core.Step(
        kind=core.StepKind(step.kind),
        starts_on=step.first_day,
        ends_on=step.end_day,
        slots=tuple(core.SlotDose(at=row.at, amount=row.amount) for row in step.slot_rows),
        resumed=step.resumed,
    )
