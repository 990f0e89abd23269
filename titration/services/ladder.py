"""The label's ladder as drafts: what the next steps would be, for a prescriber to open and sign one by one."""

from datetime import timedelta
from typing import Any

from titration.dosing.doses import Mg
from titration.dosing.products import CannotBeMade, make
from titration.dosing.rules import About, Severity
from titration.selectors.records import PatientRecord
from titration.services.order_review import product_of
from titration.services.orders import NotPossible


def ladder_steps(record: PatientRecord) -> list[dict[str, Any]]:
    """The rungs above the newest signed dose, in its product, at its times; rungs that cannot be made are left out."""
    if not record.in_force:
        raise NotPossible("A ladder is drafted after the first step is signed.")
    stops = [
        one.rule for one in record.assessment.findings if one.about is About.STANDING and one.severity is Severity.STOP
    ]
    if stops:
        raise NotPossible(
            f"The dose that stands needs a review first ({', '.join(stops)}). No steps above it are drafted."
        )
    newest = record.in_force[-1]
    limits = record.protocol.limits("STEP-6")
    count = limits.count("doses_per_day")
    if len(newest.slot_rows) != count:
        raise NotPossible(f"The ladder has {count} equal doses a day, and this plan has another pattern.")
    product = product_of(record, newest.product_id)
    wait = timedelta(days=limits.count("wait_days"))
    first_day = max(newest.first_day, record.today) + wait
    drafts: list[dict[str, Any]] = []
    for daily in sorted(limits.amounts("ladder_daily_mg")):
        if daily <= newest.daily_mg:
            continue
        amount = Mg(daily / count)
        try:
            quantity = make(amount, product, record.protocol.entry.volume_step_ml)
        except CannotBeMade:
            continue
        drafts.append(
            {
                "first_day": first_day,
                "end_day": first_day + wait,
                "slots": tuple((row.at, amount, quantity) for row in newest.slot_rows),
                "product_code": newest.product_id,
                "reason": "Drafted on the ladder of the label.",
            }
        )
        first_day += wait
    if drafts:
        drafts[-1]["end_day"] = None
    return drafts
