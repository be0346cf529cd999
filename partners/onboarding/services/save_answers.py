"""The applicant saves one step of its answers."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic
from partners.models.organizations import Organization
from partners.onboarding.domain.answers import Audience, Company, Contacts
from partners.onboarding.domain.lifecycle import Side
from partners.onboarding.domain.steps import Step
from partners.onboarding.models import PartnerApplication
from partners.onboarding.sentences import refuse_problems
from partners.onboarding.services.move_application import ApplicationElsewhereError, locked_application

STEPS: dict[type[Company | Audience | Contacts], Step] = {
    Company: Step.COMPANY,
    Audience: Step.AUDIENCE,
    Contacts: Step.CONTACTS,
}


def save_answers(*, actor: Actor, application_id: UUID, answers: Company | Audience | Contacts, now: datetime) -> None:
    """Keep the answers of one step, whole and sound; the other steps are not asked.

    While the organization still applies, it takes its name, country and industry from them. Saving the same again
    records nothing. Raises `NotFoundError`, `ApplicationElsewhereError`, `AnswerInvalidError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    given = answers.normalized() if isinstance(answers, Company) else answers
    refuse_problems(given.problems())
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.APPLICANT)
        if not application.is_editable:
            raise ApplicationElsewhereError
        step = STEPS[type(given)]
        before = getattr(application, step)
        if before == given.to_json():
            return
        changed = _columns(given)
        for column, value in {step.value: given.to_json(), "saved_at": now, **changed}.items():
            setattr(application, column, value)
        application.save(update_fields=[step.value, "saved_at", *changed])
        _follow(application, given)
        audit.record(actor, "application.saved", application, now=now, after={"step": step.value})


def _columns(answers: Company | Audience | Contacts) -> dict[str, object]:
    """The columns by which the application is listed and compared."""
    if isinstance(answers, Company):
        return {
            "name": answers.name,
            "country": answers.country,
            "tax_keys": list(answers.tax_keys),
            "web_domain": answers.web_domain,
        }
    return {"industry": answers.industry} if isinstance(answers, Audience) else {}


def _follow(application: PartnerApplication, answers: Company | Audience | Contacts) -> None:
    """The organization is what it says it is, as long as nobody has approved it under another name."""
    applying = Organization.objects.filter(pk=application.organization_id, status=OrganizationStatus.APPLYING)
    if isinstance(answers, Company):
        applying.update(name=answers.name, country=answers.country)
    elif isinstance(answers, Audience):
        applying.update(industry=answers.industry)
