"""What a protocol file holds, and the strict reading of its tables: a key too many or too few is an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TypeVar

from titration.dosing.code_lists import CODE_LISTS
from titration.dosing.doses import Mg
from titration.dosing.errors import ProtocolError
from titration.dosing.rule_limits import LIMITS, LISTS, WHOLE

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a protocol file: reads each key once, and says which file and table a mistake is in."""

    file: str
    name: str
    values: Mapping[str, object]

    def only(self, keys: set[str], optional: frozenset[str] = frozenset()) -> "Table":
        """This table, once its keys are exactly ``keys`` (``optional`` ones may be left out); else ProtocolError."""
        missing, unknown = sorted(keys - set(self.values)), sorted(set(self.values) - keys - optional)
        if missing:
            raise self.error(missing[0], "is missing")
        if unknown:
            raise self.error(unknown[0], f"is not known here; known are {', '.join(sorted(keys | optional))}")
        return self

    def error(self, key: str, what: str) -> ProtocolError:
        return ProtocolError(f"{self.file}, [{self.name}]: “{key}” {what}.")

    def _is(self, key: str, kind: type[Kind], words: str) -> Kind:
        value = self.values[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(key, f"was read as {value!r} and must be {words}")
        return value

    def text(self, key: str) -> str:
        return self._is(key, str, "text")

    def flag(self, key: str) -> bool:
        return self._is(key, bool, "true or false")

    def day(self, key: str) -> date:
        return self._is(key, date, "a date")

    def count(self, key: str) -> int:
        number = self._is(key, int, "a whole number")
        if number < 0:
            raise self.error(key, f"was read as {number} and must be 0 or more")
        return number

    def decimal(self, key: str) -> Decimal:
        return self._number(key, self.text(key))

    def decimals(self, key: str) -> tuple[Decimal, ...]:
        return tuple(self._number(key, text) for text in self.words(key))

    def words(self, key: str) -> tuple[str, ...]:
        listed = self._is(key, list, "a list of texts")
        if not all(isinstance(one, str) for one in listed):
            raise self.error(key, "must hold texts only")
        return tuple(str(one) for one in listed)

    def counts(self, key: str) -> tuple[int, ...]:
        listed = self._is(key, list, "a list of whole numbers")
        if not all(isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in listed):
            raise self.error(key, "must hold whole numbers above 0 only")
        return tuple(int(one) for one in listed)

    def table(self, key: str) -> "Table":
        return Table(file=self.file, name=self._inside(key), values=self._is(key, dict, "a table"))

    def tables(self, key: str) -> "tuple[Table, ...]":
        listed = self._is(key, list, "a list of tables")
        if not all(isinstance(one, dict) for one in listed):
            raise self.error(key, "must hold tables only")
        return tuple(
            Table(file=self.file, name=f"{self._inside(key)} {place}", values=one)
            for place, one in enumerate(listed, start=1)
        )

    def _inside(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _number(self, key: str, text: str) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise self.error(key, f"was read as {text!r} and must be a decimal number") from None
        if not number.is_finite() or number < 0:
            raise self.error(key, f"was read as {text!r} and must be 0 or more")
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of one rule, by name."""

    decimals: Mapping[str, Decimal]
    counts: Mapping[str, int]
    lists: Mapping[str, tuple[Decimal, ...]]

    def mg(self, name: str) -> Mg:
        return Mg(self.decimals[name])

    def amount(self, name: str) -> Decimal:
        return self.decimals[name]

    def count(self, name: str) -> int:
        return self.counts[name]

    def amounts(self, name: str) -> tuple[Decimal, ...]:
        return self.lists[name]


def read_limits(row: Table, rule_id: str) -> Limits:
    """The limits of one rule row, whose keys the caller has compared with ``LIMITS`` already."""
    names = LIMITS[rule_id].split()
    lists = {name: row.decimals(name) for name in names if name in LISTS}
    counts = {name: row.count(name) for name in names if name.endswith(WHOLE)}
    single = {name: row.decimal(name) for name in names if name not in lists and name not in counts}
    return Limits(decimals=single, counts=counts, lists=lists)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Something that a patient may have, take or show: its code, its words, and the lists of rules that read it."""

    code: str
    label: str
    lists: frozenset[str]
    rxnorm: str = ""
    atc: str = ""


def read_codes(table: Table, key: str, *, coded: bool = False) -> Mapping[str, Code]:
    """One list of codes; a code that appears twice, or a list that no rule reads, is a ProtocolError."""
    found: dict[str, Code] = {}
    for row in table.tables(key):
        row.only({"code", "label", "lists"} | ({"rxnorm", "atc"} if coded else set()))
        code, lists = row.text("code"), frozenset(row.words("lists"))
        if code in found:
            raise row.error("code", f"repeats “{code}”")
        if lists - CODE_LISTS:
            raise row.error("lists", f"holds {sorted(lists - CODE_LISTS)}; known are {', '.join(sorted(CODE_LISTS))}")
        outside = {"rxnorm": row.text("rxnorm"), "atc": row.text("atc")} if coded else {}
        found[code] = Code(code=code, label=row.text("label"), lists=lists, **outside)
    return MappingProxyType(found)
