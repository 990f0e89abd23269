"""Who looked: the log of accesses, for the patient and for carers who may do all that the patient may."""

import uuid
from typing import Any

from django.http import HttpResponse

from titration.presenters.own.looked import looked_page
from titration.selectors.looked import looked as read
from titration.views.own.pages import own_page
from titration.views.paging import page_number


def looked(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """One line a person and day, newest first."""
    page = looked_page(read(request.subject, page=page_number(request)), zone=request.subject.time_zone)
    return own_page(request, "titration/own/looked.html", here="own:me", page=page)
