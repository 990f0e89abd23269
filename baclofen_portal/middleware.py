"""The order of every request: headers, one transaction with its actor, access, page, audit, commit."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError, transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse

from baclofen_portal import request_id
from baclofen_portal.access import ACCESS, Rule
from baclofen_portal.busy import busy, held_by_others
from titration.models import SaidBy
from titration.models.actors import set_actor
from titration.models.locks import lock_patient
from titration.services import audit as audits

GetResponse = Callable[[Any], HttpResponse]

# Pages that open no transaction of their own: a probe answers whatever the database does.
PROBES = frozenset({"/livez", "/readyz"})


class HeadersMiddleware:
    """A request id, and no copy of a page in any cache: nearly every page holds patient data."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.id = str(uuid.uuid4())
        token = request_id.current.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.current.reset(token)
        response.headers["X-Request-ID"] = request.id
        response.headers.setdefault("Cache-Control", "no-store")
        if (
            response.status_code == 302
            and request.resolver_match
            and request.resolver_match.view_name == "account_logout"
        ):
            # Not "storage": that would delete what a browser keeps for help without a network.
            response.headers["Clear-Site-Data"] = '"cache", "cookies"'
        return response


class ActorTransactionMiddleware:
    """One transaction around view, rendering and audit, in which PostgreSQL knows who asks.

    Not ``ATOMIC_REQUESTS``: that one commits before a lazy response is rendered.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.subject = None
        request.access = None
        request.last_look = None
        request.seen = []
        request.failed = False
        request.done = False
        if request.path_info in PROBES:
            return self.get_response(request)
        with transaction.atomic():
            # Until AccessMiddleware names the actor, row-level security shows nobody to anybody.
            response = self.get_response(request)
            if request.failed or response.status_code >= 500:
                transaction.set_rollback(True)
            elif request.access is not None and response.status_code not in (403, 404, 405):
                audits.write_page(request=request, response=response)
        # Whatever fails from here on, what was sent has been carried out.
        request.done = request.method == "POST" and response.status_code < 400
        if response.status_code in (403, 404, 405) and request.user.is_authenticated:
            with transaction.atomic():
                set_actor(request.user.pk)
                audits.write_denial(request=request, status=response.status_code)
        return response

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        request.failed = True
        return busy(request) if held_by_others(exception) else None


class RegistryMiddleware:
    """Whether there is such a page, and whether it knows the method. Asked before the form's token, which only a POST has."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        rule = ACCESS.get(request.resolver_match.view_name)
        if rule is None or rule.closed:
            raise Http404
        if request.method in rule.allowed:
            return None
        if not rule.public and not request.user.is_authenticated:
            return redirect_to_login(reverse("home"))
        return HttpResponseNotAllowed(sorted(rule.allowed))


class AccessMiddleware:
    """Answers who may not: 302 to sign-in, 404 for what may not be known, 403 for what may not be done."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        rule = ACCESS[request.resolver_match.view_name]  # RegistryMiddleware has found it
        if rule.public:
            return None
        if not request.user.is_authenticated:
            if request.htmx:  # a part of a page that is open: a page to sign in must not stand in its place
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("home"))
        request.access = rule
        if rule.subject:
            return self._load_subject(request, rule, kwargs)
        request.last_look = set_actor(request.user.pk)
        if request.user.role not in rule.roles:
            return render(request, "403.html", status=403)
        return None

    def _load_subject(self, request: Any, rule: Rule, kwargs: dict[str, Any]) -> HttpResponse | None:
        from titration.selectors import own, patients

        key = kwargs["patient_id"]
        # From here on no other patient exists for this transaction, whatever a form or a query asks for.
        request.last_look = set_actor(request.user.pk, key)
        found = patients.with_rights(key, request.user) if request.user.role in rule.roles else None
        if found is None or "read" not in found.rights:
            raise Http404
        not_theirs = rule.self_only and own.speaks_as(found, request.user) != SaidBy.PATIENT
        if rule.right_for(request.method) not in found.rights or not_theirs:
            return render(request, "403.html", status=403)
        request.subject = found
        if request.method == "POST" and rule.writes:
            try:
                lock_patient(found.pk)
            except OperationalError as error:
                if not held_by_others(error):
                    raise
                return busy(request)
        return None
