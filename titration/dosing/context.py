"""What interactions and cautions share: what is recorded beside baclofen, and where a finding about it belongs."""

from titration.dosing.doses import Mg
from titration.dosing.judgement import Judgement
from titration.dosing.protocol_data import Code
from titration.dosing.rules import About


def given(j: Judgement) -> Mg:
    """The daily dose in force or ordered, whichever is higher; zero while baclofen is neither taken nor ordered."""
    return max(j.dose, j.standing)


def medicines(j: Judgement, *lists: str) -> list[Code]:
    """The patient's other medicines that belong to any of these lists of the protocol, each once."""
    codes = j.protocol.medicines
    named = sorted({one.code for one in j.person.medicines})
    return [codes[code] for code in named if code in codes and codes[code].lists & set(lists)]


def words(codes: list[Code]) -> str:
    return ", ".join(code.label for code in codes)


def about(j: Judgement, otherwise: About = About.CONTEXT) -> About:
    """The order when it starts or raises the dose. Whatever stands beside any other dose holds no order back.

    That is the context of the dose: it is shown wherever the dose is judged and raises no flag, because a worklist
    of everyone who also takes a blood-pressure medicine would hide those who need somebody today.
    """
    return About.ORDER if j.starts_or_rises else otherwise
