"""The sender: it claims, sends side by side, and records; never inside a transaction, never one behind another.

Requests run in threads that touch no database. One receiver that hangs holds one thread, for ten seconds, and then
rests; the others are claimed and served meanwhile.
"""

import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final

from django.conf import settings

from alliance.kernel.actor import system_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.http.outgoing import Limits, OutgoingError, OutgoingRequest, send
from alliance.kernel.sealing import unseal
from alliance.kernel.tenancy import organization_scope
from partners.webhooks.models import KEPT_BODY_BYTES
from partners.webhooks.services.claim_due import Claim, claim_due
from partners.webhooks.services.record_attempt import AttemptMade, record_attempt
from partners.webhooks.services.take_turn import take_turn, take_turn_back
from partners.webhooks.signing import secret_purpose, signed_headers

logger = logging.getLogger(__name__)

LIMITS: Final = Limits(
    connect_seconds=4.0, read_seconds=10.0, total_seconds=10.0, most_bytes=KEPT_BODY_BYTES, is_cut=True
)
AT_ONCE: Final = 16
_TURN_SECONDS: Final = 30.0  # of claiming; a turn's lease covers the requests that are under way then
_LOOK_AGAIN_SECONDS: Final = 0.5
INTERNAL_ERROR: Final = "internal_error"


def send_due(*, at_once: int = AT_ONCE, limits: Limits = LIMITS) -> int:
    """Send what is due until nothing is, at most half a minute; how many attempts were made.

    Does nothing while `WEBHOOK_SENDERS` others are at it: they find what is due by themselves.
    """
    token = take_turn(senders=settings.WEBHOOK_SENDERS)
    if token is None:
        return 0
    try:
        return _work(at_once, lambda claim: attempt(claim, limits=limits))
    finally:
        take_turn_back(token)


def _work(at_once: int, make: Callable[[Claim], AttemptMade]) -> int:
    ends, made = time.monotonic() + _TURN_SECONDS, 0
    running: dict[Future[AttemptMade], Claim] = {}
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="webhook") as threads:
        while True:
            if len(running) < at_once and time.monotonic() < ends:
                claimed = claim_due(most=at_once - len(running))
                running |= {threads.submit(make, claim): claim for claim in claimed}
            if not running:
                return made
            finished, _waiting = wait(running, timeout=_LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            for future in finished:
                _record(running.pop(future), future.result())
                made += 1


def attempt(claim: Claim, *, limits: Limits = LIMITS) -> AttemptMade:
    """One request. Whatever goes wrong is part of the result, so that it counts and the next attempt has its pause."""
    at, began = utc_now(), time.monotonic()
    headers: dict[str, str] = {"Content-Type": "application/json"}
    try:
        keys = _live_secrets(claim)
        headers |= signed_headers(message_id=claim.message_id, body=claim.body, keys=keys, at=at)
        answer = send(
            OutgoingRequest(url=claim.url, method="POST", headers=headers, body=claim.body.encode(), limits=limits)
        )
    except OutgoingError as error:
        return AttemptMade(at, claim.url, headers, _milliseconds(began), error=error.code)
    except Exception:
        logger.exception("webhook not sent", extra={"delivery_id": str(claim.delivery_id)})
        return AttemptMade(at, claim.url, headers, _milliseconds(began), error=INTERNAL_ERROR)
    return AttemptMade(
        at,
        claim.url,
        headers,
        _milliseconds(began),
        status=answer.status,
        response_headers=dict(answer.headers),
        response_body=answer.body,
        is_cut=answer.is_cut,
    )


def _live_secrets(claim: Claim) -> list[str]:
    """The present secret first, and its predecessor as long as it is live."""
    sealed = [claim.sealed_secret]
    if claim.sealed_previous_secret and claim.previous_secret_until and utc_now() < claim.previous_secret_until:
        sealed.append(claim.sealed_previous_secret)
    return [unseal(text, purpose=secret_purpose(claim.endpoint_id)) for text in sealed]


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _record(claim: Claim, made: AttemptMade) -> None:
    actor = system_actor(claim.organization_id, label="webhooks")
    with organization_scope(claim.organization_id):
        record_attempt(actor=actor, claim=claim, made=made, chance=random.random(), now=utc_now())  # noqa: S311  spreads pauses
