"""The pages about the medicine among those of a patient: what was read, and saying so.

They stand here because they bring two apps together that do not know one another.
"""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from education import ports
from education.addresses import choose_path, search_path
from education.presenters.hub import Topic, groups, topics
from education.presenters.place import Place
from education.presenters.reader_page import ReaderPage, cited, reader_page
from education.presenters.reads import ReadState, read_state
from education.selectors import pages as reading
from education.selectors.pictures import pictures_of
from education.selectors.versions import live_versions
from titration.forms.own.reads import ReadForm
from titration.selectors.own import speaks_as
from titration.selectors.reads import LOCALE, own_readings
from titration.services.dose_rows import KeyUsed
from titration.services.own_reads import PageVersion, confirm_read
from titration.views.own.pages import own_page

_CHANGED = "This page changed after you opened it. Read it once more, then say so again."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTopic:
    """A page in the patient's list, with whether the reader has read it."""

    topic: Topic
    state: ReadState


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGroup:
    title: str
    topics: tuple[OwnTopic, ...]


def learn(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """Every page for the clinic's country, and which of them the reader has read. No page waits for another."""
    versions = live_versions()
    read = own_readings(request.subject, request.user, as_of=timezone.now())
    states = {one["slug"]: read_state(one, read) for one in versions}
    every = _topics(request.subject, versions)
    found = [
        OwnGroup(title=group.title, topics=tuple(OwnTopic(topic=one, state=states[one.slug]) for one in group.topics))
        for group in groups(every)
    ]
    return own_page(
        request, "portal/own_learn.html", here="own:learn", groups=found, place=_place(request.subject),
        warning=reading.stop_warning(),
    )  # fmt: skip


def learn_page(request: Any, patient_id: uuid.UUID, slug: str) -> HttpResponse:
    """One page. Whoever may tell says at its end that they have read it; ``?answer=`` as on the pages for everybody."""
    patient, as_of = request.subject, timezone.now()
    versions = live_versions()
    version = next((one for one in versions if one["slug"] == slug), None)
    if version is None:
        raise Http404
    page = _read(request, slug, versions)
    refused = None
    if request.method == "POST":
        form = ReadForm(request.POST)
        if form.is_valid() and _confirmed(request, page, form, as_of=as_of):
            return redirect(f"{page.url}#read")
        refused = form
    state = read_state(version, own_readings(patient, request.user, as_of=as_of))
    may_confirm = "tell" in patient.rights and page.revision is not None and not page.closed and not state.is_read
    return own_page(
        request, "portal/own_learn_page.html", here="own:learn", status=200 if refused is None else 422,
        page=page, place=_place(patient), state=state, form=refused,
        confirm=ReadForm(initial={"revision": page.revision}) if may_confirm else None,
    )  # fmt: skip


def _confirmed(request: Any, page: ReaderPage, form: ReadForm, *, as_of: Any) -> bool:
    """Whether it is on record now; the form says why not."""
    patient, revision = request.subject, form.cleaned_data["revision"]
    if page.closed or revision != page.revision:
        form.add_error(None, _CHANGED)
        return False
    version = PageVersion(
        slug=page.slug, locale=LOCALE, country=patient.organisation.jurisdiction, revision_id=revision
    )
    try:
        confirm_read(
            key=form.cleaned_data["key"], patient=patient, page=version,
            said_by=speaks_as(patient, request.user), by=request.user, as_of=as_of,
        )  # fmt: skip
    except KeyUsed as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _read(request: Any, slug: str, versions: Any) -> ReaderPage:
    country = request.subject.organisation.jurisdiction
    found = reading.live_page(slug)
    if found is None:
        raise Http404
    page = reader_page(
        found,
        country,
        warning=reading.stop_warning(),
        sources=reading.sources_of(*cited(found.body, country)),
        topics=_topics(request.subject, versions),
        today=timezone.localdate(),
        given=request.GET.get("answer", "") if "check" in request.GET else None,
        pictures=pictures_of(found.body),
    )
    return replace(page, url=_url(request.subject, slug))


def _topics(patient: Any, versions: Any) -> tuple[Topic, ...]:
    """The pages with their addresses among those of the patient."""
    found = topics(versions, patient.organisation.jurisdiction)
    return tuple(replace(one, url=_url(patient, one.slug)) for one in found)


def _url(patient: Any, slug: str) -> str:
    return reverse("own:learn_page", args=[patient.pk, slug])


def _place(patient: Any) -> Place:
    """The patient's clinic, whatever other clinics the reader knows."""
    country = patient.organisation.jurisdiction
    return Place(
        country=country, country_name=ports.facts().country_name(country), hub_url=reverse("own:learn", args=[patient.pk]),
        search_url=search_path(country), choose_url=choose_path(), elsewhere="", own_hub_url="", clinic=patient.organisation,
    )  # fmt: skip
