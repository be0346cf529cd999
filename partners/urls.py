"""Routes of partners: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, include, path

from partners import api
from partners.agreements.api import urls as agreements_api
from partners.agreements.pages import answers, endings, overview, versions
from partners.alliances import api as alliances_api
from partners.catalogue import urls as catalogue
from partners.drafts.api import drafts as drafts_api
from partners.drafts.pages import clauses as draft_clauses
from partners.drafts.pages import example as draft_example
from partners.drafts.pages import overview as draft_overview
from partners.drafts.pages import paper as draft_paper
from partners.drafts.pages import propose as draft_propose
from partners.drafts.pages import sections as draft_sections
from partners.drafts.pages import start as draft_start
from partners.drafts.pages import written as draft_written
from partners.onboarding import urls as onboarding
from partners.portal import alliances, joining, members, organization, proposals
from partners.terms import api as terms_api
from partners.terms import pages as terms_pages

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("apply/", joining.apply, name="apply"),
    path("apply/sent/", joining.applied, name="applied"),
    path("join/<str:token>/", joining.join, name="join"),
    path("", include(onboarding.portal_urlpatterns)),
    path("alliances/", alliances.alliances, name="alliances"),
    path("alliances/open/", alliances.alliance_open, name="alliance_open"),
    path("alliances/<uuid:alliance_id>/", alliances.alliance, name="alliance"),
    path("alliances/<uuid:alliance_id>/partners/new/", alliances.partner_found, name="partner_found"),
    path("alliances/<uuid:alliance_id>/partners/add/", alliances.partner_add, name="partner_add"),
    path("agreements/<uuid:agreement_id>/difference/", terms_pages.agreement_difference, name="agreement_difference"),
    path("agreements/drafts/", draft_overview.drafts, name="drafts"),
    path("agreements/drafts/new/<uuid:alliance_id>/", draft_start.draft_start, name="draft_start"),
    path("agreements/<uuid:agreement_id>/drafts/", draft_start.draft_amend, name="draft_amend"),
    path("agreements/drafts/<uuid:draft_id>/", draft_overview.draft, name="draft"),
    path("agreements/drafts/<uuid:draft_id>/clauses/<int:place>/", draft_clauses.draft_clause, name="draft_clause"),
    path(
        "agreements/drafts/<uuid:draft_id>/clauses/<int:place>/act/",
        draft_clauses.draft_clause_act,
        name="draft_clause_act",
    ),
    path(
        "agreements/drafts/<uuid:draft_id>/sections/<slug:section>/", draft_sections.draft_section, name="draft_section"
    ),
    path("agreements/drafts/<uuid:draft_id>/json/", draft_written.draft_json, name="draft_json"),
    path("agreements/drafts/<uuid:draft_id>/example/", draft_example.draft_example, name="draft_example"),
    path("agreements/drafts/<uuid:draft_id>/paper/", draft_paper.draft_paper, name="draft_paper"),
    path("agreements/drafts/<uuid:draft_id>/propose/", draft_propose.draft_propose, name="draft_propose"),
    path("agreements/drafts/<uuid:draft_id>/discard/", draft_overview.draft_discard, name="draft_discard"),
    path("agreements/new/<uuid:alliance_id>/", proposals.agreement_propose, name="agreement_propose"),
    path("alliances/partners/<uuid:membership_id>/code/", alliances.partner_code, name="partner_code"),
    path("alliances/partners/<uuid:organization_id>/owner/", alliances.partner_owner, name="partner_owner"),
    path("agreements/", overview.agreements, name="agreements"),
    path("agreements/<uuid:agreement_id>/", overview.agreement, name="agreement"),
    path("agreements/<uuid:agreement_id>/versions/new/", proposals.version_propose, name="version_propose"),
    path(
        "agreements/<uuid:agreement_id>/versions/<uuid:version_id>/",
        versions.agreement_version,
        name="agreement_version",
    ),
    path("agreements/<uuid:agreement_id>/versions/<uuid:version_id>/copy/", versions.version_copy, name="version_copy"),
    path("agreements/<uuid:agreement_id>/versions/<uuid:version_id>/file/", versions.version_file, name="version_file"),
    path("agreements/<uuid:agreement_id>/notice/", endings.notice, name="agreement_notice"),
    path("agreements/<uuid:agreement_id>/end/consent/", endings.ending_propose, name="ending_propose"),
    path("agreements/<uuid:agreement_id>/end/cause/", endings.ending_cause, name="ending_cause"),
    path("agreements/<uuid:agreement_id>/endings/<uuid:ending_id>/", endings.ending, name="ending"),
    path(
        "agreements/<uuid:agreement_id>/endings/<uuid:ending_id>/accept/", endings.ending_accept, name="ending_accept"
    ),
    path(
        "agreements/<uuid:agreement_id>/endings/<uuid:ending_id>/decline/",
        endings.ending_decline,
        name="ending_decline",
    ),
    path(
        "agreements/<uuid:agreement_id>/endings/<uuid:ending_id>/withdraw/",
        endings.ending_withdraw,
        name="ending_withdraw",
    ),
    path("agreements/<uuid:agreement_id>/endings/<uuid:ending_id>/go-on/", endings.ending_revoke, name="ending_revoke"),
    path(
        "agreements/<uuid:agreement_id>/versions/<uuid:version_id>/accept/",
        versions.version_accept,
        name="version_accept",
    ),
    path(
        "agreements/<uuid:agreement_id>/versions/<uuid:version_id>/withdraw/",
        answers.version_withdraw,
        name="version_withdraw",
    ),
    path(
        "agreements/<uuid:agreement_id>/versions/<uuid:version_id>/decline/",
        answers.version_decline,
        name="version_decline",
    ),
    path("members/", members.members, name="members"),
    path("members/roles/", members.member_roles, name="member_roles"),
    path("members/invite/", members.member_invite, name="member_invite"),
    path("members/<uuid:member_id>/role/", members.member_role, name="member_role"),
    path("members/<uuid:member_id>/remove/", members.member_remove, name="member_remove"),
    path("members/invitations/<uuid:invitation_id>/resend/", members.invitation_resend, name="invitation_resend"),
    path("members/invitations/<uuid:invitation_id>/revoke/", members.invitation_revoke, name="invitation_revoke"),
    path("organization/", organization.organization, name="organization"),
    *catalogue.portal_urlpatterns,
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    *onboarding.api_urlpatterns,
    path("organization", api.OrganizationView.as_view(), name="organization"),
    path("alliances", alliances_api.AlliancesView.as_view(), name="alliances"),
    path("alliances/<uuid:alliance_id>", alliances_api.AllianceView.as_view(), name="alliance"),
    path(
        "alliances/<uuid:alliance_id>/partners", alliances_api.AlliancePartnersView.as_view(), name="alliance_partners"
    ),
    path(
        "alliances/<uuid:alliance_id>/partners/<uuid:organization_id>",
        alliances_api.AlliancePartnerView.as_view(),
        name="alliance_partner",
    ),
    path(
        "alliances/<uuid:alliance_id>/partners/<uuid:organization_id>/owner-invitations",
        alliances_api.FirstOwnerView.as_view(),
        name="first_owner",
    ),
    path("agreements", api.AgreementsView.as_view(), name="agreements"),
    path("agreements/<uuid:agreement_id>", api.AgreementView.as_view(), name="agreement"),
    path("agreements/<uuid:agreement_id>/terms", api.AgreementTermsView.as_view(), name="agreement_terms"),
    *agreements_api.urlpatterns,
    path(
        "agreements/<uuid:agreement_id>/versions/<int:number>/difference",
        terms_api.DifferenceView.as_view(),
        name="version_difference",
    ),
    path("agreement-drafts", drafts_api.DraftsView.as_view(), name="drafts"),
    path("agreement-drafts/<uuid:draft_id>", drafts_api.DraftView.as_view(), name="draft"),
    path("agreement-drafts/<uuid:draft_id>/proposal", drafts_api.DraftProposalView.as_view(), name="draft_proposal"),
    path("terms/validation", terms_api.TermsValidationView.as_view(), name="terms_validation"),
    path("schemas/terms", terms_api.TermsSchemaView.as_view(), name="terms_schema"),
    *catalogue.api_urlpatterns,
]
