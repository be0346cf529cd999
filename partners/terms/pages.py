"""The page that shows two versions of an agreement side by side."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.models import Agreement, TermsVersion
from partners.selectors import organization_names
from partners.terms.comparing import basis_of, difference_between


@require_safe
@member_view(Permission.AGREEMENT_READ)
def agreement_difference(request: MemberRequest, agreement_id: UUID) -> HttpResponse:
    """What changes `from` one version `to` another; without them, to the latest version from the one before it."""
    agreement = Agreement.objects.filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFoundError
    versions = {version.number: version for version in agreement.versions.select_related("answers").order_by("number")}
    after = _chosen(versions, request.GET.get("to")) or versions[max(versions)]
    before = _chosen(versions, request.GET.get("from")) or basis_of(after) or after
    names = organization_names(agreement.parties)
    context = {
        "agreement": agreement,
        "versions": versions.values(),
        "before": before,
        "after": after,
        "difference": difference_between(before, after, names, language=get_language() or "en"),
        "shows_all": "all" in request.GET,
    }
    return render(request, "partners/terms/difference_page.html", context)


def _chosen(versions: dict[int, TermsVersion], number: str | None) -> TermsVersion | None:
    """The version that the address names; raises `NotFoundError` when there is none of that number."""
    if not number:
        return None
    found = versions.get(int(number)) if number.isdecimal() else None
    if found is None:
        raise NotFoundError
    return found
