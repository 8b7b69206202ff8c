"""The pages of signing up and in: allauth's views, those that we offer, under the names it gives them."""

from allauth.account import views
from django.urls import path, re_path

from accounts.views import email_changes, notifications, sessions, sign_in
from accounts.views.account import your_account
from accounts.views.sign_up import SignUp

urlpatterns = [
    path("", your_account, name="account_email"),
    path("notifications/", notifications.NotificationList.as_view(), name="notifications"),
    path("notifications/when/", notifications.ChooseWhen.as_view(), name="notifications_when"),
    path("notifications/<int:pk>/", notifications.NotificationPage.as_view(), name="notification"),
    path("session/", sessions.session, name="session"),
    path("email/", email_changes.AskForEmailChange.as_view(), name="account_change_email"),
    path(
        "email/confirm/<str:key>/",
        email_changes.ConfirmEmailChange.as_view(),
        name="account_confirm_new_email",
    ),
    path("login/", sign_in.SignIn.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", SignUp.as_view(), name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", sign_in.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"),
    path("password/change/", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("password/set/", sign_in.SetPassword.as_view(), name="account_set_password"),
    path("password/reset/", sign_in.ResetPassword.as_view(), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
