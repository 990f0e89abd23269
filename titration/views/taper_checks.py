"""What the page of a reducing plan shows beside its form: the table, with what the rules and the supply say of it."""

import logging
import uuid
from typing import Any

from titration.dosing.judgement import Judgement
from titration.dosing.stopping_rules import large_cuts
from titration.dosing.supply_left import supply_left, under
from titration.presenters.tapers import taper_table
from titration.services.orders import TaperOrder
from titration.services.plans import NotPossible, assess_order
from titration.services.taper_orders import taper_as_core, taper_steps

logger = logging.getLogger(__name__)


def taper_context(record: Any, form: Any, filled: Any) -> dict[str, Any]:
    """``form`` draws the boxes, ``filled`` holds what was read (None: nothing was typed yet)."""
    if filled is None:
        return {"table": None}
    filled.is_valid()
    review, cuts, left = None, (), None
    if filled.makes_an_order:
        order = TaperOrder(**filled.order_values(uuid.uuid4()))
        try:
            review = assess_order(record, order)
            facts = record.rule_facts(order=taper_as_core(record, order))
            cuts = tuple(one.on for one in large_cuts(Judgement(facts, record.protocol)))
            left = supply_left(under(record.rule_facts(), taper_steps(order)), record.protocol)
        except NotPossible:
            review = None
        except Exception as error:  # noqa: BLE001  the panel beside the table says that the check is not working
            logger.error("The check of a reducing plan failed: %s", type(error).__name__)
    return {"table": taper_table(form, filled, record=record, review=review, large_cuts=cuts, left=left)}
