"""What every operation of the API has in common, written into the OpenAPI document once."""

from typing import Any, Final

from drf_spectacular.openapi import AutoSchema

from alliance.kernel.http.problems import PROBLEM_CONTENT_TYPE, TYPE_PREFIX

Document = dict[str, Any]
_WRITES: Final = frozenset({"post", "put", "patch", "delete"})

_EXAMPLES: Final[dict[str, tuple[str, str, str]]] = {
    "400": (
        "malformed_request",
        "The request could not be read",
        "JSON parse error - Expecting value: line 1 column 1 (char 0)",
    ),
    "401": ("not_authenticated", "Sign in or send an API key", "Authentication credentials were not provided."),
    "403": ("not_permitted", "Not allowed", "Your role does not allow this."),
    "404": ("not_found", "Not found", "There is no such thing, or it is not yours."),
    "406": (
        "not_acceptable",
        "None of the accepted formats is offered",
        "Could not satisfy the request Accept header.",
    ),
    "409": ("refused", "The present state does not allow this", "This is not possible."),
    "412": (
        "item_version_differs",
        "It has changed since you read it",
        "Somebody else has changed this item meanwhile. Look at it again, then repeat your change.",
    ),
    "415": (
        "unsupported_media_type",
        "This kind of content is not understood",
        'Unsupported media type "text/plain" in request.',
    ),
    "422": ("invalid_input", "The input is not valid", "Some values are not valid; `errors` names each."),
    "428": (
        "version_required",
        "Say which version you have read",
        "Say which version you have read: in `If-Match`, as the `ETag` of your last reading, or as `version`.",
    ),
    "429": ("too_many_requests", "Too many requests", "Request was throttled. Expected available in 12 seconds."),
}
_PROBLEM_SCHEMA: Final[Document] = {
    "type": "object",
    "description": "RFC 9457 problem details. `code` is stable; `title` and `detail` follow Accept-Language.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": f"{TYPE_PREFIX}not_found"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "description": "The same id stands in the server's logs and in X-Request-ID."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
    },
}
_FIELD_PROBLEM_SCHEMA: Final[Document] = {
    "type": "object",
    "required": ["field", "code", "detail"],
    "properties": {
        "field": {"type": "string", "description": "Dotted path of the input, such as `shares.0.share`."},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}
_IDEMPOTENCY_KEY: Final[Document] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": (
        "Any text of your choice that names this attempt, kept 24 hours. The same key with the same request "
        "answers the first answer again (`Idempotent-Replayed: true`); with another request it is refused."
    ),
}


class OperationSchema(AutoSchema):
    """An operation that is for people does not offer keys."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """The ways to sign in for this operation."""
        ways: list[dict[str, list[str]]] = super().get_auth()
        return [way for way in ways if "apiKey" not in way] if getattr(self.view, "is_for_people", False) else ways


def add_problems(result: Document, **_context: object) -> Document:
    """A postprocessing hook: every operation under /api/v1 answers failures in one shape, and writes take an Idempotency-Key."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Problem=_PROBLEM_SCHEMA, FieldProblem=_FIELD_PROBLEM_SCHEMA)
    components.setdefault("responses", {}).update({f"Problem{status}": _response(status) for status in _EXAMPLES})
    for path, item in result.get("paths", {}).items():
        for method, operation in item.items():
            if path.startswith("/api/v1") and isinstance(operation, dict) and "responses" in operation:
                _complete(path, method, operation)
    return result


def _complete(path: str, method: str, operation: Document) -> None:
    operation.setdefault("summary", operation["description"].partition("\n")[0])
    for status in _statuses(path, method, operation):
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    if method in _WRITES:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)


def _statuses(path: str, method: str, operation: Document) -> list[str]:
    statuses = ["401", "403", "406", "429"]
    statuses += ["404"] if "{" in path else []
    is_write = method in _WRITES
    has_query = any(p.get("in") == "query" for p in operation.get("parameters", []))
    statuses += ["422"] if is_write or has_query else []
    statuses += ["400", "409", "415"] if is_write else []
    statuses += ["412", "428"] if any(p.get("name") == "If-Match" for p in operation.get("parameters", [])) else []
    return statuses


def _response(status: str) -> Document:
    code, title, detail = _EXAMPLES[status]
    example: Document = {
        "type": f"{TYPE_PREFIX}{code}",
        "title": title,
        "status": int(status),
        "code": code,
        "detail": detail,
        "request_id": "0d4e0d2e-6f0f-4b3c-9a65-8f5b3a1f7a10",
    }
    if status == "422":
        example["errors"] = [{"field": "name", "code": "required", "detail": "This field is required."}]
    response: Document = {
        "description": title,
        "content": {PROBLEM_CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status == "429":
        response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return response
