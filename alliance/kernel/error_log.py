"""The workers' translator of a `DomainError`: what a job row and a log line keep of a refusal."""

from django.utils.translation import override

from alliance.kernel.errors import DomainError

MAXIMUM_DETAIL = 500


def log_fields(error: DomainError) -> dict[str, str]:
    """The stable code, the field and the English sentence, for a structured log line. No personal data is added."""
    with override("en"):
        return {"error_code": error.code, "error_field": error.field or "", "error_detail": str(error)[:MAXIMUM_DETAIL]}
