"""CAU-3 to CAU-20 and CAU-23 to CAU-26: contraindications, cautions, pregnancy, breastfeeding and age.

Judged on an order that starts or raises the dose. Beside a dose that merely stands, or that an order lowers, the same
finding is the context of the dose (``About.CONTEXT``): the safety check shows it, and no flag is raised; but a
contraindication beside a dose that stands is reviewed the same day. CAU-21 and CAU-22 need scores of benefit, which
are not recorded.
"""

from titration.dosing import code_lists as lists
from titration.dosing.context import about, given, words
from titration.dosing.doses import format_number
from titration.dosing.facts import Formulation, Sex
from titration.dosing.judgement import NO_DIALYSIS, NO_PREGNANCY, Judgement
from titration.dosing.kidney import round_half_up
from titration.dosing.rules import About, CannotSay, Said, collect, rule
from titration.dosing.schedule import add_months


def _having(j: Judgement, listed: str, then: str, *, otherwise: About = About.CONTEXT) -> Said | None:
    """What is said of a baclofen dose in a patient with any condition of a list."""
    found = j.having(listed)
    if not found or not given(j).value:
        return None
    return Said(because=f"{words(found)}: {then}", about=about(j, otherwise))


def _starting(j: Judgement, listed: str, then: str) -> Said | None:
    """The same, on a first order only."""
    return _having(j, listed, then) if j.first else None


@rule("CAU-3")
def hypersensitivity(j: Judgement) -> Said | None:
    """Hypersensitivity to baclofen is a contraindication."""
    return _having(j, lists.HYPERSENSITIVITY, "baclofen is contraindicated.", otherwise=About.STANDING)


@rule("CAU-4")
def current_ulcer_uk(j: Judgement) -> Said | None:
    """A current peptic ulcer is a contraindication."""
    return _having(j, lists.CURRENT_ULCER, "baclofen is contraindicated.", otherwise=About.STANDING)


@rule("CAU-5")
def active_ulcer_us(j: Judgement) -> Said | None:
    """An active peptic ulcer is no contraindication in the US, and baclofen is still avoided."""
    return _having(j, lists.CURRENT_ULCER, "avoid baclofen.")


@rule("CAU-6")
def past_ulcer(j: Judgement) -> Said | None:
    """A peptic ulcer in the past asks for caution."""
    return _having(j, lists.PAST_ULCER, "caution.")


@rule("CAU-7")
def epilepsy(j: Judgement) -> Said | None:
    """In epilepsy the control of seizures may become worse; it is no contraindication."""
    return _having(j, lists.EPILEPSY, "seizures may become harder to control; not a contraindication.")


@rule("CAU-8")
def mental_state(j: Judgement) -> Said | None:
    """Psychosis, schizophrenia, mania, depression or a confusional state may become worse."""
    return _having(j, lists.MENTAL_STATE, "may become worse.")


@rule("CAU-9")
def suicide_or_misuse(j: Judgement) -> Said | None:
    """A risk of suicide, misuse or dependence, or an alcohol history, asks to watch closely."""
    return _having(j, lists.SUICIDE_OR_MISUSE, "watch closely.")


@rule("CAU-10")
def stroke_us(j: Judgement) -> Said | None:
    """A new start after a stroke is not recommended in the US: the benefit is not established and baclofen is poorly
    tolerated."""
    return _starting(j, lists.STROKE, "benefit not established, not recommended, poorly tolerated.")


@rule("CAU-11")
def stroke_uk(j: Judgement) -> Said | None:
    """After a stroke baclofen is licensed in the UK, with caution."""
    return _having(j, lists.STROKE, "licensed use, with caution.")


@rule("CAU-12")
def parkinson(j: Judgement) -> Said | None:
    """In Parkinson's disease baclofen is not recommended in the US, and given with caution in the UK."""
    then = {"US": "not recommended.", "UK": "caution."}
    return _having(j, lists.PARKINSON, then[j.protocol.jurisdiction])


@rule("CAU-13")
def cerebral_palsy_us(j: Judgement) -> Said | None:
    """A new start in cerebral palsy is not recommended in the US: the benefit is not established."""
    return _starting(j, lists.CEREBRAL_PALSY, "benefit not established, not recommended.")


@rule("CAU-14")
def rheumatic_spasm(j: Judgement) -> Said | None:
    """Muscle spasm from a rheumatic disorder is not an indication."""
    return _having(j, lists.RHEUMATIC_SPASM, "not an indication for baclofen.")


@rule("CAU-15")
def respiratory(j: Judgement) -> Said | None:
    """Impaired breathing asks for caution."""
    return _having(j, lists.RESPIRATORY, "caution; baclofen can slow the breathing.")


@rule("CAU-16")
def other_cautions(j: Judgement) -> Said | None:
    """Porphyria, hypertension, liver impairment, a hypertonic bladder sphincter, diabetes and spasticity that supports
    posture ask for caution."""
    return _having(j, lists.OTHER_CAUTION, "caution.")


@rule("CAU-17")
def dysreflexia(j: Judgement) -> Said | None:
    """Autonomic dysreflexia asks for caution."""
    return _having(j, lists.DYSREFLEXIA, "caution.")


@rule("CAU-18")
def pregnancy(j: Judgement) -> Said | CannotSay | None:
    """Pregnancy at any stage goes to a clinician: the newborn can have withdrawal, so the dose comes down slowly before
    delivery or the newborn is observed; baclofen never stops suddenly."""
    if not given(j).value:
        return None
    if not j.person.pregnant:
        return CannotSay(because=NO_PREGNANCY) if j.pregnancy_unknown else None
    return Said(
        because="Pregnant: the newborn can have withdrawal. Plan a slow reduction before delivery or observation of the "
        "newborn; no sudden stop.",
        about=about(j),
    )


def _breastfeeding_unknown(j: Judgement) -> CannotSay | None:
    if j.person.sex is Sex.MALE:
        return None
    return CannotSay(because="It is not recorded whether the patient breastfeeds.")


@rule("CAU-19")
def breastfeeding(j: Judgement) -> Said | CannotSay | None:
    """During breastfeeding the infant is watched for drowsiness; the relative infant dose is about 3.6 %."""
    if not given(j).value:
        return None
    if j.person.breastfeeding is None:
        return _breastfeeding_unknown(j)
    if not j.person.breastfeeding or _infant_is_young(j):
        return None
    share = format_number(j.limits("CAU-19").amount("infant_dose_percent"))
    age = " The infant's birth date is not recorded." if j.person.infant_born is None else ""
    return Said(
        because=f"Breastfeeding: watch the infant for drowsiness; relative infant dose about {share} %.{age}",
        about=about(j),
    )


@rule("CAU-20")
def breastfeeding_young_infant(j: Judgement) -> Said | CannotSay | None:
    """While an infant under 2 months is breastfed it is watched closely; CAU-19 is then not raised."""
    if not given(j).value:
        return None
    if j.person.breastfeeding is None:
        return _breastfeeding_unknown(j)
    if not j.person.breastfeeding:
        return None
    if j.person.infant_born is None:
        return CannotSay(because="The birth date of the breastfed infant is not recorded.")
    if not _infant_is_young(j):
        return None
    months = j.limits("CAU-20").count("below_months")
    because = f"Breastfeeding an infant under {months} months: watch the infant closely for drowsiness."
    return Said(because=because, about=about(j))


def _infant_is_young(j: Judgement) -> bool:
    born = j.person.infant_born
    return born is not None and j.facts.today < add_months(born, j.limits("CAU-20").count("below_months"))


@rule("CAU-23")
def counselling(j: Judgement) -> Said | None:
    """At the first order the patient is told about drowsiness, alcohol, driving, and never stopping suddenly."""
    if not j.first:
        return None
    return Said(
        because="First order: tell the patient about drowsiness, alcohol, driving, and not stopping suddenly.",
        about=About.ORDER,
    )


@rule("CAU-24")
def tablets_for_a_small_child(j: Judgement) -> Said | CannotSay | None:
    """Tablets do not suit a child under 33 kg."""
    limits = j.limits("CAU-24")
    applies = j.child_rule(limits)
    if not applies or not given(j).value:
        return None
    if isinstance(applies, CannotSay):
        return applies
    limit, formulation = limits.amount("below_kg"), _formulation(j)
    if formulation is Formulation.LIQUID or (j.kg is not None and j.kg >= limit):
        return None
    if j.kg is None or formulation is None:
        missing = "weight" if j.kg is None else "formulation"
        return CannotSay(because=f"The {missing} is not recorded, so it was not judged whether tablets suit the child.")
    return Said(
        because=f"Tablets at {format_number(j.kg)} kg: they do not suit a child under {format_number(limit)} kg.",
        about=about(j),
    )


def _formulation(j: Judgement) -> Formulation | None:
    """That of the order; without an order, or with one that ends baclofen, that of the dose in force."""
    return j.facts.therapy.formulation if j.order is None or not j.dose.value else j.order.formulation


@rule("CAU-25")
def young_child(j: Judgement) -> Said | CannotSay | None:
    """Use under 12 years is not established."""
    if not given(j).value:
        return None
    if j.age is None:
        return CannotSay(because="The birth date is not recorded, so the rules for children were not judged.")
    limit = j.limits("CAU-25").count("below_years")
    if j.age >= limit:
        return None
    return Said(because=f"Age {j.age}: use under {limit} years is not established.", about=about(j))


@rule("CAU-26")
def low_albumin(j: Judgement) -> Said | CannotSay | None:
    """Low albumin with an estimate below 30 or dialysis adds to the risk of harm to the nervous system."""
    found, lowest = j.having(lists.LOW_ALBUMIN), j.panel.lowest
    if not found or not given(j).value:
        return None
    below = j.limits("CAU-26").amount("below_ml_min")
    is_low = lowest is not None and lowest < below
    if not j.person.dialysis and not is_low:
        if lowest is None:
            return CannotSay(because=f"{words(found)}, and no estimate of kidney function can be made.")
        if j.person.dialysis is None:
            return CannotSay(because=NO_DIALYSIS)
        return None
    shown = "" if lowest is None else format_number(round_half_up(lowest, 1))
    kidneys = "dialysis" if j.person.dialysis else f"an estimate of {shown} mL/min"
    return Said(because=f"{words(found)} with {kidneys}: a higher risk of neurotoxicity.", about=about(j))


RULES = collect(
    (
        hypersensitivity,
        current_ulcer_uk,
        active_ulcer_us,
        past_ulcer,
        epilepsy,
        mental_state,
        suicide_or_misuse,
        stroke_us,
        stroke_uk,
        parkinson,
        cerebral_palsy_us,
        rheumatic_spasm,
        respiratory,
        other_cautions,
        dysreflexia,
        pregnancy,
        breastfeeding,
        breastfeeding_young_infant,
        counselling,
        tablets_for_a_small_child,
        young_child,
        low_albumin,
    )
)
