"""The order of a request of an editor: is there such a page, who asks, one transaction, the page."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from wagtail.models import Page

from baclofen_portal.busy import busy, held_by_others
from baclofen_portal.cms.access import CLOSED, PUBLIC, rule_of

GetResponse = Callable[[Any], HttpResponse]
PROBES = frozenset({"/livez", "/readyz"})


class RegistryMiddleware:
    """What nobody listed is not there. Asked before the form's token, which only a POST has."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        if rule_of(request.resolver_match) == CLOSED:
            raise Http404
        return None


class EditorTransactionMiddleware:
    """One transaction around view and rendering, in which PostgreSQL knows which editor asks. A failure leaves nothing behind."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.failed = False
        request.done = False
        if request.path_info in PROBES:
            return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            if request.failed or response.status_code >= 500:
                transaction.set_rollback(True)
        # Whatever fails from here on, what was sent has been carried out.
        request.done = request.method == "POST" and response.status_code < 400
        return response

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        request.failed = True
        return busy(request) if held_by_others(exception) else None


class AccessMiddleware:
    """Who has not signed in is asked to; who may come in at all is asked by EditorBackend at every request.

    What is posted about one page is done one after the other. The editor saves by itself while somebody types; without
    this, such a saving that overtakes "Send" makes a version after the one that was sent, and nobody can approve either.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        if rule_of(request.resolver_match) == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(
                request.get_full_path() if request.method == "GET" else reverse("wagtailadmin_home")
            )
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor', %s, true)", [str(request.user.pk)])
        if request.method == "POST" and "page_id" in kwargs:
            Page.objects.select_for_update().filter(pk=kwargs["page_id"]).first()
        return None
