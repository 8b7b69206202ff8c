from django.urls import path

from applications.views import (
    answers,
    assessor_invitations,
    costs,
    dashboard,
    deletion,
    details,
    entry,
    equality,
    fit,
    funding,
    public,
    receipts,
    reopening,
    start,
    submit,
    waiver,
    withdrawal,
)

app_name = "applications"

urlpatterns = [
    path("", public.competition_list, name="competition_list"),
    path("competitions/<str:code>/", public.competition_page, name="competition"),
    path("competitions/<str:code>/check/", fit.Check.as_view(), name="fit"),
    path("competitions/<str:code>/check/result/", fit.result, name="fit_result"),
    path("competitions/<str:code>/start/", start.Start.as_view(), name="start"),
    path(
        "assessors/invitation/<str:key>/",
        assessor_invitations.InvitationPage.as_view(),
        name="assessor_invitation",
    ),
    path(
        "assessors/invitation/<str:key>/accept/",
        assessor_invitations.AcceptInvitation.as_view(),
        name="assessor_invitation_accept",
    ),
    path("receipts/", receipts.check_receipt, name="check_receipt"),
    path("applications/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("applications/<str:reference>/", entry.Entry.as_view(), name="detail"),
    path("applications/<str:reference>/all/", entry.All.as_view(), name="all"),
    path("applications/<str:reference>/details/", details.Details.as_view(), name="details"),
    path("applications/<str:reference>/answers/<slug:key>/", answers.AnswerPage.as_view(), name="answer"),
    path("applications/<str:reference>/organisation/", details.Part.as_view(), name="organisation"),
    path("applications/<str:reference>/costs/", costs.Costs.as_view(), name="costs"),
    path("applications/<str:reference>/costs/<slug:category>/", costs.Lines.as_view(), name="cost_lines"),
    path(
        "applications/<str:reference>/costs/<slug:category>/<int:pk>/", costs.Line.as_view(), name="cost_line"
    ),
    path(
        "applications/<str:reference>/costs/<slug:category>/<int:pk>/remove/",
        costs.Remove.as_view(),
        name="cost_line_remove",
    ),
    path("applications/<str:reference>/funding/", funding.Funding.as_view(), name="funding"),
    path("applications/<str:reference>/declarations/", details.Declarations.as_view(), name="declarations"),
    path("applications/<str:reference>/equality/", equality.Equality.as_view(), name="equality"),
    path("applications/<str:reference>/check/", submit.Check.as_view(), name="check"),
    path("applications/<str:reference>/reopen/", reopening.Reopen.as_view(), name="reopen"),
    path("applications/<str:reference>/delete/", deletion.Delete.as_view(), name="delete"),
    path("applications/<str:reference>/withdraw/", withdrawal.Withdraw.as_view(), name="withdraw"),
    path("applications/<str:reference>/waiver/", waiver.AskWaiver.as_view(), name="waiver"),
    path("applications/<str:reference>/receipt/", submit.Receipt.as_view(), name="receipt"),
    path("applications/<str:reference>/receipt/copy/", submit.Copy.as_view(), name="receipt_copy"),
]
