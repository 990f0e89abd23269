"""What became of the flags of each rule, over the patients of a reader: which rule is acted on, and which cries wolf."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q

from titration.models import ClosedCode, Flag, FlagStatus, Override


class Median(Aggregate):
    """The median of a duration; unknown ones are left out, and none at all has none."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """Counts of the flags that one rule raised. ``overridden`` counts orders signed in spite of the rule.

    ``acted_on`` leaves out what was closed as wrong data or as not applicable, although that is a first action as well.
    ``first_action`` is the median time from raising to the first action, None when nobody has acted on any.
    """

    rule_id: str
    raised: int = 0
    open: int = 0
    acted_on: int = 0
    escalated: int = 0
    snoozed: int = 0
    data_error: int = 0
    not_applicable: int = 0
    closed_by_rule: int = 0
    overridden: int = 0
    first_action: timedelta | None = None


def rows(person: Any, *, since: datetime) -> tuple[LedgerRow, ...]:
    """One row a rule that raised a flag or was overridden since an instant, most flags first; two statements."""
    mistaken = Q(closed_code__in=(ClosedCode.DATA_ERROR, ClosedCode.NOT_APPLICABLE))
    raised = (
        Flag.objects.visible_to(person)
        .filter(opened_at__gte=since)
        .order_by()
        .values("rule_id")
        .annotate(
            c_raised=Count("pk"),
            c_open=Count("pk", filter=Q(status=FlagStatus.OPEN)),
            c_acted_on=Count("pk", filter=Q(acted_at__isnull=False) & ~mistaken),
            c_escalated=Count("pk", filter=Q(escalated_at__isnull=False)),
            c_snoozed=Count("pk", filter=Q(snoozed_until__isnull=False)),
            c_data_error=Count("pk", filter=Q(closed_code=ClosedCode.DATA_ERROR)),
            c_not_applicable=Count("pk", filter=Q(closed_code=ClosedCode.NOT_APPLICABLE)),
            c_closed_by_rule=Count("pk", filter=Q(closed_code=ClosedCode.BY_RULE)),
            c_first_action=Median(ExpressionWrapper(F("acted_at") - F("opened_at"), output_field=DurationField())),
        )
    )
    overridden = dict(
        Override.objects.visible_to(person)
        .filter(recorded_at__gte=since)
        .order_by()
        .values("rule_id")
        .annotate(orders=Count("step", distinct=True))
        .values_list("rule_id", "orders")
    )
    found = [
        LedgerRow(
            overridden=overridden.pop(one["rule_id"], 0),
            **{name.removeprefix("c_"): value for name, value in one.items()},
        )
        for one in raised
    ]
    found += [LedgerRow(rule_id=rule_id, overridden=orders) for rule_id, orders in overridden.items()]
    return tuple(sorted(found, key=lambda one: (-one.raised, -one.overridden, one.rule_id)))
