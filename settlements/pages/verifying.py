"""Checking a statement without us: the verifier to download, and how to use it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from settlements.exports.verifier import PROGRAM, verifier_file


@require_safe
@member_view(Permission.STATEMENT_READ)
def verify_statement(request: MemberRequest) -> HttpResponse:
    """How to recompute a statement from its evidence."""
    return render(request, "settlements/verify_statement.html", {"file_name": PROGRAM.name})


@require_safe
@member_view(Permission.STATEMENT_READ)
def verifier(request: MemberRequest) -> HttpResponse:  # noqa: ARG001  Django passes it
    """The verifier itself, one file."""
    return verifier_file()
