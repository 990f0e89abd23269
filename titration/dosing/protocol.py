"""A signed protocol: every number that a rule uses, read strictly from a file of this package and kept unchanged."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType

from titration.dosing.doses import Mg
from titration.dosing.errors import DosingError, ProtocolError
from titration.dosing.flag_times import FlagTimes, read_flag_times
from titration.dosing.kidney import AgeRange, AkiCriteria
from titration.dosing.products import Product
from titration.dosing.protocol_data import Code, Limits, Table, read_codes, read_limits
from titration.dosing.rule_limits import LIMITS
from titration.dosing.severity import Override, Severity

JURISDICTIONS = ("US", "UK")

# A rule that changes the severity of others, and has none of its own.
CHANGES = "changes"
_FOLDER = Path(__file__).parent / "protocols"
_ROW = {"number", "severity", "override", "sources", "proposed", "from_general_knowledge"}
_TOP = {"id", "version", "name", "provenance", "switches", "ages", "entry", "worklist"}
_TOP |= {"kidney_checks_per_year", "rule", "products", "codes"}
_STAGES = ("G1", "G2", "G3a", "G3b", "G4", "G5")
_MG_DL, _UMOL_L = "mg/dL", "umol/L"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleData:
    """The row of one rule. ``severity`` is None for a rule that raises nothing itself (``severity_word`` says which)."""

    id: str
    number: str
    severity_word: str
    severity: Severity | None
    override: Override
    sources: tuple[str, ...]
    proposed: bool
    from_general_knowledge: bool
    same_day: bool
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who wrote and who checked the numbers; an empty ``checked_by`` means that nobody has signed them."""

    source: str
    authored_by: str
    checked_by: str
    reviewed_on: date
    next_review: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLimits:
    """The figures that a form takes at all; anything else is read as a slip."""

    lowest_slot: Mg
    highest_slot: Mg
    highest_daily: Mg
    doses_per_day_at_most: int
    longest_silence_days: int
    dose_opens_before_hours: int
    taper_rows_at_most: int
    lowest_weight_kg: Decimal
    highest_weight_kg: Decimal
    lowest_height_cm: Decimal
    highest_height_cm: Decimal
    lowest_cystatin_c_mg_l: Decimal
    highest_cystatin_c_mg_l: Decimal
    volume_step_ml: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Everything one jurisdiction has signed, or proposes, in one version."""

    id: str
    version: int
    name: str
    provenance: Provenance
    paediatric: bool
    adult_from_years: int
    entry: EntryLimits
    step_waiting_days: int
    flag_times: FlagTimes
    kidney_checks_per_year: Mapping[str, tuple[int, ...]]
    rules: Mapping[str, RuleData]
    products: tuple[Product, ...]
    conditions: Mapping[str, Code]
    medicines: Mapping[str, Code]
    signs: Mapping[str, Code]
    events: Mapping[str, Code]
    aki: AkiCriteria
    ckd_epi_ages: AgeRange
    u25_ages: AgeRange

    @property
    def jurisdiction(self) -> str:
        return self.id.upper()

    @property
    def splits(self) -> tuple[int, ...]:
        """Where the dose bands part, in mL/min, highest first (KID-4)."""
        return tuple(int(split) for split in self.rules["KID-4"].limits.amounts("splits_ml_min"))

    def limits(self, rule_id: str) -> Limits:
        return self.rules[rule_id].limits

    def unsigned_rules(self) -> tuple[str, ...]:
        """Rules whose number is proposed or from general knowledge, while no named person has checked the file."""
        if self.provenance.checked_by:
            return ()
        return tuple(row.id for row in self.rules.values() if row.proposed or row.from_general_knowledge)

    def listed(self, codes: Mapping[str, Code], name: str) -> frozenset[str]:
        """The codes that belong to a list."""
        return frozenset(one.code for one in codes.values() if name in one.lists)


@cache
def load_protocol(jurisdiction: str, version: int = 1) -> Protocol:
    """The protocol of a jurisdiction (US or UK); ProtocolError names the file, table and key that is wrong."""
    if jurisdiction.upper() not in JURISDICTIONS:
        raise ProtocolError(f"“{jurisdiction}” has no protocol: it must be {' or '.join(JURISDICTIONS)}.")
    path = _FOLDER / f"{jurisdiction.lower()}_v{version}.toml"
    if not path.is_file():
        raise ProtocolError(f"There is no version {version} of the {jurisdiction.upper()} protocol ({path.name}).")
    protocol = parse_protocol(path.read_text(encoding="utf-8"), path.name)
    if (protocol.id, protocol.version) != (jurisdiction.lower(), version):
        raise ProtocolError(f"{path.name}: holds {protocol.id} version {protocol.version}, which is not its name.")
    return protocol


def parse_protocol(text: str, file: str) -> Protocol:
    """Read the text of a protocol file; every key must be known, present and of its kind."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{file}: is not TOML ({error}).") from error
    top = Table(file=file, name="", values=values).only(_TOP)
    provenance = top.table("provenance").only({"source", "authored_by", "checked_by", "reviewed_on", "next_review"})
    rules = _rules(top.table("rule"))
    worklist = top.table("worklist").only(
        {"step_waiting_days", "act_within_hours", "act_within_days", "closed_quiet_days"}
    )
    codes = top.table("codes").only({"conditions", "medicines", "signs", "events"})
    identity = top.text("id")
    return Protocol(
        id=identity,
        version=top.count("version"),
        name=top.text("name"),
        provenance=Provenance(
            source=provenance.text("source"),
            authored_by=provenance.text("authored_by"),
            checked_by=provenance.text("checked_by"),
            reviewed_on=provenance.day("reviewed_on"),
            next_review=provenance.day("next_review"),
        ),
        paediatric=top.table("switches").only({"paediatric"}).flag("paediatric"),
        adult_from_years=top.table("ages").only({"adult_from_years"}).count("adult_from_years"),
        entry=_entry(top.table("entry")),
        step_waiting_days=worklist.count("step_waiting_days"),
        flag_times=read_flag_times(worklist),
        kidney_checks_per_year=_checks(top.table("kidney_checks_per_year").only(set(_STAGES))),
        rules=MappingProxyType(rules),
        products=_products(top.table("products").only({"tablets", "liquids"}), identity),
        conditions=read_codes(codes, "conditions"),
        medicines=read_codes(codes, "medicines", coded=True),
        signs=read_codes(codes, "signs"),
        events=read_codes(codes, "events"),
        aki=_aki(rules),
        ckd_epi_ages=_ages(rules["UNIT-3"].limits, "ckd_epi"),
        u25_ages=_ages(rules["UNIT-3"].limits, "u25"),
    )


def _rules(table: Table) -> dict[str, RuleData]:
    # Which rules a jurisdiction has is said by presence; the closed-world test holds the two lists of IDs.
    for rule_id in ("STEP-1", "KID-4", "KID-19", "KID-20", "KID-21", "KID-24", "KID-25", "UNIT-3"):
        if rule_id not in table.values:
            raise table.error(rule_id, "is missing")
    rules = {}
    for rule_id in table.values:
        if rule_id not in LIMITS:
            raise table.error(rule_id, "is not a rule")
        row = table.table(rule_id).only(_ROW | set(LIMITS[rule_id].split()), frozenset({"same_day"}))
        word, override = row.text("severity"), row.text("override")
        if word not in {*Severity.__members__, "none", CHANGES}:
            raise row.error("severity", f"was read as “{word}” and must be none, {CHANGES} or a severity")
        if override not in set(Override):
            raise row.error("override", f"was read as “{override}” and must be one of {', '.join(Override)}")
        rules[rule_id] = RuleData(
            id=rule_id,
            number=row.text("number"),
            severity_word=word,
            severity=Severity[word] if word in Severity.__members__ else None,
            override=Override(override),
            sources=row.words("sources"),
            proposed=row.flag("proposed"),
            from_general_knowledge=row.flag("from_general_knowledge"),
            same_day=row.flag("same_day") if "same_day" in row.values else False,
            limits=read_limits(row, rule_id),
        )
    return rules


def _entry(table: Table) -> EntryLimits:
    mg = {f"{name}_mg" for name in ("lowest_slot", "highest_slot", "highest_daily")}
    ends = {f"{end}_{what}" for end in ("lowest", "highest") for what in ("weight_kg", "height_cm", "cystatin_c_mg_l")}
    counts = {"doses_per_day_at_most", "longest_silence_days", "dose_opens_before_hours", "taper_rows_at_most"}
    table.only(mg | ends | counts | {"volume_step_ml"})
    return EntryLimits(
        lowest_slot=Mg(table.decimal("lowest_slot_mg")),
        highest_slot=Mg(table.decimal("highest_slot_mg")),
        highest_daily=Mg(table.decimal("highest_daily_mg")),
        doses_per_day_at_most=table.count("doses_per_day_at_most"),
        longest_silence_days=table.count("longest_silence_days"),
        dose_opens_before_hours=table.count("dose_opens_before_hours"),
        taper_rows_at_most=table.count("taper_rows_at_most"),
        lowest_weight_kg=table.decimal("lowest_weight_kg"),
        highest_weight_kg=table.decimal("highest_weight_kg"),
        lowest_height_cm=table.decimal("lowest_height_cm"),
        highest_height_cm=table.decimal("highest_height_cm"),
        lowest_cystatin_c_mg_l=table.decimal("lowest_cystatin_c_mg_l"),
        highest_cystatin_c_mg_l=table.decimal("highest_cystatin_c_mg_l"),
        volume_step_ml=table.decimal("volume_step_ml"),
    )


def _checks(table: Table) -> Mapping[str, tuple[int, ...]]:
    rows = {stage: table.counts(stage) for stage in _STAGES}
    for stage, row in rows.items():
        if len(row) != 3:
            raise table.error(stage, "must hold three numbers, for A1, A2 and A3")
    return MappingProxyType(rows)


def _products(table: Table, identity: str) -> tuple[Product, ...]:
    shared = {"code", "name", "strength_words", "proposed"}
    made = []
    for row, form in [(row, "tablet") for row in table.tables("tablets")] + [
        (row, "liquid") for row in table.tables("liquids")
    ]:
        tablet = form == "tablet"
        row.only(shared | ({"strength_mg", "splits"} if tablet else {"mg_per_ml"}))
        row.flag("proposed")
        try:
            made.append(
                Product(
                    code=row.text("code"),
                    name=row.text("name"),
                    form=form,
                    strength=Mg(row.decimal("strength_mg")) if tablet else None,
                    mg_per_ml=None if tablet else row.decimal("mg_per_ml"),
                    strength_words=row.text("strength_words"),
                    splits=row.count("splits") if tablet else 1,
                    jurisdictions=(identity.upper(),),
                )
            )
        except ProtocolError:
            raise
        except DosingError as error:
            raise row.error("code", f"is not a product ({error})") from error
    return tuple(made)


def _ages(limits: Limits, equation: str) -> AgeRange:
    lowest, highest = limits.count(f"{equation}_from_years"), limits.count(f"{equation}_to_years")
    return AgeRange(lowest=Decimal(lowest), highest=Decimal(highest))


def _aki(rules: Mapping[str, RuleData]) -> AkiCriteria:
    one, two, three = (rules[rule_id].limits for rule_id in ("KID-19", "KID-20", "KID-21"))
    return AkiCriteria(
        rise={_MG_DL: one.amount("rise_mg_dl"), _UMOL_L: one.amount("rise_umol_l")},
        rise_hours=Decimal(one.count("rise_within_hours")),
        ratios=(one.amount("from_times"), two.amount("from_times"), three.amount("from_times")),
        ratio_hours=Decimal(one.count("times_within_hours")),
        high={_MG_DL: three.amount("level_mg_dl"), _UMOL_L: three.amount("level_umol_l")},
        child_under=Decimal(three.count("child_below_years")),
        child_egfr=three.amount("child_below_ml_min"),
        falling_ratio=rules["KID-24"].limits.amount("from_times"),
        unstaged_below=rules["KID-25"].limits.amount("below_ml_min"),
    )
