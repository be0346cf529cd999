"""Keys for the server API."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.domain.local_days import local_midnight
from partners.forms import PERMISSION_NAMES, ApiKeyForm
from partners.models import ApiKey
from partners.portal.submission import is_done, status_of
from partners.services.create_api_key import GRANTABLE, CreatedApiKey, NewApiKey, create_api_key
from partners.services.revoke_api_key import revoke_api_key


@require_safe
@member_view(Permission.API_KEY_MANAGE)
def api_keys(request: MemberRequest) -> HttpResponse:
    """Every key of the organization, newest first; never a secret."""
    now = utc_now()
    keys = [(key, _state(key, now), _names(key)) for key in ApiKey.objects.all()]
    return render(request, "partners/api_keys.html", {"keys": keys})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.API_KEY_MANAGE)
def api_key_create(request: MemberRequest) -> HttpResponse:
    """Make a key. The answer to the form shows the secret, this once."""
    form = ApiKeyForm(request.POST or None, offered=GRANTABLE & request.actor.permissions)
    created: list[CreatedApiKey] = []
    if request.method == "POST" and is_done(form, lambda: created.append(_create(request, form))):
        context = {"secret": created[0].secret, "name": form.cleaned_data["name"]}
        return render(request, "partners/api_key_created.html", context)
    return render(request, "partners/api_key_create.html", {"form": form}, status=status_of(form))


def _create(request: MemberRequest, form: ApiKeyForm) -> CreatedApiKey:
    data = form.cleaned_data
    expires_on = data["expires_on"]
    key = NewApiKey(
        name=data["name"],
        permissions=frozenset(Permission(value) for value in data["permissions"]),
        expires_at=local_midnight(expires_on, request.organization.time_zone) if expires_on else None,
    )
    return create_api_key(actor=request.actor, key=key, now=utc_now())


@require_POST
@member_view(Permission.API_KEY_MANAGE)
def api_key_revoke(request: MemberRequest, api_key_id: UUID) -> HttpResponse:
    """Make a key useless."""
    revoke_api_key(actor=request.actor, api_key_id=api_key_id, now=utc_now())
    messages.success(request, _("The key is revoked. Requests with it are refused from now on."))
    return redirect("portal:api_keys")


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "active"


def _names(key: ApiKey) -> list[str]:
    return [str(PERMISSION_NAMES[Permission(p)]) for p in key.permissions if p in PERMISSION_NAMES]
