"""Reports of side effects and symptoms, put together again from the dated facts that each was written as."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from titration.dosing.gate_lines import Effects, EffectsAnswer
from titration.models import FactKind, PatientFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One report as it stands now, corrections applied: the answer about side effects, and the signs by code. ``key`` is
    that of the answer as it was first written."""

    key: uuid.UUID
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
    replaced = {fact.pk: fact.replaces_id for fact in record.facts if fact.replaces_id}
    current = {_first(fact.pk, replaced): fact for fact in record.facts if fact.is_current}
    return tuple(
        Reported(
            key=root,
            answer=fact,
            signs={code: current[key] for code in record.protocol.signs if (key := key_of_sign(root, code)) in current},
        )
        for root, fact in current.items()
        if fact.kind == FactKind.SIDE_EFFECTS
    )


def _first(key: uuid.UUID, replaced: Mapping[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    """The key of the row that a chain of corrections began with."""
    while key in replaced:
        key = replaced[key]
    return key


def effects_answers(record: Any) -> tuple[EffectsAnswer, ...]:
    """Every answer that stands about side effects, for the step gate; it reads nothing."""
    return tuple(
        EffectsAnswer(on=fact.on_date, answer=Effects(fact.answer))
        for fact in record.facts
        if fact.is_current and fact.kind == FactKind.SIDE_EFFECTS
    )
