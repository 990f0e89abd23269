"""What somebody has read, by the titles of the pages: ``{% learn_reads readings as found %}``."""

from typing import Any

from django import template

from education.ports import facts
from education.presenters.reads import ReadBy, read_lines
from education.selectors.versions import live_versions

register = template.Library()


@register.simple_tag
def learn_reads(readings: Any) -> tuple[ReadBy, ...]:
    """``readings``: ``asked`` (whether anybody could say so), ``country``, and the readings ``by_patient`` and ``by_carers``.

    Empty, and nothing is asked of the database, where nobody was asked or there are no pages for the country. What a carer
    has read stands by itself, and is left out while there is none.
    """
    if not readings.asked or readings.country not in facts().COUNTRIES:
        return ()
    versions = live_versions()
    if not versions:
        return ()
    by = (("The patient", readings.by_patient), ("A carer", readings.by_carers))
    return tuple(
        ReadBy(who=who, lines=read_lines(versions, read, readings.country))
        for who, read in by
        if read or read is readings.by_patient
    )
