"""Forms of the host: its application page, its rules, its decisions."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.filters import FilterForm, search_field
from partners.forms import DateInput
from partners.industries import Industry
from partners.onboarding.domain.colours import SAFE_COLOURS
from partners.onboarding.domain.eligibility import EligibilityRules, Rule, RuleInvalidError, Subject
from partners.onboarding.domain.steps import Step
from partners.onboarding.models import DocumentKind, PartnerApplicationStatus
from partners.onboarding.sentences import STEP_NAMES
from partners.onboarding.services.reject_application import LONGEST_REASON
from partners.onboarding.services.request_changes import LONGEST_REMARK
from partners.onboarding.services.save_application_page import LONGEST_INTRODUCTION, MAX_REAPPLY_DAYS
from partners.onboarding.services.write_note import LONGEST_NOTE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_APART: Final = re.compile(r"[\s,;，；、]+")
RULE_ERRORS: Final = {
    Subject.COUNTRY: _("Write two-letter country codes, such as CN, DE, FR."),
    Subject.INDUSTRY: _("Choose among what is offered."),
    Subject.EMAIL_DOMAIN: _("Write domains, such as acme.com, or *.acme.com for its sub-domains only."),
}


class ColourInput(forms.TextInput):
    """The browser's own colour picker."""

    input_type = "color"


class ApplicationPageForm(forms.Form):
    """What visitors see and what applicants must bring."""

    display_name = forms.CharField(label=_("Name on the page"), max_length=160)
    slug = forms.CharField(
        label=_("Address"),
        max_length=60,
        help_text=_("The end of the page's address: small letters, digits and hyphens."),
    )
    introduction_zh = forms.CharField(
        label=_("Introduction in Chinese"),
        max_length=LONGEST_INTRODUCTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    introduction_en = forms.CharField(
        label=_("Introduction in English"),
        max_length=LONGEST_INTRODUCTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    accent_colour = forms.CharField(
        label=_("Accent colour"),
        max_length=7,
        initial=SAFE_COLOURS[0],
        widget=ColourInput(attrs={"list": "safe-colours"}),
        help_text=_("White text stands on it, so it must be dark enough."),
    )
    industries = forms.MultipleChoiceField(
        label=_("Industries that are welcome"),
        choices=Industry.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Shown on the page. It is an invitation; what decides are the rules."),
    )
    required_documents = forms.MultipleChoiceField(
        label=_("Documents an applicant must bring"),
        choices=[choice for choice in DocumentKind.choices if choice[0] != DocumentKind.OTHER.value],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reapply_days = forms.IntegerField(
        label=_("Days until a rejected company may apply again"), min_value=0, max_value=MAX_REAPPLY_DAYS, initial=90
    )
    is_open = forms.BooleanField(label=_("The page is open: applications are taken"), required=False)

    def clean_accent_colour(self) -> str:
        return str(self.cleaned_data["accent_colour"]).strip().lower()

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()


class LogoForm(forms.Form):
    """The picture on the page."""

    logo = forms.FileField(
        label=_("Logo"),
        max_length=200,
        help_text=_("PNG or JPEG, at most 2 MB. It is shown at most 240 by 120 pixels large."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,image/png,image/jpeg"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


def _way(label: "_StrPromise") -> forms.ChoiceField:
    ways = [("only", _("only these")), ("except", _("all but these"))]
    return forms.ChoiceField(label=label, choices=ways, initial="only")


class EligibilityForm(forms.Form):
    """Whom the alliance takes in. An empty list is no rule."""

    country_values = forms.CharField(
        label=_("These countries"),
        required=False,
        max_length=2000,
        help_text=_("Two-letter codes, such as CN, DE, FR."),
    )
    country_way = _way(_("Countries: let in"))
    industry_values = forms.MultipleChoiceField(
        label=_("These industries"), choices=Industry.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    industry_way = _way(_("Industries: let in"))
    email_domain_values = forms.CharField(
        label=_("These e-mail domains"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Of the address with which the applicant signs in. acme.com is that domain alone; *.acme.com is its "
            "sub-domains and not acme.com itself."
        ),
    )
    email_domain_way = _way(_("E-mail domains: let in"))
    approves = forms.BooleanField(
        label=_("Approve at once whoever meets every rule"),
        required=False,
        help_text=_(
            "Only when every document is there and the company resembles no other. Without any rule, people decide."
        ),
    )
    refuses = forms.BooleanField(
        label=_("Reject at once whoever does not"),
        required=False,
        help_text=_("Otherwise people look at the application."),
    )
    field_order = (
        "country_way",
        "country_values",
        "industry_way",
        "industry_values",
        "email_domain_way",
        "email_domain_values",
    )

    def clean(self) -> dict[str, Any]:
        """Put a rule that can't be read beside its field."""
        data = super().clean() or {}
        for subject in Subject:
            try:
                list(self._rules(data, subject))
            except RuleInvalidError:
                self.add_error(f"{subject}_values", RULE_ERRORS[subject])
        return data

    def rules(self) -> EligibilityRules:
        """The rules, once the form is valid."""
        data = self.cleaned_data
        rules = tuple(rule for subject in Subject for rule in self._rules(data, subject))
        return EligibilityRules(rules, approves=data["approves"], refuses=data["refuses"])

    def _rules(self, data: dict[str, Any], subject: Subject) -> Iterator[Rule]:
        given = data.get(f"{subject}_values") or []
        values = [part for part in _APART.split(given) if part] if isinstance(given, str) else given
        if values:
            yield Rule(subject, tuple(values), excludes=data.get(f"{subject}_way") == "except")


def eligibility_initial(rules: EligibilityRules) -> dict[str, object]:
    """The form's values for rules that are kept."""
    values: dict[str, object] = {"approves": rules.approves, "refuses": rules.refuses}
    for rule in rules.rules:
        is_list = rule.subject is Subject.INDUSTRY
        apart = "\n" if rule.subject is Subject.EMAIL_DOMAIN else ", "
        values[f"{rule.subject}_values"] = list(rule.values) if is_list else apart.join(rule.values)
        values[f"{rule.subject}_way"] = "except" if rule.excludes else "only"
    return values


class ChangesForm(forms.Form):
    """A remark for each step that should be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for step in Step:
            self.fields[step.value] = forms.CharField(
                label=str(STEP_NAMES[step]),
                max_length=LONGEST_REMARK,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def remarks(self) -> dict[Step, str]:
        """The remarks by step."""
        return {step: self.cleaned_data[step.value] for step in Step}


class ApproveForm(forms.Form):
    """How the host's own files will name the partner."""

    partner_code = forms.CharField(
        label=_("Partner code"),
        max_length=80,
        required=False,
        help_text=_("How your own order files name this partner: a shop id, a country, a tag. It can be added later."),
    )


class RejectForm(forms.Form):
    """Why, and from when the company may try again."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The applicant reads it."),
    )
    reapply_on = forms.DateField(
        label=_("May apply again from"), required=False, widget=DateInput(), help_text=_("Empty: at once.")
    )


class NoteForm(forms.Form):
    """A note that the host's own people read."""

    text = forms.CharField(label=_("New note"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3}))


class ApplicationFilter(FilterForm):
    """Which applications the queue shows; those that wait for the host unless said otherwise."""

    q = search_field(_("Company"))
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        widget=forms.Select({"class": "form-select"}),
        choices=[
            ("", _("Waiting for you")),
            ("all", _("All")),
            *((s.value, s.label) for s in PartnerApplicationStatus if s is not PartnerApplicationStatus.DRAFT),
        ],
    )
