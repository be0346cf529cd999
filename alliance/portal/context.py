"""What every page of the portal needs."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    """Variables of the shell."""
    return {}
