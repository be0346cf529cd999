"""The host's own rules look at an application that has just come in."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.eligibility import Applicant, Outcome, Verdict, judge
from partners.onboarding.domain.lifecycle import Side, Status
from partners.onboarding.models import ApplicationPage
from partners.onboarding.selectors import incomplete_steps, page_of, similar_companies
from partners.onboarding.sentences import UNMET
from partners.onboarding.services.approve_application import approve_application
from partners.onboarding.services.move_application import locked_application
from partners.onboarding.services.reject_application import reject_application


def judge_application(*, actor: Actor, application_id: UUID, now: datetime) -> Outcome:
    """Approve, refuse or leave to people, by the rules of the alliance; what was decided.

    It approves only what is complete and resembles no other company, and acts only on an application that nobody has
    taken up. Runs in the host's scope for the system. Raises `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_REVIEW)
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.HOST)
        page = page_of(application.alliance_id)
        if page is None or application.status != Status.SUBMITTED:
            return Outcome.REVIEW
        applicant = Applicant(application.country, application.industry, application.applicant_email)
        is_complete = not incomplete_steps(application, required_documents=page.required_documents)
        verdict = judge(page.rules, applicant, is_complete=is_complete and not similar_companies(application_id))
        if verdict.outcome is Outcome.APPROVE:
            approve_application(actor=actor, application_id=application_id, now=now)
        elif verdict.outcome is Outcome.REFUSE:
            _refuse(actor, application_id, page, verdict, now)
    return verdict.outcome


def _refuse(actor: Actor, application_id: UUID, page: ApplicationPage, verdict: Verdict, now: datetime) -> None:
    reapply_on = (now + timedelta(days=page.reapply_days)).date()
    reason = _in_every_language(verdict)
    reject_application(actor=actor, application_id=application_id, reason=reason, reapply_on=reapply_on, now=now)


def _in_every_language(verdict: Verdict) -> str:
    """The reason as it is kept: nobody knows yet who will read it in which language."""
    said = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said.append(" ".join(str(UNMET[subject]) for subject in verdict.unmet))
    return "\n".join(said)
