"""Orders that were typed and not saved yet, kept in the sign-in so that "Change" opens the form as it was."""

import uuid
from typing import Any

from django.http import HttpRequest

from titration.forms import tokens
from titration.forms.slots import slots_as_text
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
    slots = tuple((row.at, row.amount) for row in draft.slot_rows)
    day = draft.first_day if draft.first_day >= record.today else None
    return {"product": draft.product_id, **slots_as_text(slots, form.current_times), **date_parts("starts_on", day)}
