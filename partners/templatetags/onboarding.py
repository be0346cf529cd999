"""Words for the codes of an application."""

from django import template
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language

from partners.countries import country_name as name_of_country
from partners.industries import industry_name as name_of_industry
from partners.onboarding.forms import AUDIENCE_SIZES

register = template.Library()


@register.filter
def country_name(code: str) -> str:
    """The country's name in the language of the page."""
    return name_of_country(code, get_language() or settings.LANGUAGE_CODE)


@register.filter
def industry_name(code: str) -> str:
    """The industry in words."""
    return name_of_industry(code)


@register.filter
def audience_size(code: str) -> str | Promise:
    """How many people that means."""
    return dict(AUDIENCE_SIZES).get(code, code)
