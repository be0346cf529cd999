"""Applications as both sides of the API read them."""

from django.db.models import Prefetch, QuerySet

from partners.models import ApplicationDocument, PartnerApplication


def with_documents() -> QuerySet[PartnerApplication]:
    """The applications that the scope sees, their documents at hand."""
    documents = ApplicationDocument.objects.order_by("id")
    return PartnerApplication.objects.prefetch_related(Prefetch("documents", queryset=documents))


def shown(application: PartnerApplication) -> PartnerApplication:
    """With every answer named, also those that are not given yet."""
    application.company = application.parsed_company().to_json()
    application.audience = application.parsed_audience().to_json()
    application.contacts = application.parsed_contacts().to_json()
    application.bank_details = application.bank_details or None  # shown as null
    return application
