from django.urls import path

from accounts.views import organisation, statements

app_name = "accounts"

urlpatterns = [
    path("organisation/", organisation.OrganisationList.as_view(), name="organisation"),
    path("organisation/new/", organisation.CreateOrganisation.as_view(), name="organisation_create"),
    path("organisation/<int:pk>/", organisation.ChangeOrganisation.as_view(), name="organisation_change"),
    path("accessibility/", statements.accessibility, name="accessibility"),
    path("privacy/", statements.privacy, name="privacy"),
    path("cookies/", statements.cookies, name="cookies"),
]
