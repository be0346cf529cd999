"""The filters of lists: GET forms that check shape only. What is wrong is said beside its field and filters nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ALL = _("All")


class FilterForm(forms.Form):
    """The filter of a list; its values stand in the address. Shown by `<c-filters>`."""

    def value(self, name: str) -> Any:
        """The cleaned value; `None` when it is empty, wrong, or there is nothing in the address at all."""
        if not self.is_bound:
            return None
        self.is_valid()
        return self.cleaned_data.get(name) or None

    def given(self) -> dict[str, Any]:
        """Every field that says something."""
        return {name: value for name in self.fields if (value := self.value(name))}

    @property
    def is_filtering(self) -> bool:
        """Whether any field says something."""
        return bool(self.given())


def day_field(label: "str | _StrPromise") -> forms.DateField:
    """A day."""
    widget = forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def choice_field(
    label: "str | _StrPromise", choices: Sequence[tuple[Any, Any]], *, empty: "str | _StrPromise" = ALL
) -> forms.ChoiceField:
    """One of some values, or none: `empty` says what that means."""
    widget = forms.Select({"class": "form-select"})
    return forms.ChoiceField(label=label, required=False, choices=[("", empty), *choices], widget=widget)


def search_field(label: "str | _StrPromise", *, max_length: int = 120) -> forms.CharField:
    """Words to look for."""
    widget = forms.TextInput({"type": "search", "class": "form-control"})
    return forms.CharField(label=label, required=False, max_length=max_length, widget=widget)
