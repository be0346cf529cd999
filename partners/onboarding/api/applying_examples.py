"""Examples of an applicant's operations; a test sends each of them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from partners.onboarding.api.examples import DETAIL

OWN: Final[dict[str, Any]] = {
    **DETAIL,
    "status": "draft",
    "submitted_at": None,
    "required_documents": ["business_licence", "bank_proof"],
    "incomplete_steps": ["documents"],
}
PAGE: Final[dict[str, Any]] = {
    "page": "learning",
    "alliance_id": DETAIL["alliance_id"],
    "alliance_name": DETAIL["alliance_name"],
    "host_name": "Lectern",
    "display_name": "Learning together",
    "introduction_en": "We look for companies whose customers want to learn.",
    "introduction_zh": "我们正在寻找客户热爱学习的企业。",
    "industries": ["fitness", "travel"],
    "required_documents": ["business_licence", "bank_proof"],
    "is_open": True,
    "has_logo": False,
}
COMPANIES: Final[dict[str, dict[str, str]]] = {
    "A company in Germany": {
        "name_en": "Fit Example",
        "country": "DE",
        "registration_number": "HRB 86891",
        "tax_id": "DE136695976",
        "address": "1 Example Street",
        "website": "https://fit.example",
    },
    "A company in China": {
        "name_zh": "示范健身有限公司",
        "country": "CN",
        "registration_number": "91110000600037341L",
        "address": "示范路 1 号",
        "website": "https://fit.example",
    },
}
AUDIENCE: Final = {
    "industry": "fitness",
    "description": "People who train at home, twice a week",
    "size": "under_10k",
}
CONTACTS: Final = {
    "name": "A. Person",
    "position": "Partnerships",
    "email": "contact@fit.example",
    "phone": "+49 30 123456",
}
BANKS: Final[dict[str, dict[str, str]]] = {
    "An IBAN": {
        "kind": "iban",
        "holder_name": "Fit Example",
        "number": "DE89 3704 0044 0532 0130 00",
        "bic": "DEUTDEFF",
    },
    "A Chinese company account": {
        "kind": "cn_company",
        "holder_name": "示范健身有限公司",
        "number": "110060635018010052437",
        "bank_name": "交通银行",
        "branch": "北京东单支行",
        "cnaps": "301100000015",
    },
}


def _given(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


OWN_EXAMPLES: Final = [OpenApiExample("One's own application", value=OWN, response_only=True)]
PAGE_EXAMPLES: Final = [OpenApiExample("An open page", value=PAGE, response_only=True)]
START_EXAMPLES: Final = [
    _given("By the page's address", {"page": "learning"}),
    OpenApiExample("A draft", value=OWN, response_only=True, status_codes=["201"]),
]
COMPANY_EXAMPLES: Final = [*(_given(name, value) for name, value in COMPANIES.items()), *OWN_EXAMPLES]
AUDIENCE_EXAMPLES: Final = [_given("An audience", AUDIENCE), *OWN_EXAMPLES]
CONTACTS_EXAMPLES: Final = [_given("Contacts", CONTACTS), *OWN_EXAMPLES]
BANK_EXAMPLES: Final = [*(_given(name, value) for name, value in BANKS.items()), *OWN_EXAMPLES]
DOCUMENT_EXAMPLES: Final = [
    OpenApiExample("A business licence", value=DETAIL["documents"][0], response_only=True, status_codes=["201"])
]
