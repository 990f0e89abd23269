"""Every URL of the editors' process. What a name may be asked for stands in baclofen_portal/cms/access.py."""

from allauth.account.views import logout
from django.urls import include, path
from wagtail import urls as page_urls
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

from baclofen_portal.cms import views
from baclofen_portal.cms.doors import sign_in
from baclofen_portal.views import live

urlpatterns = [
    path("", views.home, name="home"),
    path("livez", live, name="live"),
    path("readyz", views.ready, name="ready"),
    # Before those of Wagtail, which have a sign-in of their own.
    path("cms/login/", sign_in, name="account_login"),
    path("cms/logout/", logout, name="account_logout"),
    path("cms/account/", views.account, name="wagtailadmin_account"),
    path("cms/", include(admin_urls)),
    path("documents/", include(document_urls)),
    path("media/<path:path>", views.media, name="media"),
    path("pages/", include(page_urls)),
]

handler400 = "baclofen_portal.views.bad_request"
handler403 = "baclofen_portal.views.forbidden"
handler404 = "baclofen_portal.views.not_found"
handler500 = "baclofen_portal.views.server_error"
