"""What is different between what readers have and what waits: sources first, then the words."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from wagtail.admin.compare import get_comparison_class_for_block
from wagtail.blocks.list_block import ListValue

from education.models import LearnPage, Source
from education.services.library import by_reference, sources_of

_KEYS = re.compile(r' data-block-key=\\"[a-z0-9]*\\"')  # marks of the editor of text, which nobody reads
_UNORDERED = ("sources", "countries")


@dataclass(frozen=True, slots=True)
class SourceChange:
    """``kind``: “new”, “gone” or “kept”."""

    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """``part``: the field, or the block by its number; ``kind``: “new”, “gone”, “moved” or “changed”."""

    part: str
    kind: str
    shown: Any


def source_changes(old: LearnPage | None, new: LearnPage) -> list[SourceChange]:
    """The sources that the page rests on, those that are new first, then those that it no longer names."""
    keys = by_reference()
    before, after = set(sources_of(old.body, keys)) if old else set(), set(sources_of(new.body, keys))
    names = {source.key: str(source) for source in Source.objects.filter(key__in=before | after)}
    found = [("new", after - before), ("gone", before - after), ("kept", before & after)]
    return [SourceChange(kind, names.get(key, key)) for kind, keys in found for key in sorted(keys)]


def changes(request: HttpRequest, old: LearnPage, new: LearnPage) -> list[Change]:
    """The fields that differ, then the blocks that do, in the order of the new version."""
    handler = LearnPage.get_edit_handler().get_bound_panel(instance=new, request=request, form=None)
    compared = (compare(old, new) for compare in handler.get_comparison())
    fields = [
        Change(str(one.field_label()), "changed", one.htmldiff())
        for one in compared
        if one.field.name != "body" and one.has_changed()
    ]
    return [*fields, *_blocks(old, new)]


def _blocks(old: LearnPage, new: LearnPage) -> Iterator[Change]:
    before = {block.id: (number, block) for number, block in enumerate(old.body, 1)}
    kept = [block.id for block in new.body if block.id in before]
    order = {key: place for place, key in enumerate(sorted(kept, key=lambda key: before[key][0]))}
    for number, block in enumerate(new.body, 1):
        compare = get_comparison_class_for_block(block.block)
        part = f"Block {number}: {block.block.label}"
        if block.id not in before:
            yield Change(part, "new", compare(block.block, False, True, None, block.value).htmlvalue(block.value))
            continue
        was = before[block.id][1]
        if _words(was) != _words(block):
            _align(was.value, block.value)
            yield Change(part, "changed", compare(block.block, True, True, was.value, block.value).htmldiff())
        elif order[block.id] != kept.index(block.id):
            yield Change(part, "moved", f"It was block {before[block.id][0]}.")
    for key, (number, block) in before.items():
        if key not in kept:
            compare = get_comparison_class_for_block(block.block)
            shown = compare(block.block, True, False, block.value, None).htmlvalue(block.value)
            yield Change(f"Block {number} of before: {block.block.label}", "gone", shown)


def _align(was: Any, now: Any) -> None:
    """Give what is the same the same place and name in ``now``, which is a copy for reading: forms and files write sources in an
    order of their own and name all items anew, and the one word that changed would be lost among them."""
    for name in set(now) & set(was):
        if name in _UNORDERED:
            order = {key: place for place, key in enumerate(was[name])}
            now[name] = sorted(now[name], key=lambda key: order.get(key, len(order)))
        elif isinstance(now[name], ListValue):
            _name_items(was[name].bound_blocks, now[name].bound_blocks)


def _name_items(was: list[Any], now: list[Any]) -> None:
    """An item that says the same keeps its name; of the others those at the same place count as the same, changed."""
    left, others = list(enumerate(was)), []
    for place, item in enumerate(now):
        same = next((one for one in left if _words(one[1]) == _words(item)), None)
        if same:
            left.remove(same)
            item.id = item.original_id = same[1].id
        else:
            others.append((place, item))
    for place, item in others:
        old = next((one for at, one in left if at == place), None)
        item.id = item.original_id = old.id if old else str(uuid.uuid4())


def _words(block: Any) -> str:
    """What a block says, without what the editor of text adds to it, the names of its items and the order in which sources
    are written."""
    return _KEYS.sub("", json.dumps(_plain(block.block.get_prep_value(block.value)), sort_keys=True))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted(one) if name in _UNORDERED else _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one["value"]) if isinstance(one, dict) and "value" in one else _plain(one) for one in value]
    return value
