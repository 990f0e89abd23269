"""The card for the wallet: what a hospital must know of somebody who takes baclofen."""

from dataclasses import dataclass
from typing import Any

from titration.dosing.doses import Mg, format_total
from titration.dosing.products import Quantity, quantity_words
from titration.dosing.wording import patient_date, patient_time
from titration.presenters.dose_line import medication
from titration.presenters.sheet_choice import Choice
from titration.presenters.sheet_head import SheetHead, held, sheet_head


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDose:
    """One dose of every day; ``amount`` is empty for a product that is not listed any more."""

    at: str
    dose: Mg
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """The signed dose of today. ``change`` says when the next one is planned; empty when none is."""

    head: SheetHead
    total: Mg
    since: str
    doses: tuple[CardDose, ...]
    change: str
    paper: str


def card_page(record: Any, choice: Choice) -> CardPage | None:
    """The card of a record; None when no baclofen is to be taken today."""
    if not record.is_on_plan or record.patient.is_deceased:
        return None
    now = medication(record)
    if now.line is None:
        return None
    step = record.current_step
    product = next((one for one in record.protocol.products if one.code == step.product_id), None)
    return CardPage(
        head=sheet_head(record),
        total=now.line.daily,
        since=held(patient_date(now.line.since)),
        doses=tuple(
            CardDose(
                at=patient_time(row.at),
                dose=row.amount,
                amount=""
                if product is None
                else quantity_words(Quantity(product=product, tablets=row.tablets, ml=row.volume_ml)),
            )
            for row in step.slot_rows
        ),
        change=_change(now.next_planned),
        paper=choice.paper,
    )


def _change(planned: Any) -> str:
    if planned is None:
        return ""
    on = held(patient_date(planned.on))
    if planned.daily is None:
        return f"Planned: no baclofen from {on} on."
    return f"Planned: {format_total(planned.daily)} a day from {on} on."
