"""Every address of the service, from the apps' own lists."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.home import home_after_sign_in

urlpatterns = [
    path("welcome/", home_after_sign_in, name="home_after_sign_in"),
    path("account/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "launchpad.errors.bad_request"
handler403 = "launchpad.errors.forbidden"
handler404 = "launchpad.errors.not_found"
handler500 = "launchpad.errors.server_error"
