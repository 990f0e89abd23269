"""A clinic that is closed at weekends, and a patient whose signed plan comes down to a stop."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from .moment import NOW, TODAY


def closed(clinic: Any) -> None:
    """Saturdays, Sundays and Thanksgiving."""
    from tests.titration.services.lab_files import as_job
    from titration.services.closed_days import set_closed_days

    with as_job("closed_days"):
        set_closed_days(clinic=clinic, weekdays=[5, 6], dates=[TODAY + timedelta(days=4)])


def falling(world: Any, patient: Any) -> None:
    """15 mg a day comes down to none in four weeks, as Ann signed it."""
    from tests import world as w
    from tests.database import as_actor
    from titration.dosing.doses import Mg
    from titration.dosing.taper import TaperRow
    from titration.services.orders import Decision, TaperOrder
    from titration.services.tapers import sign_taper

    weeks = (("2.5", "5", "5"), ("2.5", "2.5", "5"), ("2.5", "2.5"), ())
    rows = tuple(
        TaperRow(
            starts_on=TODAY + timedelta(days=2 + 7 * number),
            slots=tuple((at, Mg(Decimal(mg))) for at, mg in zip(w.DAY_PARTS, amounts, strict=False)),
        )
        for number, amounts in enumerate(weeks)
    )
    seen = world.seen_by(world.ann, patient)
    with as_actor(world.ann, patient):
        sign_taper(
            patient=seen,
            order=TaperOrder(
                key=uuid.uuid4(), product_code="tablet_10", rows=rows, reason="No benefit",
                advice="Take the dose of the week before, and call us on the same day.",
            ),
            decision=Decision.none(), expected_version=seen.plans.get(status="active").version, by=world.ann, as_of=NOW,
        )  # fmt: skip
