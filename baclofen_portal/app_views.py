"""What makes the pages of patients an app on their phone: a neutral name, and help that opens without a network."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

# What the two pages that open offline are drawn with; nothing else is ever kept on a phone.
_FILES = (
    "vendor/bootstrap/bootstrap.min.css",
    *(f"portal/{name}.css" for name in ("tokens", "base", "components", "safety", "forms", "print", "own")),
    "portal/portal.js",
    "portal/icon.svg",
    *(
        f"vendor/atkinson-hyperlegible-next/atkinson-hyperlegible-next-latin-{weight}-normal.woff2"
        for weight in (400, 700)
    ),
)


def manifest(request: Any) -> JsonResponse:
    """The name, colours and icon of the app. It is named like everything else that others may see."""
    name = settings.PRIVATE_SERVICE_NAME
    icon = {"src": static("portal/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    return JsonResponse(
        {
            "name": name, "short_name": name, "id": "/", "start_url": reverse("home"), "scope": "/", "lang": "en",
            "display": "standalone", "background_color": "#fbfaf7", "theme_color": "#0f4c4a", "icons": [icon],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


def worker(request: Any) -> HttpResponse:
    """The script that keeps Help, and a page that says that there is no network; no page of a patient."""
    files = [static(name) for name in _FILES]
    context = {
        "kept": [reverse("help"), reverse("app:offline"), *files],
        "help": reverse("help"),
        "offline": reverse("app:offline"),
    }
    return render(request, "portal/worker.js", context, content_type="text/javascript")


def offline(request: Any) -> HttpResponse:
    """What is shown in place of a page that cannot be reached."""
    return render(request, "portal/offline.html")
