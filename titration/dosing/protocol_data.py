"""What a protocol file holds, and the strict reading of its tables: a key too many or too few is an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TypeVar

from titration.dosing.doses import Mg
from titration.dosing.errors import ProtocolError

# Which numbers each rule brings along. The unit is the end of the key: years, months, days, hours, count and
# "per_day" are whole numbers, everything else is a decimal in quotation marks.
LIMITS: Mapping[str, str] = {
    "STEP-1": "first_daily_mg",
    "STEP-2": "added_daily_mg",
    "STEP-3": "doses_per_day from_daily_mg slot_mg to_daily_mg",
    "STEP-4": "wait_days",
    "STEP-5": "",
    "STEP-6": "doses_per_day ladder_daily_mg top_daily_mg top_doses_per_day wait_days",
    "STEP-7": "below_years first_mg_per_kg",
    "STEP-8": "below_years wait_days",
    "STEP-9": "from_years think_from_mg think_to_mg",
    "MAX-1": "daily_mg",
    "MAX-2": "daily_mg from_years",
    "MAX-3": "slot_mg",
    "MAX-4": "slot_mg",
    "MAX-5": "above_daily_mg from_years to_daily_mg",
    "MAX-6": "below_years daily_mg",
    "MAX-7": "below_years daily_mg from_years",
    "MAX-8": "below_years mg_per_kg",
    "MAX-9": "above_daily_mg age_years to_daily_mg",
    "KID-1": "cystatin_within_days ideal_weight_to_times",
    "KID-2": "bmi_above bmi_below from_years",
    "KID-3": "",
    "KID-4": "splits_ml_min",
    "KID-5": "bmi_below",
    "KID-6": "",
    "KID-7": "",
    "KID-8": "below_ml_min from_ml_min",
    "KID-9": "above_daily_mg below_ml_min from_ml_min start_daily_mg",
    "KID-10": "below_ml_min from_ml_min wait_days",
    "KID-11": "below_ml_min below_years from_daily_mg",
    "KID-12": "below_ml_min from_daily_mg from_years",
    "KID-13": "below_ml_min from_ml_min to_daily_mg",
    "KID-14": "above_daily_mg below_ml_min from_ml_min",
    "KID-15": "below_ml_min to_daily_mg",
    "KID-16": "lower_daily_mg to_daily_mg",
    "KID-17": "above_daily_mg below_ml_min",
    "KID-18": "below_ml_min from_days to_days",
    "KID-19": "from_times rise_mg_dl rise_umol_l rise_within_hours times_within_hours",
    "KID-20": "from_times",
    "KID-21": "child_below_ml_min child_below_years from_times level_mg_dl level_umol_l",
    "KID-22": "",
    "KID-23": "",
    "KID-24": "after_days from_times lookback_months",
    "KID-25": "below_ml_min lookback_months",
    "KID-26": "within_months",
    "KID-27": "from_years within_days",
    "KID-28": "above_daily_mg below_ml_min due_from_days from_years overdue_after_days",
    "KID-29": "after_months below_years from_ml_min",
    "KID-30": "at_most_months",
    "KID-31": "within_days",
    "KID-32": "",
    "STOP-1": "from_daily_mg used_days",
    "STOP-2": "",
    "STOP-3": "from_daily_mg used_days",
    "TAPER-1": "at_least_days from_daily_mg used_days",
    "TAPER-2": "below_days from_daily_mg from_days used_days",
    "TAPER-3": "above_percent exempt_to_daily_mg from_daily_mg used_days",
    "TAPER-4": "above_daily_mg above_months",
    "TAPER-6": "",
    "UNIT-1": "above_mg_dl",
    "UNIT-2": "below_umol_l",
    "UNIT-3": "ckd_epi_from_years ckd_epi_to_years u25_from_years u25_to_years",
    "UNIT-4": "",
    "UNIT-5": "",
    "UNIT-6": "",
    "UNIT-7": "",
    "UNIT-8": "",
    "UNIT-9": "times_from",
}
_WHOLE = ("_years", "_months", "_days", "_hours", "_per_day", "_at_most")
_LISTS = ("ladder_daily_mg", "splits_ml_min")

# Lists that a code may belong to: what the rules ask of conditions, medicines, signs and events.
UNRELIABLE_CREATININE = "unreliable_creatinine"
TAPER_ONE_LEVEL_UP = "taper_one_level_up"
CEREBRAL_ORIGIN = "cerebral_origin"
KIDNEY_CHECK_RISK = "kidney_check_risk"
GFR_LOWERING = "gfr_lowering"
KIDNEY_CHECK_TRIGGER = "kidney_check_trigger"
TOXIC = "toxic"
CODE_LISTS = frozenset(
    {UNRELIABLE_CREATININE, TAPER_ONE_LEVEL_UP, CEREBRAL_ORIGIN, KIDNEY_CHECK_RISK, GFR_LOWERING}
    | {KIDNEY_CHECK_TRIGGER, TOXIC}
)

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
    lists = {name: row.decimals(name) for name in names if name in _LISTS}
    counts = {name: row.count(name) for name in names if name.endswith(_WHOLE)}
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
