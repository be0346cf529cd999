"""Operations of the API on terms: their schema, what is wrong with them, versions and what changes between them."""

from uuid import UUID

from django.conf import settings
from django.utils.cache import patch_cache_control
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alliance.kernel.errors import FieldRefusal
from alliance.kernel.http.api import OrganizationAPIView
from alliance.kernel.permissions import Permission
from partners.agreements.api.finding import version_numbered
from partners.domain.difference import difference
from partners.domain.proposal import read_whole
from partners.domain.terms import Terms, TermsError
from partners.domain.terms.json_schema import terms_json_schema
from partners.models import TermsVersion
from partners.selectors import organization_names
from partners.sentences.problems import problem_sentence
from partners.terms.api_examples import DIFFERENCE_EXAMPLES, VALIDATION_EXAMPLES
from partners.terms.api_shapes import (
    DifferenceFilter,
    DifferenceShape,
    ValidationInput,
    ValidationShape,
    rows_of,
    sentences_in_all_languages,
)
from partners.terms.comparing import difference_between

SCHEMA_KEPT_SECONDS = 3600


class JSONSchemaRenderer(JSONRenderer):
    """JSON under the type that names it a schema."""

    media_type = "application/schema+json"


class TermsSchemaView(APIView):
    """The JSON Schema of terms."""

    permission_classes = [AllowAny]
    authentication_classes = []
    renderer_classes = [JSONSchemaRenderer, JSONRenderer]
    metadata_class = None

    @extend_schema(operation_id="get_terms_schema", tags=["terms"], responses=OpenApiTypes.OBJECT, auth=[])
    def get(self, request: Request) -> Response:
        """The schema (draft 2020-12) of the terms that proposals take. Needs no key and may be kept for an hour."""
        response = Response(terms_json_schema())
        patch_cache_control(response, public=True, max_age=SCHEMA_KEPT_SECONDS)
        return response


class TermsValidationView(OrganizationAPIView):
    """Looking at terms without proposing them."""

    required_permissions = {"POST": Permission.AGREEMENT_READ}

    @extend_schema(
        operation_id="validate_terms",
        tags=["terms"],
        request=ValidationInput,
        responses=ValidationShape,
        examples=VALIDATION_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """What is wrong with terms: every problem with its field; for possible ones, what they say. Writes nothing."""
        try:
            terms = read_whole(self.body(ValidationInput)["terms"])
        except TermsError as error:
            return Response(ValidationShape(_impossible(error)).data)
        return Response(ValidationShape(_possible(terms)).data)


def _impossible(error: TermsError) -> dict[str, object]:
    found = [FieldRefusal(problem.field, problem.code, problem_sentence(problem)) for problem in error.problems]
    return {"is_possible": False, "problems": found, "terms": None, "terms_sha256": None, "sentences": None}


def _possible(terms: Terms) -> dict[str, object]:
    return {
        "is_possible": True,
        "problems": [],
        "terms": terms.to_json(),
        "terms_sha256": terms.sha256,
        "sentences": sentences_in_all_languages(terms, organization_names(terms.parties)),
    }


class DifferenceView(OrganizationAPIView):
    """What changes between two versions of one agreement."""

    required_permissions = {"GET": Permission.AGREEMENT_READ}

    @extend_schema(
        operation_id="compare_versions",
        tags=["agreements"],
        parameters=[DifferenceFilter],
        responses=DifferenceShape,
        examples=DIFFERENCE_EXAMPLES,
    )
    def get(self, request: Request, agreement_id: UUID, number: int) -> Response:
        """What changes from version `number` to version `to`: each value of the terms, and the sentences that differ."""
        to = self.query(DifferenceFilter)["to"]
        before, after = version_numbered(agreement_id, number), version_numbered(agreement_id, to)
        answer = {
            "agreement_id": agreement_id,
            "from_version": number,
            "to_version": to,
            "changes": difference(before.parsed(), after.parsed()),
            "sentences": _sentences_that_differ(before, after),
        }
        return Response(DifferenceShape(answer).data)


def _sentences_that_differ(before: TermsVersion, after: TermsVersion) -> dict[str, object]:
    names = organization_names({*before.parsed().parties, *after.parsed().parties})
    return {
        code: rows_of(difference_between(before, after, names, language=code)) for code, _name in settings.LANGUAGES
    }
