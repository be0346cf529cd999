"""The page that proves the books' money at the bank."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from settlements.banking.pages.imports import require_host
from settlements.banking.proving import bank_proofs

SHOWN = 200


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_balances(request: MemberRequest) -> HttpResponse:
    """What the bank says, what the books say, and every line by which they differ."""
    require_host(request)
    proofs = [
        {
            "proof": proof,
            "lines": proof.lines[:SHOWN],
            "left_count": len(proof.lines) - SHOWN,
            "left_minor": sum(line.amount_minor for line in proof.lines[SHOWN:]),
        }
        for proof in bank_proofs()
    ]
    return render(request, "settlements/banking/balances.html", {"proofs": proofs})
