"""`Idempotency-Key` of API writes: the same key and request give the same answer and one effect.

The promise: the answer of a write that took effect is kept for 24 hours and given again, marked
`Idempotent-Replayed: true`. A refusal (4xx) or failure (5xx) changed nothing and is not kept, so the
request may be corrected and sent again under its key.

How: the key is held by an advisory lock of the request's own transaction, and its row is written in
that transaction. So the row exists exactly when the effect does, and a worker that dies, or a commit
that fails, frees the key by itself. There is no row "in flight" that somebody must clean up.

Kept answers are sealed: some hold a secret that is shown once.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connections
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import DomainError
from alliance.kernel.models import IdempotencyKey
from alliance.kernel.sealing import seal, unseal
from alliance.kernel.tenancy import across_organizations, database_alias, require_organization_id

KEPT: Final = timedelta(hours=24)
HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LONGEST: Final = 255
_KEPT_HEADERS: Final = ("Content-Type", "Location", "Content-Language")


class IdempotencyKeyMalformedError(DomainError):
    """The key is empty, too long, or not printable ASCII."""

    code = "idempotency_key_malformed"
    status = 400
    sentence = _("The Idempotency-Key must be 1 to 255 printable ASCII characters.")


class RequestInFlightError(DomainError):
    """A request with this key is being worked on at this moment."""

    code = "idempotency_in_flight"
    status = 409
    sentence = _("A request with this Idempotency-Key is still being worked on. Try again in a moment.")


class IdempotencyKeyReusedError(DomainError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("This Idempotency-Key was used for another request. Use a new key for each new request.")


def handled_once(request: Request, respond: Callable[[], HttpResponseBase], *, now: datetime) -> HttpResponseBase:
    """The answer to a request, made by `respond` at most once for each key of the organization.

    Called inside the organization's scope, before the body has been read; the scope's transaction must be rolled
    back when the answer is 400 or more. Reads and requests without the header go straight to `respond`. Raises
    `IdempotencyKeyMalformedError`, `RequestInFlightError`, `IdempotencyKeyReusedError`, and what `respond` raises.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method not in _WRITES:
        return respond()
    _check(key)
    organization_id = require_organization_id()
    _hold(organization_id, key)
    fingerprint = _fingerprint(request)
    earlier = IdempotencyKey.objects.filter(key=key).first()
    if earlier is not None and earlier.created_at > now - KEPT:
        return _replay(earlier, fingerprint)
    if earlier is not None:
        earlier.delete()
    response = respond()
    if response.status_code < 400:  # noqa: PLR2004  the write took effect
        _keep(
            response, IdempotencyKey(organization_id=organization_id, key=key, fingerprint=fingerprint, created_at=now)
        )
    return response


def forget_expired(*, now: datetime) -> int:
    """Delete the keys of every organization that are older than 24 hours; how many were."""
    with across_organizations(reason="upkeep of idempotency keys"):
        return IdempotencyKey.objects.filter(created_at__lte=now - KEPT).delete()[0]


def _check(key: str) -> None:
    if not (0 < len(key) <= _LONGEST and key.isascii() and key.isprintable()):
        raise IdempotencyKeyMalformedError


def _hold(organization_id: UUID, key: str) -> None:
    """Take the key until the transaction ends, or refuse when another request has it."""
    digest = hashlib.sha256(f"idempotency:{organization_id}:{key}".encode()).digest()
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise RequestInFlightError


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method}\n{request.get_full_path()}\n".encode())
    for part in _content(request):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _content(request: Request) -> Iterator[bytes]:
    """What the request says. A form with files is taken field by field, for its boundary changes with each try."""
    if not (request.content_type or "").startswith("multipart/"):
        yield request.body
        return
    for name, values in sorted(cast("QueryDict", request.data).lists()):
        for value in values:
            yield name.encode()
            yield str(value).encode() if isinstance(value, str) else _file_digest(cast("UploadedFile[bytes]", value))


def _file_digest(upload: "UploadedFile[bytes]") -> bytes:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.digest()


def _keep(response: HttpResponseBase, row: IdempotencyKey) -> None:
    row.status = response.status_code
    row.headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    row.body = seal(_body(response).decode("latin-1"), purpose=_purpose(row)).encode()
    if isinstance(response, Response):
        row.headers["Content-Type"] = response.content_type or JSONRenderer.media_type
    row.save(force_insert=True)


def _body(response: HttpResponseBase) -> bytes:
    if isinstance(response, Response):
        rendered: bytes = JSONRenderer().render(response.data) if response.data is not None else b""
        return rendered
    if isinstance(response, HttpResponse):
        return response.content
    message = "An answer that is streamed can't be kept; refuse the Idempotency-Key on this operation."
    raise TypeError(message)


def _replay(earlier: IdempotencyKey, fingerprint: str) -> HttpResponseBase:
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReusedError
    headers = {**earlier.headers, REPLAYED: "true"}
    content_type = headers.pop("Content-Type", None)
    body = unseal(bytes(earlier.body).decode(), purpose=_purpose(earlier)).encode("latin-1")
    if content_type == JSONRenderer.media_type:
        return Response(json.loads(body) if body else None, status=earlier.status, headers=headers)
    return HttpResponse(body, status=earlier.status, headers=headers, content_type=content_type)


def _purpose(row: IdempotencyKey) -> str:
    return f"kernel.idempotency:{row.organization_id}:{row.key}"
