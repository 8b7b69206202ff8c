from django.urls import path

from accounts.views import invitations, look_up, membership_requests, organisation, people, sizes, statements

app_name = "accounts"

urlpatterns = [
    path("organisation/", organisation.OrganisationList.as_view(), name="organisation"),
    path("organisation/new/", organisation.CreateOrganisation.as_view(), name="organisation_create"),
    path("organisation/<int:pk>/", organisation.ChangeOrganisation.as_view(), name="organisation_change"),
    path("organisation/new/look-up/", look_up.LookUpCompany.as_view(), name="organisation_look_up"),
    path(
        "organisation/<int:pk>/look-up/",
        look_up.LookUpCompany.as_view(),
        name="organisation_look_up_change",
    ),
    path("organisation/<int:pk>/size/", sizes.WorkOutSize.as_view(), name="size"),
    path("organisation/<int:pk>/size/drop/", sizes.DropFigures.as_view(), name="size_drop"),
    path("organisation/<int:pk>/people/", people.OrganisationPeople.as_view(), name="people"),
    path("organisation/<int:pk>/people/<int:member>/", people.ChangeMember.as_view(), name="member"),
    path(
        "organisation/ask/<str:number>/",
        membership_requests.AskForMembership.as_view(),
        name="membership_ask",
    ),
    path(
        "organisation/<int:pk>/people/requests/<int:asked>/",
        membership_requests.AnswerRequest.as_view(),
        name="answer_request",
    ),
    path("organisation/<int:pk>/people/invite/", invitations.Invite.as_view(), name="invite"),
    path(
        "organisation/<int:pk>/people/invitations/<int:invitation>/again/",
        invitations.SendAgain.as_view(),
        name="invitation_again",
    ),
    path(
        "organisation/<int:pk>/people/invitations/<int:invitation>/withdraw/",
        invitations.Withdraw.as_view(),
        name="invitation_withdraw",
    ),
    path("invitation/<str:key>/", invitations.InvitationPage.as_view(), name="invitation"),
    path("invitation/<str:key>/accept/", invitations.AcceptInvitation.as_view(), name="invitation_accept"),
    path("contact/", statements.contact, name="contact"),
    path("accessibility/", statements.accessibility, name="accessibility"),
    path("privacy/", statements.privacy, name="privacy"),
    path("cookies/", statements.cookies, name="cookies"),
]
