"""What was handed out for a plan, and when more is coming."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from titration.dosing.products import LIQUID, Product
from titration.dosing.wording import format_date
from titration.models import Plan, SupplyIssue
from titration.models.locks import lock_patient
from titration.services.intake import IntakeRefused, of_plan, stored

# What the form of an issue fills.
_SAID = ("on_date", "product_id", "units", "repeat_on")


@transaction.atomic
def record_issue(
    *, key: uuid.UUID, plan: Plan, on: date, product: Product, units: Decimal, repeat_on: date | None, by: Any,
    as_of: datetime,
) -> SupplyIssue:  # fmt: skip
    """Record an issue of ``units`` tablets or mL of a product. Sent again with the same ``key`` it writes nothing; the same
    issue from another form is refused with IntakeRefused."""
    lock_patient(plan.patient_id)
    total = units * (product.concentration if product.form == LIQUID else product.mg_per_tablet)
    same = SupplyIssue.objects.filter(
        plan=plan.pk, on_date=on, product=product.code, units=units, replaced_by__isnull=True, withdrawn=False
    ).exclude(pk=key)
    if same.exists():
        raise IntakeRefused(
            f"{product.name} × {units:f} handed out on {format_date(on)} is recorded already. Record it once; when it "
            "was handed out twice, record the total as one issue."
        )
    written = SupplyIssue(
        id=key, on_date=on, product_id=product.code, units=units, total_mg=total, repeat_on=repeat_on,
        **of_plan(plan, by=by, as_of=as_of),
    )  # fmt: skip
    return stored(SupplyIssue, written, plan, said=_SAID, by=by, as_of=as_of)  # type: ignore[no-any-return]


@transaction.atomic
def withdraw_issue(*, plan: Plan, issue: uuid.UUID, by: Any, as_of: datetime) -> SupplyIssue:
    """Take back an issue that never was. IntakeRefused when it was taken back already; DoesNotExist when the plan has no
    such issue."""
    lock_patient(plan.patient_id)
    found = SupplyIssue.objects.get(pk=issue, plan=plan.pk)
    if found.withdrawn or SupplyIssue.objects.filter(replaces=found.pk).exists():
        raise IntakeRefused("This issue was taken back already.")
    written = SupplyIssue(
        on_date=found.on_date, product_id=found.product_id, units=found.units, total_mg=found.total_mg,
        repeat_on=found.repeat_on, replaces_id=found.pk, withdrawn=True, **of_plan(plan, by=by, as_of=as_of),
    )  # fmt: skip
    return stored(SupplyIssue, written, plan, said=_SAID, by=by, as_of=as_of)  # type: ignore[no-any-return]
