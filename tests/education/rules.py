"""Protocols with another number, for tests of pages that quote one."""

from dataclasses import replace
from typing import Any

import pytest

from baclofen_portal import learning_facts
from titration.dosing.protocol import Protocol


def _patch(monkeypatch: pytest.MonkeyPatch, country: str, changed: Protocol) -> None:
    before = learning_facts.load_protocol
    monkeypatch.setattr(learning_facts, "load_protocol", lambda asked: changed if asked == country else before(asked))


def change(monkeypatch: pytest.MonkeyPatch, country: str, rule_id: str, name: str, value: Any) -> None:
    """The protocol of a country with another number in one rule."""
    true = learning_facts.load_protocol(country)
    row = true.rules[rule_id]
    kind = "counts" if name in row.limits.counts else "decimals"
    limits = replace(row.limits, **{kind: {**getattr(row.limits, kind), name: value}})
    changed = replace(true, rules={**true.rules, rule_id: replace(row, limits=limits)})
    _patch(monkeypatch, country, changed)


def switch_off(monkeypatch: pytest.MonkeyPatch, country: str, rule_id: str) -> None:
    """The protocol of a country without one rule."""
    true = learning_facts.load_protocol(country)
    rest = {name: row for name, row in true.rules.items() if name != rule_id}
    _patch(monkeypatch, country, replace(true, rules=rest))
