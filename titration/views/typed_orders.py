"""Orders that were typed and not saved yet, kept in the sign-in so that "Change" opens the form as it was."""

import uuid
from typing import Any

from django.http import HttpRequest

from titration.dosing.bedtime import larger_at_bedtime
from titration.dosing.doses import format_dose
from titration.dosing.wording import format_time
from titration.forms import tokens
from titration.forms.slots import Slots, slots_as_text
from titration.forms.steps import StepForm, date_parts

_TYPED = "typed_orders"
_KEPT = 5


def remember(request: HttpRequest, key: uuid.UUID, token: str) -> None:
    """Keep the last few orders of this sign-in by their key, so that "Change" opens the form as it was typed."""
    kept = dict(request.session.get(_TYPED, {}))
    kept[str(key)] = token
    request.session[_TYPED] = dict(list(kept.items())[-_KEPT:])


def remembered(request: HttpRequest, purpose: str) -> dict[str, str]:
    """The fields of the order that ``?repeat=`` names, when it is about this patient and by this person."""
    token = request.session.get(_TYPED, {}).get(request.GET.get("repeat", ""), "")
    try:
        order = tokens.read(token, patient=request.subject, user=request.user)
    except tokens.TokenRefused:
        return {}
    return dict(order.fields) if order.purpose == purpose else {}


def drafted(request: HttpRequest, record: Any, form: StepForm) -> dict[str, str]:
    """The fields of the draft that ``?from_draft=`` names; a first day that has passed is left for the prescriber."""
    wanted = request.GET.get("from_draft", "")
    draft = next((one for one in record.drafts if str(one.pk) == wanted), None)
    if draft is None:
        return {}
    slots = _slots(draft)
    day = draft.first_day if draft.first_day >= record.today else None
    return {"product": draft.product_id, **slots_as_text(slots, form.current_times), **date_parts("starts_on", day)}


def moved(request: HttpRequest, record: Any, form: StepForm) -> tuple[dict[str, str], str]:
    """The fields of the dose in force with the largest dose at bedtime, for ``?move=bedtime``, and what they are in words.

    Neither when it is not asked for, or nothing can be moved. The day and the reason are left for the prescriber.
    """
    step = record.current_step if request.GET.get("move") == "bedtime" else None
    slots = None if step is None else larger_at_bedtime(_slots(step))
    if slots is None:
        return {}, ""
    at, amount = slots[-1]
    said = (
        f"Filled in from the dose in force, because of drowsiness: the same product, times and total a day, with the "
        f"largest dose, {format_dose(amount)}, at {format_time(at)}. Nothing is signed. Look at each dose, choose the "
        "start date and write the reason."
    )
    return {"product": step.product_id, **slots_as_text(slots, form.current_times)}, said


def _slots(step: Any) -> Slots:
    return tuple((row.at, row.amount) for row in step.slot_rows)
