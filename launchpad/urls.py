"""Every address of the service, from the apps' own lists."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.home import home_after_sign_in
from launchpad import health
from launchpad.operations import views as operations
from launchpad.security_contact import security_txt

urlpatterns = [
    path("welcome/", home_after_sign_in, name="home_after_sign_in"),
    path("account/", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("", include("applications.urls")),
    path("offers/", include("funding.urls")),
    path("", include("funding.facts_urls")),
    path("open-data/", include("funding.open_data_urls")),
    path("assistance/", include("funding.assistance_urls")),
    path("api/", include("launchpad.api")),
    path("admin/status/", admin.site.admin_view(operations.page), name="office_status"),
    path("admin/roles/", admin.site.admin_view(operations.roles), name="office_roles"),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/status", operations.Status.as_view(), name="health_status"),
    path("health/metrics", operations.Metrics.as_view(), name="health_metrics"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
]

handler400 = "launchpad.errors.bad_request"
handler403 = "launchpad.errors.forbidden"
handler404 = "launchpad.errors.not_found"
handler429 = "launchpad.errors.too_many"
handler500 = "launchpad.errors.server_error"
