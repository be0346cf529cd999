"""Routes of onboarding."""

from django.urls import URLPattern, URLResolver, path

from partners.onboarding import api
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
    path("bank-account/change/", bank_accounts.bank_account_change, name="bank_account_change"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("application", api.OwnApplicationView.as_view(), name="own_application"),
    path("applications", api.ApplicationsView.as_view(), name="applications"),
    path("applications/<uuid:application_id>", api.ApplicationView.as_view(), name="application"),
    path(
        "applications/<uuid:application_id>/decisions",
        api.ApplicationDecisionsView.as_view(),
        name="application_decisions",
    ),
]
