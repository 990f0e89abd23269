"""What the editors' process answers itself: first page, readiness, own preferences, images. The rest is Wagtail's."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.static import serve
from wagtail.admin.views.account import AccountView, ThemeSettingsPanel

from baclofen_portal.views import migrations_missing

# What Wagtail keeps of images: as they were sent, and as they are shown.
_IMAGES = ("images/", "original_images/")


class Account(AccountView):
    """How the admin looks. Names, addresses and passwords are not changed here, and no mail is sent to anybody."""

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if isinstance(panel, ThemeSettingsPanel)]


account = Account.as_view()


def home(request: Any) -> HttpResponse:
    """There is nothing here but the admin."""
    return redirect("wagtailadmin_home")


def ready(request: Any) -> HttpResponse:
    """The database answers and has every migration of this code; 503 otherwise, without details."""
    try:
        missing = migrations_missing()
    except DatabaseError:
        connection.close()  # the next one asks on a new connection
        missing = True
    return JsonResponse({"status": "not ready"}, status=503) if missing else JsonResponse({"status": "ok"})


def media(request: Any, path: str) -> Any:
    """An image, for editors. A file that was sent by somebody runs nothing, whatever is in it."""
    if not path.startswith(_IMAGES) or ".." in path:
        raise Http404
    response: Any = serve(request, path, document_root=settings.MEDIA_ROOT)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
