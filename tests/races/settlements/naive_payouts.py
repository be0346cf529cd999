"""Imported in the workers of the control: what many would write. A payment without an answer is sent again, as a new one."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from settlements.payouts import carrying_out
from settlements.payouts.gateways import OutcomeUnknownError
from settlements.payouts.services import claim_payouts, settle_payout

claim_payouts.LEASE = timedelta(seconds=2)
settle_payout._SOON = timedelta(milliseconds=300)


def ask_naively(gateway, order, _claim):
    try:
        return gateway.send(replace(order, key=str(uuid4())))
    except OutcomeUnknownError as unknown:
        return str(unknown)


carrying_out.ask = ask_naively
