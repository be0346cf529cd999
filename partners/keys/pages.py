"""Keys in the portal."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.domain.local_days import local_midnight
from partners.keys.domain import KeyKind, PublishableScope
from partners.keys.forms import PERMISSION_NAMES, SCOPE_NAMES, ApiKeyForm, PublishableKeyForm, RotateKeyForm
from partners.keys.services.create_api_key import GRANTABLE, CreatedApiKey, NewApiKey, create_api_key
from partners.keys.services.create_publishable_key import NewPublishableKey, create_publishable_key
from partners.keys.services.revoke_api_key import revoke_api_key
from partners.keys.services.rotate_api_key import rotate_api_key
from partners.models import ApiKey
from partners.portal.submission import is_done, status_of


@require_safe
@member_view(Permission.API_KEY_MANAGE)
def api_keys(request: MemberRequest) -> HttpResponse:
    """Every key of the organization, newest first; never a secret."""
    now = utc_now()
    rows = list(ApiKey.objects.all())
    replaced = {row.replaces_id for row in rows}
    keys = [(key, _state(key, now), _names(key), key.pk in replaced) for key in rows]
    return render(request, "partners/keys/api_keys.html", {"keys": keys})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.API_KEY_MANAGE)
def api_key_create(request: MemberRequest) -> HttpResponse:
    """Make a secret key. The answer to the form shows it, this once."""
    form = ApiKeyForm(request.POST or None, offered=GRANTABLE & request.actor.permissions)

    def create() -> CreatedApiKey:
        data = form.cleaned_data
        permissions = frozenset(Permission(value) for value in data["permissions"])
        key = NewApiKey(data["name"], permissions, _ends(request, data["expires_on"]))
        return create_api_key(actor=request.actor, key=key, now=utc_now())

    return _made(request, form, create, "partners/keys/api_key_create.html", {})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.API_KEY_MANAGE)
def publishable_key_create(request: MemberRequest) -> HttpResponse:
    """Make a publishable key for web pages."""
    form = PublishableKeyForm(request.POST or None)

    def create() -> CreatedApiKey:
        data = form.cleaned_data
        scopes = frozenset(PublishableScope(value) for value in data["scopes"])
        key = NewPublishableKey(
            data["name"], scopes, tuple(data["origins"].split()), _ends(request, data["expires_on"])
        )
        return create_publishable_key(actor=request.actor, key=key, now=utc_now())

    return _made(request, form, create, "partners/keys/publishable_key_create.html", {})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.API_KEY_MANAGE)
def api_key_rotate(request: MemberRequest, api_key_id: UUID) -> HttpResponse:
    """Replace a key by a new one; the old one goes on for a while."""
    old = ApiKey.objects.filter(pk=api_key_id).first()
    if old is None:
        raise NotFoundError
    form = RotateKeyForm(request.POST or None)

    def rotate() -> CreatedApiKey:
        return rotate_api_key(actor=request.actor, api_key_id=api_key_id, overlap=form.hours(), now=utc_now())

    return _made(request, form, rotate, "partners/keys/api_key_rotate.html", {"key": old})


@require_POST
@member_view(Permission.API_KEY_MANAGE)
def api_key_revoke(request: MemberRequest, api_key_id: UUID) -> HttpResponse:
    """Make a key useless."""
    revoke_api_key(actor=request.actor, api_key_id=api_key_id, now=utc_now())
    messages.success(request, _("The key is revoked. Requests with it are refused from now on."))
    return redirect("portal:api_keys")


def _made(
    request: MemberRequest, form: BaseForm, make: Callable[[], CreatedApiKey], template: str, more: dict[str, Any]
) -> HttpResponse:
    """The form, or the page that shows the key that was made."""
    made: list[CreatedApiKey] = []
    if request.method == "POST" and is_done(form, lambda: made.append(make())):
        key = ApiKey.objects.get(pk=made[0].id)
        context = {"secret": made[0].secret, "key": key, "is_publishable": key.kind == KeyKind.PUBLISHABLE}
        return render(request, "partners/keys/api_key_created.html", context)
    return render(request, template, {"form": form, **more}, status=status_of(form))


def _ends(request: MemberRequest, day: date | None) -> datetime | None:
    return local_midnight(day, request.organization.time_zone) if day else None


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "active"


def _names(key: ApiKey) -> list[str]:
    permissions = [str(PERMISSION_NAMES[Permission(p)]) for p in key.permissions if p in PERMISSION_NAMES]
    return permissions + [str(SCOPE_NAMES[PublishableScope(s)]) for s in key.scopes if s in SCOPE_NAMES]
