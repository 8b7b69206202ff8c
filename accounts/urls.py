from django.urls import path

from accounts.views import statements

app_name = "accounts"

urlpatterns = [
    path("accessibility/", statements.accessibility, name="accessibility"),
    path("privacy/", statements.privacy, name="privacy"),
    path("cookies/", statements.cookies, name="cookies"),
]
