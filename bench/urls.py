"""The portal and an empty signed-in view with one query, the floor of this machine."""

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from baclofen_portal.access import ACCESS, STAFF, Rule

ACCESS["bench-empty"] = Rule(roles=STAFF)


def empty(request: HttpRequest) -> HttpResponse:
    """A page with the portal's frame, nothing in it, and one query of its own."""
    get_user_model().objects.filter(pk=request.user.pk).exists()
    return render(request, "base.html")


urlpatterns = [path("bench/empty/", empty, name="bench-empty"), path("", include("baclofen_portal.urls"))]

handler400 = "baclofen_portal.views.bad_request"
handler403 = "baclofen_portal.views.forbidden"
handler404 = "baclofen_portal.views.not_found"
handler500 = "baclofen_portal.views.server_error"
