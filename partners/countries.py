"""Countries by name, in the order in which readers of a language look for them."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pycountry
from babel import Locale

_BABEL_NAMES = MappingProxyType({"zh-hans": "zh_Hans"})


@cache
def country_names(language: str) -> Mapping[str, str]:
    """ISO 3166 code to name. Chinese names follow their pronunciation, which GB 18030 orders common characters by."""
    locale = Locale.parse(_BABEL_NAMES.get(language, language.partition("-")[0]))
    named = {country.alpha_2: locale.territories.get(country.alpha_2, country.name) for country in pycountry.countries}
    return MappingProxyType(dict(sorted(named.items(), key=lambda pair: pair[1].encode("gb18030"))))


def country_name(code: str, language: str) -> str:
    """The country's name; a text that is no code stands as it is."""
    return country_names(language).get(code, code)
