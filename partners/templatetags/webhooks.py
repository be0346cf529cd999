"""Words of the webhook log."""

from django import template

from partners.webhooks import words

register = template.Library()


@register.filter
def error_sentence(code: str) -> str:
    """What went wrong, for people."""
    return words.error_sentence(code)
