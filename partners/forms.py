"""Forms of the portal: they check shape, services check rules."""

import re
import zoneinfo
from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.kernel.permissions import Role, can_grant
from partners.countries import country_names
from partners.domain.terms import RemainderPolicy
from partners.industries import Industry

OFFERED_REMAINDERS = (
    (RemainderPolicy.LARGEST_REMAINDER.value, _("To the largest remainders; ties to the earlier party")),
    (RemainderPolicy.FIRST_IN_ORDER.value, _("To the parties in their order")),
    (RemainderPolicy.QUOTA_METHOD.value, _("To the largest remainders, never shrinking as the amount grows")),
)


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")))


def zone_choices() -> list[tuple[str, str]]:
    """Every zone with a place name, and UTC."""
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in _zones())]


def country_choices() -> list[tuple[str, Any]]:
    """ISO 3166 countries by their names in the active language, and none."""
    return [("", _("Not said")), *country_names(get_language() or settings.LANGUAGE_CODE).items()]


class DateInput(forms.DateInput):
    """The browser's own date picker, which speaks ISO dates."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AllianceForm(forms.Form):
    """A new alliance."""

    name = forms.CharField(label=_("Name of the alliance"), max_length=160)


class FoundPartnerForm(forms.Form):
    """A company that is new on this installation."""

    name = forms.CharField(label=_("Name of the company"), max_length=160)
    partner_code = forms.CharField(
        label=_("Partner code"),
        max_length=80,
        required=False,
        help_text=_("How your own order files name this partner: a shop id, a country, a tag. It can be added later."),
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, initial="UTC")
    email = forms.EmailField(
        label=_("E-mail of its owner"),
        required=False,
        help_text=_("This person gets an invitation and then runs the organization. It can be sent later."),
    )


class AddPartnerForm(forms.Form):
    """An organization that exists here already."""

    organization_id = forms.UUIDField(
        label=_("Organization number"),
        help_text=_("The partner finds it under Settings and gives it to you."),
        error_messages={"invalid": _("This is not an organization number.")},
    )
    partner_code = forms.CharField(
        label=_("Partner code"),
        max_length=80,
        required=False,
        help_text=_("How your own order files name this partner."),
    )


class PartnerCodeForm(forms.Form):
    """How the host's files name a partner."""

    partner_code = forms.CharField(label=_("Partner code"), max_length=80, required=False)


def _language_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)


class FirstOwnerForm(forms.Form):
    """The first person of a partner organization."""

    email = forms.EmailField(label=_("E-mail"))
    language = _language_field()


class InviteForm(forms.Form):
    """People to invite, and a role that the inviter may give."""

    email = forms.CharField(
        label=_("E-mail addresses"),
        max_length=15_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One or several, separated by commas or line breaks. Each gets a mail of their own."),
    )
    role = forms.ChoiceField(label=_("Role"))
    language = _language_field()

    def __init__(self, *args: Any, granter: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = grantable_roles(granter)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.VIEWER

    @property
    def addresses(self) -> list[str]:
        """The addresses as they were typed, each once."""
        return list(dict.fromkeys(part for part in re.split(r"[\s,;，；、]+", self.cleaned_data["email"]) if part))


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


def grantable_roles(granter: Role) -> list[tuple[str, Any]]:
    """The roles that a member with `granter` may give."""
    return [(role.value, role.label) for role in Role if can_grant(granter, role)]


class OrganizationForm(forms.Form):
    """What the organization says of itself."""

    name = forms.CharField(label=_("Name"), max_length=160)
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Decides how times are shown. Agreements keep the time zone they were signed with."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = str(self.initial.get("industry", ""))
        kept = [(present, present)] if present and present not in set(Industry) else []
        self.fields["industry"].choices = [("", _("Not said")), *Industry.choices, *kept]  # type: ignore[attr-defined]


def signer_title_field() -> forms.CharField:
    """The position of somebody who may sign at once."""
    return forms.CharField(
        label=_("Your position"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )


class VersionForm(forms.Form):
    """When a version is in force, and who gets the rest."""

    effective_on = forms.DateField(
        label=_("In force from"),
        widget=DateInput(),
        help_text=_("From the beginning of this day in the agreement's time zone."),
    )
    until_on = forms.DateField(
        label=_("No longer in force from"),
        required=False,
        widget=DateInput(),
        help_text=_("Up to the beginning of this day. Empty: until a later version takes over."),
    )
    remainder = forms.ChoiceField(
        label=_("Cents that the shares leave over"),
        choices=OFFERED_REMAINDERS,
        initial=RemainderPolicy.LARGEST_REMAINDER.value,
    )
    signer_name = forms.CharField(
        label=_("Sign now, with your full name"),
        max_length=120,
        required=False,
        help_text=_("Your signature binds your organization to exactly these terms. Empty: propose now, sign later."),
    )
    signer_title = signer_title_field()


class ProposalForm(VersionForm):
    """A new agreement."""

    name = forms.CharField(label=_("Name of the agreement"), max_length=160)
    currency = forms.CharField(
        label=_("Currency"),
        min_length=3,
        max_length=3,
        help_text=_("ISO 4217, such as EUR, GBP or CNY. It stays for good."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Decides days and months of this agreement. It stays for good."),
    )
    field_order = (
        "name",
        "currency",
        "time_zone",
        "effective_on",
        "until_on",
        "remainder",
        "signer_name",
        "signer_title",
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class ShareRow(forms.Form):
    """One party and its share."""

    organization = forms.ChoiceField(label=_("Party"), required=False)
    share = forms.CharField(label=_("Share"), max_length=40, required=False)

    def __init__(self, *args: Any, organizations: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose a party")), *((str(id_), name) for id_, name in organizations)]
        self.fields["organization"].choices = choices  # type: ignore[attr-defined]
        self.fields["share"].widget.attrs |= {"inputmode": "text", "placeholder": "60", "autocomplete": "off"}

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written here."""
        return not self.cleaned_data.get("organization") and not self.cleaned_data.get("share")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("organization")) != bool(data.get("share")) and not self.errors:
            field = "share" if data.get("organization") else "organization"
            self.add_error(field, _("Name the party and its share."))
        return data


class ApplyForm(forms.Form):
    """A company asks to host alliances."""

    organization_name = forms.CharField(label=_("Name of your company"), max_length=160)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, initial="UTC")
    contact_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_email = forms.EmailField(label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    message = forms.CharField(
        label=_("What alliance would you host?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
