"""Forms of the applicant: they check shape and say what is wrong beside the field; services check the same again."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partners.forms import country_choices, zone_choices
from partners.industries import Industry
from partners.onboarding.domain.answers import MAX_DESCRIPTION, Audience, AudienceSize, Company, Contacts
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.models import BankAccountKinds, DocumentKind
from partners.onboarding.sentences import PROBLEMS

MEGABYTE = 1024 * 1024
AUDIENCE_SIZES = (
    (AudienceSize.UNDER_10K.value, _("fewer than 10,000 people")),
    (AudienceSize.UNDER_100K.value, _("10,000 to 100,000 people")),
    (AudienceSize.UNDER_1M.value, _("100,000 to 1 million people")),
    (AudienceSize.OVER_1M.value, _("more than 1 million people")),
)
BANK_FIELDS = ("kind", "holder_name", "number", "bic", "bank_name", "branch", "cnaps")


class NewApplicantForm(forms.Form):
    """A company that is new on this installation."""

    name = forms.CharField(
        label=_("Name of your company"), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, help_text=_("Decides how times are shown to you.")
    )


class AnswersForm(forms.Form):
    """One step: its own fields and nothing else."""

    answers_class: ClassVar[type[Company | Audience | Contacts]]

    def clean(self) -> dict[str, Any]:
        """Put what is wrong beside its field."""
        data = super().clean() or {}
        for problem in self.answers(data).problems():
            if problem.field not in self.errors:
                self.add_error(problem.field, str(PROBLEMS[problem.code]))
        return data

    def answers(self, data: dict[str, Any] | None = None) -> Company | Audience | Contacts:
        """What was typed, as the domain knows it."""
        answers = self.answers_class.from_json(self.cleaned_data if data is None else data)
        return answers.normalized() if isinstance(answers, Company) else answers


class CompanyForm(AnswersForm):
    """The legal entity."""

    answers_class = Company

    name_zh = forms.CharField(
        label=_("Name in Chinese"), max_length=160, required=False, help_text=_("As on the business licence.")
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    country = forms.ChoiceField(label=_("Country of registration"), choices=country_choices, required=False)
    registration_number = forms.CharField(
        label=_("Registration number"),
        max_length=40,
        required=False,
        help_text=_("In China the unified social credit code, elsewhere the number in the commercial register."),
    )
    tax_id = forms.CharField(
        label=_("Tax number"),
        max_length=40,
        required=False,
        help_text=_("In the European Union the VAT number with its country code. In China leave it empty."),
    )
    address = forms.CharField(label=_("Registered address"), max_length=300, required=False)
    website = forms.CharField(
        label=_("Website"), max_length=300, required=False, widget=forms.TextInput(attrs={"inputmode": "url"})
    )


class AudienceForm(AnswersForm):
    """Whom the company reaches."""

    answers_class = Audience

    industry = forms.ChoiceField(
        label=_("Industry"), choices=[("", _("Choose an industry")), *Industry.choices], required=False
    )
    description = forms.CharField(
        label=_("Your audience"),
        max_length=MAX_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Who they are, what they buy, and where you reach them."),
    )
    size = forms.ChoiceField(
        label=_("How many people do you reach in a month?"),
        choices=AUDIENCE_SIZES,
        widget=forms.RadioSelect,
        required=False,
    )


class ContactsForm(AnswersForm):
    """Who answers."""

    answers_class = Contacts

    name = forms.CharField(
        label=_("Contact person"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    position = forms.CharField(label=_("Position"), max_length=160, required=False)
    email = forms.CharField(
        label=_("E-mail"), max_length=160, required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    finance_name = forms.CharField(
        label=_("Contact for invoices and payments"),
        max_length=160,
        required=False,
        help_text=_("Leave it empty when it is the same person."),
    )
    finance_email = forms.CharField(
        label=_("E-mail for invoices and payments"), max_length=160, required=False, widget=forms.EmailInput()
    )


class BankForm(forms.Form):
    """One bank account. What the chosen kind has no use for is hidden by the style sheet and not kept."""

    kind = forms.ChoiceField(
        label=_("Kind of account"),
        choices=BankAccountKinds.choices,
        widget=forms.RadioSelect,
        initial=BankAccountKind.IBAN.value,
    )
    holder_name = forms.CharField(
        label=_("Account holder"), max_length=160, required=False, help_text=_("The company, as the bank knows it.")
    )
    number = forms.CharField(
        label=_("IBAN or account number"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Kept encrypted. Only its last four signs are ever shown."),
    )
    bic = forms.CharField(label=_("BIC"), max_length=16, required=False, help_text=_("May be left empty."))
    bank_name = forms.CharField(label=_("Bank"), max_length=160, required=False)
    branch = forms.CharField(label=_("Branch"), max_length=160, required=False)
    cnaps = forms.CharField(
        label=_("CNAPS code of the branch"), max_length=20, required=False, help_text=_("May be left empty.")
    )

    def clean(self) -> dict[str, Any]:
        """Put what is wrong beside its field."""
        data = super().clean() or {}
        if "kind" in data:
            for problem in self.details(data).problems():
                if problem.field not in self.errors:
                    self.add_error(problem.field, str(PROBLEMS[problem.code]))
        return data

    def details(self, data: dict[str, Any] | None = None) -> BankDetails:
        """What was typed, as the domain knows it."""
        values = self.cleaned_data if data is None else data
        texts = {name: str(values.get(name, "")) for name in BANK_FIELDS if name != "kind"}
        return BankDetails(kind=BankAccountKind(values["kind"]), **texts).normalized()


class DocumentForm(forms.Form):
    """One file and what it proves."""

    kind = forms.ChoiceField(label=_("What the document proves"), choices=DocumentKind.choices)
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, missing: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = _("PDF, PNG or JPEG, at most %(megabytes)s MB.")
        self.fields["file"].help_text = limit % {"megabytes": settings.UPLOAD_MAX_BYTES // MEGABYTE}
        if missing:
            self.fields["kind"].initial = missing[0]
