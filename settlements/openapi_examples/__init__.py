"""What the API answers about settlements, as examples of its shapes in the OpenAPI document.

One story: Lectern sold for 100.00 EUR in April 2026 through North Fitness, which gets 40% of it; the statement says so, a payout
brings 40.00 EUR in May, and the bank's statement shows the entry.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from settlements.openapi_examples import answers, books, earning, finance, papers, paying

EXAMPLES: Final[Mapping[str, dict[str, Any]]] = MappingProxyType(
    {
        **earning.EXAMPLES,
        **answers.EXAMPLES,
        **books.EXAMPLES,
        **paying.EXAMPLES,
        **papers.EXAMPLES,
        **finance.EXAMPLES,
    }
)
