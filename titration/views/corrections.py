"""How an entry that turned out to be wrong is corrected or taken back, whatever kind of entry it is."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.utils import timezone

from titration.selectors import records
from titration.selectors.records import PatientRecord

Answer = Callable[[Any, PatientRecord, Any], HttpResponse]


def correct_or_withdraw(
    request: Any,
    *,
    find: Callable[[PatientRecord], Any],
    counts: Callable[[Any], bool],
    correct: Answer,
    withdraw: Answer,
    closed: Answer,
    refused: type[Exception],
) -> HttpResponse:
    """The entry that ``find`` finds (None: 404) is answered by one of the three pages.

    ``closed`` is for an entry that no longer counts, also when somebody else has corrected it between the reading and the
    writing of this request: the service then says ``refused``, or the database does.
    """
    record = records.load(request.subject, as_of=timezone.now())
    entry = find(record)
    if entry is None:
        raise Http404
    if not counts(entry):
        return closed(request, record, entry)
    taken_back = request.method == "POST" and request.POST.get("action") == "withdraw"
    try:
        return (withdraw if taken_back else correct)(request, record, entry)
    except (refused, IntegrityError):
        record = records.load(request.subject, as_of=record.as_of)
        return closed(request, record, find(record))
