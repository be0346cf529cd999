"""Examples in the OpenAPI document: every app says its own, by the name of the shape.

A shape has its example once, whichever operation takes it or answers with it. A test holds each of them against the serializer.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Any, Final

from django.urls import reverse

from alliance.api import RESOURCES
from campaigns.openapi_examples import EXAMPLES as CAMPAIGNS
from partners.catalogue.openapi_examples import EXAMPLES as CATALOGUE
from partners.openapi_examples import EXAMPLES as PARTNERS
from settlements.openapi_examples import EXAMPLES as SETTLEMENTS

Document = dict[str, Any]
_SITE: Final = "https://alliance.example"
_APPS: Final[tuple[Mapping[str, Document], ...]] = (PARTNERS, CATALOGUE, CAMPAIGNS, SETTLEMENTS)


def add_examples(result: Document, **_context: object) -> Document:
    """A postprocessing hook: shapes carry their example, and so does every body and answer that consists of them."""
    schemas = result["components"]["schemas"]
    for name, example in chain(_own().items(), *(app.items() for app in _APPS)):
        if "example" in schemas[name]:
            raise ValueError(f"{name} has two examples.")
        schemas[name]["example"] = example
    return result


def _own() -> Mapping[str, Document]:
    """Of the front page, whose addresses are known once the routes are."""
    front = {
        "version": "1",
        "documentation": _SITE + reverse("api_docs"),
        "schema": _SITE + reverse("api_schema"),
        "resources": {name: _SITE + reverse(f"api:{name}") for name in RESOURCES},
    }
    return {"RootShape": front}
