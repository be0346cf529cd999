"""Routes of onboarding."""

from django.urls import URLPattern, URLResolver, path

from partners.onboarding.api import applying as api_applying
from partners.onboarding.api import bank_accounts as api_bank_accounts
from partners.onboarding.api import reviewing as api
from partners.onboarding.api import settings as api_settings
from partners.onboarding.pages import applying, bank_accounts, decisions, page_settings, public, reviewing, steps

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("join-alliance/<slug:slug>/", public.page, name="application_page"),
    path("join-alliance/<slug:slug>/logo/", public.logo, name="application_page_logo"),
    path("join-alliance/<slug:slug>/start/", public.found, name="application_found"),
    path("application/", applying.own, name="own_applications"),
    path("application/start/<slug:slug>/", applying.start, name="application_start"),
    path("application/<uuid:application_id>/", applying.overview, name="application"),
    path("application/<uuid:application_id>/steps/<str:step>/", steps.step, name="application_step"),
    path("application/<uuid:application_id>/submit/", applying.submit, name="application_submit"),
    path("application/<uuid:application_id>/withdraw/", applying.withdraw, name="application_withdraw"),
    path(
        "application/<uuid:application_id>/documents/<uuid:document_id>/",
        steps.document_file,
        name="application_document",
    ),
    path(
        "application/<uuid:application_id>/documents/<uuid:document_id>/remove/",
        steps.document_remove,
        name="application_document_remove",
    ),
    path("applications/", reviewing.queue, name="applications"),
    path("applications/<uuid:application_id>/", reviewing.review, name="application_review"),
    path("applications/<uuid:application_id>/take-up/", reviewing.take_up, name="application_take_up"),
    path("applications/<uuid:application_id>/ticks/", reviewing.tick, name="application_tick"),
    path("applications/<uuid:application_id>/notes/", reviewing.note, name="application_note"),
    path("applications/<uuid:application_id>/changes/", decisions.changes, name="application_changes"),
    path("applications/<uuid:application_id>/approve/", decisions.approve, name="application_approve"),
    path("applications/<uuid:application_id>/reject/", decisions.reject, name="application_reject"),
    path(
        "applications/<uuid:application_id>/documents/<uuid:document_id>/",
        reviewing.document_file,
        name="application_review_document",
    ),
    path("alliances/<uuid:alliance_id>/application-page/", page_settings.page_edit, name="application_page_edit"),
    path("alliances/<uuid:alliance_id>/application-page/logo/", page_settings.logo_set, name="application_logo_set"),
    path("alliances/<uuid:alliance_id>/eligibility/", page_settings.eligibility, name="eligibility"),
    path("bank-account/", bank_accounts.bank_account, name="bank_account"),
    path("bank-account/<uuid:bank_account_id>/decide/", bank_accounts.bank_account_decide, name="bank_account_decide"),
    path("bank-account/change/", bank_accounts.bank_account_change, name="bank_account_change"),
]
_OWN = "application/<uuid:application_id>"
_RECEIVED = "applications/<uuid:application_id>"
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("application-pages/<slug:slug>", api_applying.ApplicationPageView.as_view(), name="application_page"),
    path("application", api_applying.OwnApplicationView.as_view(), name="own_application"),
    path(_OWN, api_applying.OwnApplicationByIdView.as_view(), name="own_application_by_id"),
    path(f"{_OWN}/company", api_applying.ApplicationCompanyView.as_view(), name="application_company"),
    path(f"{_OWN}/audience", api_applying.ApplicationAudienceView.as_view(), name="application_audience"),
    path(f"{_OWN}/contacts", api_applying.ApplicationContactsView.as_view(), name="application_contacts"),
    path(f"{_OWN}/bank-account", api_applying.ApplicationBankView.as_view(), name="application_bank_account"),
    path(f"{_OWN}/documents", api_applying.ApplicationDocumentsView.as_view(), name="application_own_documents"),
    path(
        f"{_OWN}/documents/<uuid:document_id>",
        api_applying.ApplicationDocumentView.as_view(),
        name="application_own_document",
    ),
    path(f"{_OWN}/submit", api_applying.ApplicationSubmitView.as_view(), name="application_submit"),
    path(f"{_OWN}/withdraw", api_applying.ApplicationWithdrawView.as_view(), name="application_withdraw"),
    path("applications", api.ApplicationsView.as_view(), name="applications"),
    path(_RECEIVED, api.ApplicationView.as_view(), name="application"),
    path(f"{_RECEIVED}/decisions", api.ApplicationDecisionsView.as_view(), name="application_decisions"),
    path(f"{_RECEIVED}/ticks", api.ApplicationTicksView.as_view(), name="application_ticks"),
    path(f"{_RECEIVED}/notes", api.ApplicationNotesView.as_view(), name="application_notes"),
    path(
        f"{_RECEIVED}/documents/<uuid:document_id>",
        api.ApplicationDocumentView.as_view(),
        name="application_review_document",
    ),
    path("alliances/<uuid:alliance_id>/application-page", api_settings.PageView.as_view(), name="alliance_page"),
    path(
        "alliances/<uuid:alliance_id>/application-page/logo",
        api_settings.PageLogoView.as_view(),
        name="alliance_page_logo",
    ),
    path("alliances/<uuid:alliance_id>/eligibility", api_settings.EligibilityView.as_view(), name="eligibility"),
    path("bank-accounts", api_bank_accounts.BankAccountsView.as_view(), name="bank_accounts"),
    path(
        "bank-accounts/<uuid:bank_account_id>/decisions",
        api_bank_accounts.BankAccountDecisionsView.as_view(),
        name="bank_account_decisions",
    ),
]
