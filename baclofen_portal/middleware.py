"""The order of every request: headers, one transaction with its actor, access, page, audit, commit."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse

from baclofen_portal import request_id
from baclofen_portal.access import ACCESS, Rule
from titration.models.actors import set_actor
from titration.models.locks import lock_patient
from titration.services import audit as audits

GetResponse = Callable[[Any], HttpResponse]

# Pages that answer without a database: a probe must not fail because the database is busy.
WITHOUT_DATABASE = frozenset({"/livez"})


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
        request.seen = []
        request.failed = False
        if request.path_info in WITHOUT_DATABASE:
            return self.get_response(request)
        with transaction.atomic():
            # Until AccessMiddleware names the actor, row-level security shows nobody to anybody.
            response = self.get_response(request)
            if request.failed or response.status_code >= 500:
                transaction.set_rollback(True)
            elif request.access is not None and response.status_code not in (403, 404, 405):
                audits.write_page(request=request, response=response)
        if response.status_code in (403, 404, 405) and request.user.is_authenticated:
            with transaction.atomic():
                set_actor(request.user.pk)
                audits.write_denial(request=request, status=response.status_code)
        return response

    def process_exception(self, request: Any, exception: Exception) -> None:
        request.failed = True


class AccessMiddleware:
    """Answers who may not: 302 to sign-in, 404 for what may not be known, 403 for what may not be done, 405."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        rule = ACCESS.get(match.view_name)
        if rule is None or rule.closed:
            raise Http404
        if rule.public:
            return None if request.method in rule.allowed else HttpResponseNotAllowed(sorted(rule.allowed))
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("home"))
        if request.method not in rule.allowed:
            return HttpResponseNotAllowed(sorted(rule.allowed))
        request.access = rule
        if rule.subject:
            return self._load_subject(request, rule, kwargs)
        set_actor(request.user.pk)
        if request.user.role not in rule.roles:
            return render(request, "403.html", status=403)
        return None

    def _load_subject(self, request: Any, rule: Rule, kwargs: dict[str, Any]) -> HttpResponse | None:
        from titration.selectors import patients

        key = kwargs["patient_id"]
        # From here on no other patient exists for this transaction, whatever a form or a query asks for.
        set_actor(request.user.pk, key)
        found = patients.with_rights(key, request.user) if request.user.role in rule.roles else None
        if found is None or "read" not in found.rights:
            raise Http404
        if rule.right_for(request.method) not in found.rights:
            return render(request, "403.html", status=403)
        request.subject = found
        if request.method == "POST" and rule.writes:
            lock_patient(found.pk)
        return None
