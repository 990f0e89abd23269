"""Days, times and doses as patients read them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from titration.dosing.doses import format_dose
from titration.dosing.products import Quantity
from titration.dosing.wording import patient_date, patient_time
from titration.models import Step
from titration.presenters.preview import WEEKDAYS, each_words, part_of_day
from titration.selectors.own import OwnPlan
from titration.selectors.rows import SlotRow


def full_day(day: date) -> str:
    """``Sunday 22 November 2026``."""
    return f"{WEEKDAYS[day.weekday()]} {patient_date(day)}"


def title_of(at: time) -> str:
    """``Morning, 8am``; noon is ``Midday``."""
    part = part_of_day(at)
    return f"{part.capitalize()}, {patient_time(at)}" if part else patient_time(at).capitalize()


def clock(at: datetime, zone: str) -> str:
    """An instant on the patient's own clock: ``8:05am``."""
    return patient_time(at.astimezone(ZoneInfo(zone)).time())


def capital(words: str) -> str:
    """The same words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def take_words(own: OwnPlan, step: Step, row: SlotRow) -> str:
    """One dose in tablets or mL with its mg beside: ``One 10 mg tablet (10 mg)``."""
    product = own.product_of(step)
    if product is None:
        return format_dose(row.amount)
    return capital(each_words(Quantity(product=product, tablets=row.tablets, ml=row.volume_ml)))


def take_words_on(own: OwnPlan, day: date, place: int) -> str:
    """The dose in one place of a local day that a signed step covers."""
    step = own.step_on(day)
    assert step is not None
    return take_words(own, step, step.slot_rows[place])
