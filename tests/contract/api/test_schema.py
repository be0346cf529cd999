"""The OpenAPI document is valid and complete, and the documentation shows it without help from outside."""

import io
import json
import re

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

OPEN_TO_ALL = {"/api/v1/", "/api/v1/schemas/terms"}


@pytest.fixture(scope="module")
def document():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def views():
    """Every operation's view by its address as OpenAPI writes it."""
    [api] = [p for p in get_resolver().url_patterns if getattr(p, "namespace", None) == "api"]
    return {
        "/api/v1/" + re.sub(r"<(?:uuid|int|slug):(\w+)>", r"{\1}", str(pattern.pattern)): pattern.callback.cls
        for included in api.url_patterns
        for pattern in included.url_patterns
    }


def test_the_document_is_valid_without_a_warning(document):
    assert document["openapi"].startswith("3.")


def test_every_route_is_documented(document):
    assert set(document["paths"]) == set(views())


def test_every_operation_says_what_it_does_and_how_it_fails(document):
    for path, method, operation in operations(document):
        assert operation["operationId"], path
        assert operation["description"], path
        assert operation["tags"], path
        if path not in OPEN_TO_ALL:
            keys = [] if views()[path].is_for_people else [{"apiKey": []}]
            assert operation["security"] == [*keys, {"memberSession": []}], path
            assert {"401", "403", "429"} <= set(operation["responses"]), path
        if method != "get":
            assert {"400", "409", "415", "422"} <= set(operation["responses"]), path
            assert "Idempotency-Key" in [p["name"] for p in operation["parameters"]], path


def is_explained(document, content) -> bool:
    """Whether an answer or body has an example of its own, or consists of a shape that has one."""
    schema = content["schema"]
    for _step in range(3):  # a page of a list of a shape
        schema = schema.get("properties", {}).get("results", schema)
        schema = schema.get("items", schema)
        schema = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    return (
        bool(content.get("examples")) or "example" in schema or schema == {"type": "object", "additionalProperties": {}}
    )


def test_every_body_and_answer_has_an_example(document):
    missing = []
    for path, method, operation in operations(document):
        bodies = [
            operation.get("requestBody", {}),
            *(operation["responses"].get(code, {}) for code in ("200", "201", "202")),
        ]
        contents = [
            content
            for body in bodies
            for kind, content in body.get("content", {}).items()
            if kind in {"application/json", "multipart/form-data"}
        ]
        missing += [f"{method} {path}" for content in contents if not is_explained(document, content)]
    assert missing == []


TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def check(document, schema, value, where):
    """Hold a value against its schema: every field and no other, each of its type and one of its choices."""
    if value is None:
        assert schema.get("nullable"), where
        return
    named = [
        document["components"]["schemas"].get(each.get("$ref", "").rpartition("/")[2], each)
        for each in schema.get("oneOf", schema.get("allOf", [schema]))
    ]
    fitting = [each for each in named if value in each.get("enum", [value])]
    assert fitting, where
    if "type" in fitting[0]:
        assert type(value) is TYPES[fitting[0]["type"]], where
    for place, entry in enumerate(value if isinstance(value, list) else []):
        check(document, fitting[0]["items"], entry, f"{where}.{place}")
    if "properties" in fitting[0]:
        assert set(value) == set(fitting[0]["properties"]), where
        for name, below in value.items():
            check(document, fitting[0]["properties"][name], below, f"{where}.{name}")


def test_examples_of_shapes_have_every_field_and_no_other(document):
    shapes = document["components"]["schemas"]

    assert {"RootShape", "AgreementShape", "ItemShape", "OrderShape", "StatementShape"} <= {
        name for name, schema in shapes.items() if "example" in schema
    }
    for name, schema in shapes.items():
        if "example" in schema:
            check(document, schema, schema["example"], name)


def test_every_problem_shows_an_example(document):
    for response in document["components"]["responses"].values():
        content = response["content"]["application/problem+json"]
        assert set(content["example"]) >= set(document["components"]["schemas"]["Problem"]["required"])


@pytest.mark.django_db
def test_the_documentation_asks_nobody_else(document):
    page = Client().get("/api/docs/")
    script = Client().get("/api/docs/?script=")
    html = page.content.decode()

    assert page.status_code == script.status_code == 200
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", html)
    assert "<script>" not in html
    policy = page["Content-Security-Policy"]
    assert re.search(r"script-src 'self'(;|$)", policy)
    assert "'unsafe-inline'" in re.search(r"style-src ([^;]*)", policy)[1]
    assert (
        "'unsafe-inline'" not in re.search(r"style-src ([^;]*)", Client().get("/api/v1/")["Content-Security-Policy"])[1]
    )


@pytest.mark.django_db
def test_the_document_is_served_as_written(document):
    served = Client().get("/api/schema/", headers={"Accept": "application/json"})

    assert json.loads(served.content)["paths"].keys() == document["paths"].keys()


@pytest.mark.django_db
def test_the_document_is_written_once_for_whoever_asks_without_a_key(monkeypatch):
    first = Client().get("/api/schema/?lang=zh-hans")
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *_args, **_kwargs: pytest.fail("written again"))
    again = Client().get("/api/schema/?lang=zh-hans")

    assert first.content == again.content
    assert again["Content-Type"].startswith("application/vnd.oai.openapi")
    assert again["Content-Disposition"].startswith("inline; filename=")
