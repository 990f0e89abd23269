"""Finding live pages by their words, with the search index of the pages."""

from collections.abc import Sequence

from education.models import LearnPage
from education.selectors.pages import live_pages

LONGEST = 100  # characters of a question that are looked at


def asked_for(query: str) -> Sequence[LearnPage]:
    """Live pages that hold every word of the query; when none does, those that hold any of them. The best come first.

    The index holds the words for all countries: who shows a page shows the words for one.
    """
    return list(live_pages().search(query, operator="and")) or list(live_pages().search(query, operator="or"))
