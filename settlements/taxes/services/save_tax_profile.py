"""Say who one's organization is to tax authorities."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.taxes.domain.numbers import checked_vat_number
from settlements.taxes.models import TaxProfile


class VatNumberInvalidError(InvalidInputError):
    """It can't be a number of that country."""

    code = "vat_number_invalid"
    sentence = _("This is not a VAT number of the tax residence. Check its digits.")


class NamelessTaxpayerError(InvalidInputError):
    """An invoice needs a name, an address and a country."""

    code = "taxpayer_incomplete"
    sentence = _("This is needed on every invoice.")


@dataclass(frozen=True, slots=True)
class TaxAnswers:
    """What an organization says of its taxes."""

    legal_name: str
    address: str
    country: str
    vat_number: str = ""
    is_small: bool = False
    accepts_self_billing: bool = False


def save_tax_profile(*, actor: Actor, answers: TaxAnswers, now: datetime) -> None:
    """Keep the answers. Invoices made before keep what they say.

    Raises `VatNumberInvalidError` where check digits or format don't fit the country, `NamelessTaxpayerError`,
    `NotPermittedError`.
    """
    actor.require(Permission.TAX_MANAGE)
    for name in ("legal_name", "address", "country"):
        if not getattr(answers, name).strip():
            raise NamelessTaxpayerError(field=name)
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(answers).items()}
    if values["vat_number"]:
        number = checked_vat_number(values["vat_number"], values["country"])
        if number is None:
            raise VatNumberInvalidError(field="vat_number")
        values["vat_number"] = number
    with atomic():
        before = TaxProfile.objects.select_for_update().filter(organization_id=actor.organization_id).first()
        told = {name: getattr(before, name) for name in values} if before else {}
        profile, _created = TaxProfile.objects.update_or_create(
            organization_id=actor.organization_id,
            defaults={**values, "changed_by": actor.label[:160], "changed_at": now},
        )
        record(actor, "tax.profile_saved", profile, now=now, before=told, after=values)
