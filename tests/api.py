"""Calling the API in tests: keys, and a client that sends one and reads JSON."""

import hashlib
import json
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import ApiKey
from tests.cast import NOW, Party, signed_in

TOKEN = "t" * 32


def api_key(
    party: Party,
    permissions: Collection[Permission] = tuple(Permission),
    *,
    expires_at: datetime | None = None,
    revoked_at: datetime | None = None,
) -> tuple[str, UUID]:
    """A secret key of `party` and the id of its row."""
    secret = f"sk_{secrets.token_urlsafe(32)}"
    with organization_scope(party.id):
        key = ApiKey.objects.create(
            organization_id=party.id,
            name="test key",
            sha256=hashlib.sha256(secret.encode()).hexdigest(),
            prefix=secret[:8],
            last_four=secret[-4:],
            permissions=[str(p) for p in permissions],
            created_at=NOW,
            expires_at=expires_at,
            revoked_at=revoked_at,
        )
    return secret, key.pk


class Caller:
    """A program of `party` with a key that holds `permissions`; every answer is checked to be JSON."""

    def __init__(
        self, party: Party, permissions: Collection[Permission] = tuple(Permission), *, secret: str | None = None
    ) -> None:
        self.secret = secret or api_key(party, permissions)[0]
        self.client = Client()

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **headers}

    def get(self, path: str, query: dict[str, object] | None = None, **headers: str) -> HttpResponse:
        return self.client.get(path, query, headers=self._headers(headers))

    def post(self, path: str, body: object = None, *, key: str | None = None, **headers: str) -> HttpResponse:
        if key is not None:
            headers["Idempotency-Key"] = key
        data = json.dumps({} if body is None else body)
        return self.client.post(path, data, content_type="application/json", headers=self._headers(headers))

    def patch(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        data = json.dumps({} if body is None else body)
        return self.client.patch(path, data, content_type="application/json", headers=self._headers(headers))

    def delete(self, path: str) -> HttpResponse:
        return self.client.delete(path, headers=self._headers({}))

    def put(self, path: str, body: object = None) -> HttpResponse:
        data = json.dumps({} if body is None else body)
        return self.client.put(path, data, content_type="application/json", headers=self._headers({}))

    def send(self, method: str, path: str, form: dict[str, object], *, key: str | None = None) -> HttpResponse:
        """A form with files, by `method`."""
        headers = {} if key is None else {"Idempotency-Key": key}
        body = encode_multipart(BOUNDARY, form)
        return self.client.generic(method, path, body, content_type=MULTIPART_CONTENT, headers=self._headers(headers))


class MemberCaller(Caller):
    """The browser of a member of `party` with the portal's session; writes carry the CSRF token."""

    def __init__(self, party: Party, role: Role = Role.OWNER, *, second_factor: bool = False) -> None:
        client = Client(enforce_csrf_checks=True)
        self.client = signed_in(party.user(role), organization=party, client=client, second_factor=second_factor)
        self.client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {"X-CSRFToken": TOKEN, **headers}


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem of a refused answer, which must have the one shape."""
    body: dict[str, Any] = json.loads(response.content)
    assert (response.status_code, body.get("code")) == (status, code), body
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["type"] == f"urn:partner-alliance:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"]
    return body


def fields(body: dict[str, Any]) -> dict[str, str]:
    """The code of each field of a problem."""
    return {error["field"]: error["code"] for error in body["errors"]}
