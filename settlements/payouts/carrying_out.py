"""The workers' side: claim, ask the gateway outside any transaction, write down what it said.

Each payment is handed over under one key, its id. Whenever it is not certain what became of one, the gateway is asked; only
when the gateway surely never took it is it sent again, under the same key. What the gateway has once acknowledged is never sent again.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from alliance.kernel.tenancy import organization_scope
from partners.onboarding.payees import payee_with_number
from settlements.payouts.gateways import Gateway, OutcomeUnknownError, PaymentOrder, Report, gateway_named
from settlements.payouts.models import Payout
from settlements.payouts.services.claim_payouts import Claim, claim_payouts
from settlements.payouts.services.leave_open import leave_open
from settlements.payouts.services.settle_payout import settle_payout

logger = logging.getLogger(__name__)

AT_ONCE: Final = 8
_MOST_ROUNDS: Final = 25


class Forgotten:
    """The gateway does not know a payment that it had acknowledged."""


_Said = Report | Forgotten | str  # what the gateway said, or why nothing is known


def carry_out(*, at_once: int = AT_ONCE, host_id: UUID | None = None) -> int:
    """Send and look up what is due, of every host or one, until nothing is; how many payouts were worked on.

    Safe to run beside others.
    """
    done = 0
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="payout") as threads:
        for _round in range(_MOST_ROUNDS):
            claims = claim_payouts(most=at_once, now=utc_now(), host_id=host_id)
            if not claims:
                break
            asked = [(claim, threads.submit(_question(claim))) for claim in claims]
            for claim, answer in asked:
                try:
                    write_down(claim, answer.result())
                except DomainError:  # its lease runs out, and the next worker looks it up
                    logger.exception("outcome not written down", extra={"payout_id": str(claim.payout_id)})
            done += len(claims)
    return done


def _question(claim: Claim) -> Callable[[], _Said]:
    """What to ask, with all that it needs already read: threads touch no database."""
    gateway = gateway_named(claim.gateway)
    if gateway is None:
        return lambda: f"The way of payment {claim.gateway} is not set up."
    try:
        order = order_of(claim)
    except Exception:
        logger.exception("payout not sent", extra={"payout_id": str(claim.payout_id)})
        return lambda: "The account could not be read."
    return lambda: ask(gateway, order, claim)


def order_of(claim: Claim) -> PaymentOrder:
    """The payment as the gateway gets it, with the account's number opened. Raises `SealBrokenError`, `NotFoundError`."""
    with organization_scope(claim.host_id):
        payout = Payout.objects.get(pk=claim.payout_id)
        return order_for(payout)


def order_for(payout: Payout) -> PaymentOrder:
    """The same of a payout, inside the host's scope; for files that people take to the bank too."""
    account, number = payee_with_number(payout.account_id)
    return PaymentOrder(
        key=str(payout.id),
        reference=payout.reference,
        currency=payout.currency,
        amount_minor=payout.amount_minor,
        kind=account.kind,
        country=account.country,
        holder_name=account.holder_name,
        number=number,
        bic=account.bic,
        bank_name=account.bank_name,
        branch=account.branch,
        cnaps=account.cnaps,
    )


def ask(gateway: Gateway, order: PaymentOrder, claim: Claim) -> _Said:
    """Send it for the first time; else look it up, and send it again only if the gateway surely never had it."""
    try:
        found = None if claim.is_first else gateway.look_up(order.key)
        if found is not None:
            return found
        return gateway.send(order) if claim.may_be_sent else Forgotten()
    except OutcomeUnknownError as unknown:
        return str(unknown) or "No answer"
    except Exception as error:
        logger.exception("gateway failed", extra={"gateway": gateway.name})
        return type(error).__name__


def write_down(claim: Claim, said: _Said) -> None:
    """What the gateway said, into the host's books; or that nothing is known."""
    now = utc_now()
    with organization_scope(claim.host_id):
        if isinstance(said, Report):
            actor = system_actor(claim.host_id, label="payouts")
            settle_payout(actor=actor, payout_id=claim.payout_id, report=said, now=now, token=claim.token)
        else:
            is_forgotten = isinstance(said, Forgotten)
            detail = "" if isinstance(said, Forgotten) else said
            leave_open(payout_id=claim.payout_id, token=claim.token, now=now, detail=detail, is_forgotten=is_forgotten)
