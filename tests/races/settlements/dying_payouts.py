"""Imported in the workers of the chaos: each of ten places kills the first worker that reaches it, and leases last seconds.

Never imported by a test itself: it changes the modules for good. `DEATHS` is a folder; each place dies
once for each name of its own in it, up to `DEATHS_EACH` times, by the odds of `DEATH_ODDS`.
"""

import os
from datetime import timedelta

from settlements.payouts import carrying_out
from settlements.payouts.gateways.sandbox import SandboxGateway
from settlements.payouts.services import claim_payouts, settle_payout
from tests.races.settlements.deaths import die_once

claim_payouts.LEASE = timedelta(seconds=float(os.environ.get("LEASE_SECONDS", "2")))
settle_payout._SOON = timedelta(milliseconds=300)
settle_payout._LATEST = timedelta(seconds=2)


def _mortal(function, *, before="", after="", when=lambda _result: True):
    def call(*args, **kwargs):
        if before:
            die_once(before)
        result = function(*args, **kwargs)
        if after and when(result):
            die_once(after)
        return result

    return call


def _posted(payout, movement, *, now):
    ids = _post(payout, movement, now=now)
    die_once("confirm_posted" if movement.value == "confirmed" else "return_posted")
    return ids


_post = settle_payout.post_payout_journals
settle_payout.post_payout_journals = _posted
carrying_out.claim_payouts = _mortal(carrying_out.claim_payouts, after="claimed", when=bool)
SandboxGateway.send = _mortal(SandboxGateway.send, before="before_send", after="after_send")
SandboxGateway.look_up = _mortal(SandboxGateway.look_up, before="before_look_up", after="after_look_up")
carrying_out.settle_payout = _mortal(carrying_out.settle_payout, after="settled_uncommitted")
carrying_out.leave_open = _mortal(carrying_out.leave_open, after="left_open_uncommitted")
carrying_out.write_down = _mortal(carrying_out.write_down, after="written_down")
