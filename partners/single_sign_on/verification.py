"""How an organization shows that a domain is its own. `DOMAIN_CHECKER` names the way; the file below is the default."""

from collections.abc import Callable
from typing import Final, cast

from django.conf import settings
from django.utils.module_loading import import_string

from alliance.kernel.http.outgoing import Limits, OutgoingError, OutgoingRequest, send

DomainChecker = Callable[[str, str], bool]  # domain and proof, to whether the proof was found there

FILE: Final = "/.well-known/partner-alliance-verification.txt"
_LIMITS: Final = Limits(connect_seconds=3.0, read_seconds=5.0, total_seconds=8.0, most_bytes=16 * 1024)


def proof_of(token: str) -> str:
    """The line that has to stand there."""
    return f"partner-alliance-verification={token}"


def file_address(domain: str) -> str:
    """Where `check_by_file` looks."""
    return f"https://{domain}{FILE}"


def checker() -> DomainChecker:
    """The way that this installation uses."""
    return cast("DomainChecker", import_string(settings.DOMAIN_CHECKER))


def check_by_file(domain: str, proof: str) -> bool:
    """Whether a file on the domain's own web server has the proof as one of its lines.

    Only https with a valid certificate for exactly this name counts, and no redirect: both would be somebody else's word.
    """
    try:
        response = send(OutgoingRequest(url=file_address(domain), limits=_LIMITS))
    except OutgoingError:
        return False
    lines = response.body.decode("utf-8", "replace").splitlines()
    return response.is_success and proof in (line.strip() for line in lines)
