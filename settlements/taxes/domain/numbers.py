"""VAT numbers of any country: format and check digits, by python-stdnum. Nobody is asked whether they are in use."""

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from partners.onboarding.domain.tax_numbers import (
    CHINA,
    EU_COUNTRIES,
    compact,
    is_credit_code,
    is_plausible,
    is_vat_number,
)


def checked_vat_number(number: str, country: str) -> str | None:
    """The number as it is written on invoices, `None` where it can't be one of that country.

    In the European Union with its prefix, which may be left out here; in China the 统一社会信用代码.
    """
    wanted = compact(number)
    if country in EU_COUNTRIES:
        prefix = "EL" if country == "GR" else country
        prefixed = wanted if wanted.startswith(prefix) else f"{prefix}{wanted}"
        return prefixed if is_vat_number(prefixed, country) else None
    if country == CHINA:
        return wanted if is_credit_code(wanted) else None
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        return wanted if is_plausible(wanted) else None
    try:
        module.validate(wanted)
    except ValidationError:
        return None
    return wanted
