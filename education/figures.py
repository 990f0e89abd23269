"""Figures that are typed into words: a dose, a time, a share or a limit that comes from no rule.

One search for the pages that come with the portal and for what editors write. ``{value}`` in the words stands for the
number of a rule.
"""

import re
from collections.abc import Iterator

_COUNT = "a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|couple"
_UNIT = "second|minute|hour|day|night|week|month|year|milligram|gram|milliliter|millilitre|drop|tablet|percent"
_TYPED = re.compile(
    r"(?:\d+(?:[.,/:–-]\d+)*[½¼¾⅐-⅞]?|[½¼¾⅐-⅞])(?:[\s-]?(?:[%‰]|[^\W\d_]+(?:\s(?:a day|cent)\b)?))?|[%‰]"
    rf"|\b(?:half )?(?:{_COUNT})(?: of)? (?:{_UNIT})s?\b|\b(?:twice|once) (?:a|daily)\b|\bin ten\b",
    re.IGNORECASE,
)
# Not an amount of time: the plain "a day" that a figure of a rule stands before.
_AFTER_A_VALUE = re.compile(r"\{value\} (?:a|in a whole) day")
_EMERGENCY = re.compile(r"(?<![\d.,])(?:9[-. ]?1[-. ]?1|9[-. ]?9[-. ]?9|1[-. ]?1[-. ]?[12])(?![.,]?\d)")


def typed_figures(words: str) -> Iterator[str]:
    """Each figure as it is written, with its unit; numbers to call in an emergency are found by the other search."""
    left = _EMERGENCY.sub(" ", _AFTER_A_VALUE.sub("it", words))
    yield from (found[0] for found in _TYPED.finditer(left))


def emergency_numbers(words: str) -> Iterator[str]:
    """Each number to call in an emergency, also one that is written with hyphens or spaces."""
    yield from (found[0] for found in _EMERGENCY.finditer(words))
