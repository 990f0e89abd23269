"""The pieces that a page is built from. Colours, heading levels and raw HTML are not among them."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import BadRequest, ValidationError
from django.forms import CheckboxSelectMultiple
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.rich_text import RichText

from education.markup import FEATURES, allowed
from education.ports import facts

EMERGENCY, URGENT, ROUTINE = "emergency", "urgent", "routine"
LEVELS = ((EMERGENCY, "Emergency: call an ambulance"), (URGENT, "Urgent: call the team today"), (ROUTINE, "Soon: before the next visit"))  # fmt: skip
STOP_SOURCES = (
    "S-03",
    "S-14",
)  # of the stop warning, in the clinical reference: the label of the US, the guide of the NHS
OPTIONS = 3  # answers of a question, of which one is right


def source_choices() -> list[tuple[str, str]]:
    """Every source of the library, those withdrawn marked."""
    sources = apps.get_model("education", "Source")._default_manager
    return [(one.key, str(one)) for one in sources.order_by("title", "key")]


def country_choices() -> list[tuple[str, str]]:
    known = facts()
    return [(country, known.country_name(country)) for country in known.COUNTRIES]


class Keys(blocks.MultipleChoiceBlock):
    """Keys out of a list that is looked up. They are text as they stand, so that reading a page looks nothing up."""

    def normalize_choice(self, value: Any) -> Any:
        return value

    def get_default(self) -> Any:
        """Nothing chosen, also for a block that was kept before it had the field."""
        return super().get_default() or []


class Countries(Keys):
    """Codes; people see names, also where versions are compared."""

    def render_basic(self, value: Any, context: Any = None) -> str:
        return ", ".join(facts().country_name(country) for country in value or ()) or "Every country"


class Piece(blocks.StructBlock):
    """A block that may be for some countries only."""

    countries = Countries(
        choices=country_choices,
        required=False,
        widget=CheckboxSelectMultiple,  # in a list, one click without a key would take back all that was chosen
        help_text="For whom this is true. Nothing chosen: for readers in every country.",
    )


class Sources(Keys):
    """Keys of the library; people see titles, also where versions are compared."""

    def render_basic(self, value: Any, context: Any = None) -> str:
        names = dict(source_choices())
        return ". ".join(names.get(key, key) for key in value or ())


class Claim(Piece):
    """A block that says something is so, and where that stands."""

    sources = Sources(
        choices=source_choices,
        widget=CheckboxSelectMultiple,
        required=False,  # a draft may wait for its source; sending it for a check is refused
        help_text="Where this stands. A page is not published while a block that says something has no source.",
    )


class Sentences(blocks.ListBlock):
    """Short items, one sentence each."""

    def __init__(self, help_text: str, **options: Any) -> None:
        super().__init__(blocks.CharBlock(max_length=300), help_text=help_text, **options)


class Words(blocks.RichTextBlock):
    """Paragraphs, lists, bold and links, whatever is pasted or posted."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "features": list(FEATURES)})

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> RichText:
        try:
            posted = super().value_from_datadict(data, files, prefix)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise BadRequest("What was posted for a text is not what the editor of text makes.") from error
        return RichText(allowed(posted.source if posted else ""))


class StopWarning(blocks.StaticBlock):
    class Meta:
        label = "Stop warning"
        icon = "warning"
        admin_text = "“Do not stop suddenly”, in the words of the stop warning. It stands first on every page."


class KeyFacts(Claim):
    items = Sentences("2 to 4 points of at most 15 words: what a reader in a hurry takes away.", min_num=2, max_num=4)

    class Meta:
        label = "Quick read"
        icon = "list-ul"


class Section(Claim):
    heading = blocks.CharBlock(max_length=80, help_text="What the section says, not what it is about.")
    text = Words(help_text="Paragraphs of at most 3 sentences, sentences of at most 20 words.")

    class Meta:
        label = "Section"
        icon = "pilcrow"


class FactList(Claim):
    heading = blocks.CharBlock(max_length=80)
    items = Sentences("One fact a point.")

    class Meta:
        label = "Facts"
        icon = "list-ul"


class DoList(Claim):
    items = Sentences("Each begins with a verb, in lower case: “keep your tablets with you when you travel.”")

    class Meta:
        label = "Do"
        icon = "check"


class DontList(Claim):
    items = Sentences("Each begins with “do not”.")

    class Meta:
        label = "Don’t"
        icon = "cross"


class CareCard(Claim):
    level = blocks.ChoiceBlock(
        choices=LEVELS, search_index=False, help_text="At most one card of each level on a page."
    )
    items = Sentences(
        "Each goes on from “Call … if:”, in lower case. The number of the reader’s country is written for you."
    )

    class Meta:
        label = "Care card"
        icon = "warning"


class RuleFact(Piece):
    """A number that is read from the rules when the page is shown, so that the page cannot say another. Its sources are those
    of the rule."""

    rule = blocks.CharBlock(
        max_length=20,
        search_index=False,
        help_text="The rule, for example MAX-1. Its own sources are named below the page for you.",
    )
    value = blocks.CharBlock(
        max_length=40, search_index=False, help_text="The name of its number, for example daily_mg."
    )
    text = blocks.CharBlock(max_length=300, help_text="A sentence with {value} where the number stands.")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        wrong: dict[str, ValidationError] = {}
        if "{value}" not in cleaned["text"]:
            wrong["text"] = ValidationError(
                "There is no {value} in the sentence. Write {value} where the number stands."
            )
        known = facts()
        for country in cleaned["countries"] or known.COUNTRIES:
            if known.rule_value(country, cleaned["rule"], cleaned["value"]) is None:
                wrong["value"] = ValidationError(
                    f"Rule {cleaned['rule']} has no number {cleaned['value']} in {known.country_name(country)}. Name another "
                    "number, or the countries that have it."
                )
        if wrong:
            raise blocks.StructBlockValidationError(wrong)
        return cleaned

    class Meta:
        label = "Number of a rule"
        icon = "order"


class Picture(Claim):
    image = ImageBlock(help_text="Describe what it shows, or mark it as decoration.")
    caption = blocks.CharBlock(max_length=200, required=False)
    credit = blocks.CharBlock(max_length=120, required=False)

    class Meta:
        label = "Picture"
        icon = "image"


class Question(Claim):
    question = blocks.CharBlock(max_length=160)
    text = Words()

    class Meta:
        label = "Question and answer"
        icon = "help"


class Option(blocks.StructBlock):
    text = blocks.CharBlock(max_length=160)
    right = blocks.BooleanBlock(required=False, label="This is the right answer")
    why = blocks.CharBlock(max_length=300, help_text="What a reader who chose it should know.")


class TeachBack(Claim):
    question = blocks.CharBlock(max_length=300, help_text="One everyday situation.")
    options = blocks.ListBlock(Option(), min_num=OPTIONS, max_num=OPTIONS)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        right = sum(1 for option in cleaned["options"] if option["right"])
        if right != 1:
            raise blocks.StructBlockValidationError(
                {"options": ValidationError(f"{right} answers are marked as right. Mark exactly one of the {OPTIONS}.")}
            )
        return cleaned

    class Meta:
        label = "Check your understanding"
        icon = "help"


class Body(blocks.StreamBlock):
    stop_warning = StopWarning()
    key_facts = KeyFacts()
    section = Section()
    facts = FactList()
    do_list = DoList()
    dont_list = DontList()
    care_card = CareCard()
    rule_fact = RuleFact()
    image = Picture()
    faq = Question()
    teach_back = TeachBack()

    class Meta:
        block_counts: ClassVar[dict[str, dict[str, int]]] = {
            "stop_warning": {"max_num": 1},
            "key_facts": {"max_num": 1},
            "teach_back": {"max_num": 1},
        }


CLAIMS = tuple(name for name, block in Body().child_blocks.items() if isinstance(block, Claim))


def quoted(body: Iterable[Any], only: Collection[str] = ()) -> Iterator[tuple[str, str, str]]:
    """(country, rule, name of the number) of each number that the blocks quote. ``only``: for readers in these countries,
    by default in all."""
    countries = facts().COUNTRIES
    for block in body:
        if block.block_type == "rule_fact":
            for country in block.value["countries"] or countries:
                if country in (only or countries):
                    yield country, block.value["rule"], block.value["value"]


def references_of(body: Iterable[Any], only: Collection[str] = ()) -> tuple[str, ...]:
    """The ids of the sources of what names none itself: the stop warning, and the quoted numbers. Each once."""
    blocks, known = list(body), facts()
    found = [one for block in blocks if block.block_type == "stop_warning" for one in STOP_SOURCES]
    found += [one for country, rule, _ in quoted(blocks, only) for one in known.rule_sources(country, rule)]
    return tuple(dict.fromkeys(found))


def numbers_of(body: Iterable[Any], only: Collection[str] = ()) -> dict[str, str]:
    """Each quoted number as readers are shown it now; empty where there is none any more."""
    known = facts()
    return {" ".join(one): known.rule_value(*one) or "" for one in quoted(body, only)}
