"""Every URL of the portal."""

from django.urls import include, path

from baclofen_portal import app_views, own_learning, views
from baclofen_portal.accounts.joining import join
from baclofen_portal.accounts.passkey_views import passkey_sign_in, passkey_start
from baclofen_portal.accounts.views import sign_in
from baclofen_portal.accounts.ways import ways, ways_add, ways_remove
from titration.urls import OWN, own_urlpatterns

own = [
    *own_urlpatterns,
    path(f"{OWN}learn/", own_learning.learn, name="learn"),
    path(f"{OWN}learn/<slug:slug>/", own_learning.learn_page, name="learn_page"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("learn/", include("education.urls")),
    path(
        "",
        include(
            (
                [
                    path("app.webmanifest", app_views.manifest, name="manifest"),
                    path("worker.js", app_views.worker, name="worker"),
                    path("offline/", app_views.offline, name="offline"),
                ],
                "app",
            )
        ),
    ),
    path("", include(([path("livez", views.live, name="live"), path("readyz", views.ready, name="ready")], "health"))),
    path("join/<slug:token>/", join, name="join"),
    path("accounts/login/", sign_in, name="account_login"),  # before that of allauth
    path("accounts/passkey/start/", passkey_start, name="passkey_start"),
    path("accounts/passkey/", passkey_sign_in, name="passkey_sign_in"),
    path("accounts/ways/", ways, name="ways"),
    path("accounts/ways/add/", ways_add, name="ways_add"),
    path("accounts/ways/<uuid:passkey>/remove/", ways_remove, name="ways_remove"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("titration.urls")),
    path("", include((own, "own"))),
]

handler400 = "baclofen_portal.views.bad_request"
handler403 = "baclofen_portal.views.forbidden"
handler404 = "baclofen_portal.views.not_found"
handler500 = "baclofen_portal.views.server_error"
