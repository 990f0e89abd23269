"""Reports of side effects and symptoms, put together again from the dated facts that each was written as."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from titration.dosing.gate_lines import Effects, EffectsAnswer
from titration.models import FactKind, PatientFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One report: the answer about side effects as it stands now, and the signs by code as they were written then."""

    answer: PatientFact
    signs: Mapping[str, PatientFact]

    def shown(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Those of some signs that this report found."""
        return tuple(code for code in codes if code in self.signs and self.signs[code].answer == "yes")


def key_of_sign(report: uuid.UUID, code: str) -> uuid.UUID:
    """The key of the row of one sign: it follows from the key of the report, so that both are written once."""
    return uuid.uuid5(report, code)


def reports(record: Any) -> tuple[Reported, ...]:
    """The reports of a patient's record, newest first, without what was withdrawn; it reads nothing."""
    current = {fact.pk: fact for fact in record.facts if fact.is_current}
    return tuple(
        Reported(
            answer=fact,
            signs={
                code: current[key] for code in record.protocol.signs if (key := key_of_sign(fact.pk, code)) in current
            },
        )
        for fact in record.facts
        if fact.is_current and fact.kind == FactKind.SIDE_EFFECTS
    )


def effects_answers(record: Any) -> tuple[EffectsAnswer, ...]:
    """Every answer that stands about side effects, for the step gate; it reads nothing."""
    return tuple(
        EffectsAnswer(on=fact.on_date, answer=Effects(fact.answer))
        for fact in record.facts
        if fact.is_current and fact.kind == FactKind.SIDE_EFFECTS
    )
