"""Mails about access, each to one member in their language."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.events import subscribe
from partners.access.proofs import has_second_factor
from partners.events import SecondFactorAsked, SingleSignOnAsked
from partners.mails import page_address, send_mail
from partners.models import Member


def on_second_factor_asked(event: SecondFactorAsked, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Tell the member where to set one up, unless they left or have done so meanwhile."""
    member = Member.objects.select_related("user", "organization").filter(pk=event.member_id).first()
    if member is None or has_second_factor(member.user_id):
        return
    context = {"organization": member.organization.name, "link": page_address("access")}
    send_mail("second_factor_asked", to=[member.user.email], language=member.user.language or "en", context=context)


def on_single_sign_on_asked(event: SingleSignOnAsked, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Tell the member how they come in from now on, unless they left meanwhile."""
    member = Member.objects.select_related("user", "organization").filter(pk=event.member_id).first()
    if member is None:
        return
    context = {"organization": member.organization.name, "link": page_address("company_sign_in")}
    send_mail("single_sign_on_asked", to=[member.user.email], language=member.user.language or "en", context=context)


def register() -> None:
    """Called when the app is ready."""
    subscribe(SecondFactorAsked, on_second_factor_asked, name="partners.mail_second_factor_asked", queue="mail")
    subscribe(SingleSignOnAsked, on_single_sign_on_asked, name="partners.mail_single_sign_on_asked", queue="mail")
