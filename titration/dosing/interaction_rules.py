"""INT: other medicines beside baclofen.

Judged on an order that starts or raises the dose. Beside a dose that merely stands, or that an order lowers, the same
finding is the context of the dose (``About.CONTEXT``): the safety check shows it, and no flag is raised.
"""

from titration.dosing import code_lists as lists
from titration.dosing.context import about, given, medicines, words
from titration.dosing.doses import format_number
from titration.dosing.judgement import Judgement
from titration.dosing.kidney import round_half_up
from titration.dosing.rules import CannotSay, Said, Severity, collect, rule

# The classes that depress breathing and consciousness together with baclofen (INT-2 to INT-6), in words.
_DEPRESSANTS = {
    lists.OPIOID: "opioid",
    lists.BENZODIAZEPINE: "benzodiazepine or Z-drug",
    lists.GABAPENTINOID: "gabapentinoid",
    lists.MUSCLE_RELAXANT: "muscle relaxant",
    lists.SEDATING: "sedating antihistamine, antipsychotic or barbiturate",
}


def _with(j: Judgement, listed: str, then: str) -> Said | None:
    """What is said of a baclofen dose beside any medicine of a list."""
    taken = medicines(j, listed)
    if not taken or not given(j).value:
        return None
    return Said(because=f"{words(taken)} with baclofen: {then}", about=about(j))


@rule("INT-1")
def alcohol(j: Judgement) -> Said | None:
    """With alcohol baclofen sedates more than can be foreseen: it is avoided, or left until the effect is known."""
    return _with(j, lists.ALCOHOL, "more sedation than can be foreseen; avoid, or wait until the effect is known.")


@rule("INT-2")
def opioid(j: Judgement) -> Said | None:
    """A systemic opioid together with baclofen can depress breathing, sedate deeply, cause fainting and kill; dose and
    duration are limited."""
    return _with(j, lists.OPIOID, "slow breathing, deep sedation, fainting, death; limit dose and duration.")


@rule("INT-3")
def benzodiazepine(j: Judgement) -> Said | None:
    """A benzodiazepine or Z-drug adds to the depression of the nervous system and of breathing."""
    return _with(j, lists.BENZODIAZEPINE, "each adds to the other's sedation and slowing of breathing.")


@rule("INT-4")
def gabapentinoid(j: Judgement) -> Said | None:
    """A gabapentinoid adds to the depression of the nervous system and of breathing, and in chronic kidney disease
    both build up."""
    return _with(
        j,
        lists.GABAPENTINOID,
        "each adds to the other's sedation and slowing of breathing; both build up in kidney disease.",
    )


@rule("INT-5")
def muscle_relaxant(j: Judgement) -> Said | None:
    """Another muscle relaxant adds sedation."""
    return _with(j, lists.MUSCLE_RELAXANT, "more sedation.")


@rule("INT-6")
def sedating(j: Judgement) -> Said | None:
    """A sedating antihistamine, an antipsychotic or a barbiturate adds to the depression of the nervous system."""
    return _with(j, lists.SEDATING, "each adds to the other's sedation.")


@rule("INT-7")
def tricyclic(j: Judgement) -> Said | None:
    """With a tricyclic antidepressant muscle tone can fall markedly and sedation deepens."""
    return _with(j, lists.TRICYCLIC, "muscle tone can become very low, and sedation deepens.")


@rule("INT-8")
def mao_inhibitor(j: Judgement) -> Said | None:
    """With an MAO inhibitor the nervous system is depressed and the blood pressure falls; doses are adjusted."""
    return _with(j, lists.MAO_INHIBITOR, "sedation and low blood pressure; adjust the doses.")


@rule("INT-9")
def lithium(j: Judgement) -> Said | None:
    """With lithium hyperkinetic signs become worse."""
    return _with(j, lists.LITHIUM, "hyperkinetic signs can become worse.")


@rule("INT-10")
def levodopa(j: Judgement) -> Said | None:
    """With levodopa, alone or with carbidopa, confusion, hallucinations, agitation and worse parkinsonism occur."""
    return _with(j, lists.LEVODOPA, "confusion, hallucinations, agitation, worse parkinsonism.")


@rule("INT-11")
def blood_pressure(j: Judgement) -> Said | None:
    """With a blood-pressure medicine the pressure falls further, and its dose is adjusted; UK texts ask for extreme
    care."""
    return _with(j, lists.BLOOD_PRESSURE, "the pressure can fall further; adjust the dose.")


@rule("INT-12")
def antidiabetic(j: Judgement) -> Said | None:
    """With insulin or another antidiabetic the glucose may rise, and its dose may need to change."""
    return _with(j, lists.ANTIDIABETIC, "glucose may rise; the dose may need to change.")


@rule("INT-13")
def gfr_lowering(j: Judgement) -> Said | CannotSay | None:
    """A medicine that harms the kidneys or lowers their filtration raises the exposure to baclofen: kidney function is
    watched and the dose adjusted. One such medicine at 60 mL/min or more is information; two or more, or an estimate
    below 60 or dialysis, is a warning."""
    taken = medicines(j, lists.GFR_LOWERING)
    if not taken or not given(j).value:
        return None
    limits, lowest = j.limits("INT-13"), j.panel.lowest
    effect = f"{words(taken)} with baclofen: baclofen exposure can rise; monitor kidney function and adjust the dose"
    if j.person.dialysis:
        return Said(because=f"{effect}. On dialysis.", about=about(j), severity=Severity.WARN)
    if len(taken) >= limits.count("from_count"):
        return Said(because=f"{effect}. {len(taken)} such medicines.", about=about(j), severity=Severity.WARN)
    if lowest is None:
        return CannotSay(
            because=f"{words(taken)} can lower kidney function, and no estimate of it can be made from what is recorded."
        )
    severity = Severity.WARN if lowest < limits.amount("below_ml_min") else None
    shown = f"{format_number(round_half_up(lowest, 1))} mL/min"
    return Said(because=f"{effect}. Lowest estimate {shown}.", about=about(j), severity=severity)


@rule("INT-14")
def pump_and_anaesthesia(j: Judgement) -> Said | CannotSay | None:
    """With morphine into the spinal fluid beside a pump the blood pressure falls and breathing becomes hard; general
    anaesthetics and neuromuscular blockers act more strongly on the nervous system beside baclofen."""
    morphine, anaesthesia = medicines(j, lists.INTRATHECAL_MORPHINE), medicines(j, lists.ANAESTHESIA)
    pump = bool(j.having(lists.PUMP_DELIVERS))
    said = []
    if morphine and pump:
        said.append(f"{words(morphine)} with a baclofen pump: low blood pressure, breathlessness.")
    if anaesthesia and (pump or given(j).value):
        said.append(f"{words(anaesthesia)} with baclofen: a stronger effect on the nervous system.")
    if said:
        return Said(because=" ".join(said), about=about(j))
    if morphine:
        return CannotSay(because=f"{words(morphine)} is recorded, and no baclofen pump that delivers is.")
    return None


@rule("INT-15")
def several_depressants(j: Judgement) -> Said | None:
    """Two or more of the classes of INT-2 to INT-6 beside baclofen are a high risk: a documented reason is needed."""
    taken = {name: medicines(j, listed) for listed, name in _DEPRESSANTS.items()}
    classes = [f"{name} ({words(codes)})" for name, codes in taken.items() if codes]
    if len(classes) < j.limits("INT-15").count("from_count") or not given(j).value:
        return None
    return Said(
        because=f"{len(classes)} classes that sedate and slow breathing, beside baclofen: {'; '.join(classes)}.",
        about=about(j),
    )


RULES = collect(
    (
        alcohol,
        opioid,
        benzodiazepine,
        gabapentinoid,
        muscle_relaxant,
        sedating,
        tricyclic,
        mao_inhibitor,
        lithium,
        levodopa,
        blood_pressure,
        antidiabetic,
        gfr_lowering,
        pump_and_anaesthesia,
        several_depressants,
    )
)
