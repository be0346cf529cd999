"""The provider's own routes, and those by which a test prepares it."""

import json
from typing import Any

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from tests.identity_provider.lying import LIES

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@csrf_exempt
def make_person(request: HttpRequest) -> JsonResponse:
    """A person with an address, verified or not."""
    told: dict[str, Any] = json.loads(request.body)
    user = get_user_model()(username=told["email"], email=told["email"], first_name=told.get("name", ""))
    user.set_password(told["password"])
    user.save()
    EmailAddress.objects.create(user=user, email=told["email"], verified=told["verified"], primary=True)
    return JsonResponse({"subject": str(user.pk)})


@csrf_exempt
def make_client(request: HttpRequest) -> JsonResponse:
    """A client that needs no consent."""
    told: dict[str, Any] = json.loads(request.body)
    client = Client(name="Partner Alliance", skip_consent=True)
    client.set_scopes(["openid", "profile", "email"])
    client.set_redirect_uris([told["redirect_uri"]])
    client.set_grant_types([Client.GrantType.AUTHORIZATION_CODE])
    client.set_response_types([Client.ResponseType.CODE])
    client.set_secret(told["secret"])
    client.save()
    return JsonResponse({"client_id": client.id})


@csrf_exempt
def lie(request: HttpRequest) -> JsonResponse:
    """Lie about a person from now on."""
    told: dict[str, Any] = json.loads(request.body)
    LIES[told["email"]] = told["claims"]
    return JsonResponse({})


@csrf_exempt
def sign_in(request: HttpRequest) -> JsonResponse:
    """Sign the caller in without typing a password."""
    told: dict[str, Any] = json.loads(request.body)
    login(request, get_user_model().objects.get(email=told["email"]), backend=BACKEND)
    return JsonResponse({})


urlpatterns = [
    path("tests/person", make_person),
    path("tests/client", make_client),
    path("tests/lie", lie),
    path("tests/sign-in", sign_in),
    path("accounts/", include("allauth.urls")),
    path("", include("allauth.idp.urls")),
]
