"""Routes of single sign-on: the owner's pages, and the way in."""

from django.urls import URLPattern, URLResolver, path

from partners.single_sign_on import pages, sign_in

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("organization/security/single-sign-on/", pages.single_sign_on, name="single_sign_on"),
    path("organization/security/single-sign-on/switch/", pages.single_sign_on_switch, name="single_sign_on_switch"),
    path("organization/security/single-sign-on/rule/", pages.single_sign_on_rule, name="single_sign_on_rule"),
    path("organization/security/single-sign-on/provider/", pages.identity_provider, name="identity_provider"),
    path("organization/security/single-sign-on/domains/", pages.domain_add, name="domain_add"),
    path(
        "organization/security/single-sign-on/domains/<uuid:domain_id>/verify/",
        pages.domain_verify,
        name="domain_verify",
    ),
    path(
        "organization/security/single-sign-on/domains/<uuid:domain_id>/remove/",
        pages.domain_remove,
        name="domain_remove",
    ),
    path("sign-in/company/", sign_in.company_sign_in, name="company_sign_in"),
    path("sign-in/company/<uuid:provider_id>/", sign_in.company_sign_in_answer, name="company_sign_in_answer"),
]
