"""Routes of access: pages of the portal, pages of the account that replace allauth's, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from partners.access import account, api, pages, security, viewing

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("organization/access/", pages.access, name="access"),
    path("organization/security/", security.security, name="security"),
    path("organization/security/second-factor/", security.security_second_factor, name="security_second_factor"),
    path("viewing/end/", viewing.viewing_end, name="viewing_end"),
    path("sessions/", pages.sessions, name="sessions"),
    path("sessions/end-others/", pages.sessions_end, name="sessions_end"),
    path("sessions/<uuid:public_id>/end/", pages.session_end, name="session_end"),
]
account_urlpatterns: list[URLPattern | URLResolver] = [
    path("email/", account.email, name="account_email"),
    path("password/set/", account.set_password, name="account_set_password"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("members", api.MembersView.as_view(), name="members"),
    path("members/<uuid:member_id>", api.MemberView.as_view(), name="member"),
    path("invitations", api.InvitationsView.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>", api.InvitationView.as_view(), name="invitation"),
    path("organization/second-factor-rule", api.SecondFactorRuleView.as_view(), name="second_factor_rule"),
]
