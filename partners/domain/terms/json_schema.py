"""The published JSON Schema (draft 2020-12) of terms, made from the same declaration that validates them."""

from typing import Final

from partners.domain.terms.terms import Terms

SCHEMA_ID: Final = "urn:partner-alliance:schema:terms:2"


def terms_json_schema() -> dict[str, object]:
    """The schema; the same code always gives the same object. Sums and other rules between fields stand in the docs."""
    schema = Terms.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
