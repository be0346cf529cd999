"""What the API answers about organizations, alliances and agreements, as examples of its shapes in the OpenAPI document.

A shape has its example once, whichever operation answers with it. A test holds each of them against the serializer.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from partners.alliances.api_shapes import MEMBER
from partners.onboarding.api.applying_examples import OWN
from partners.onboarding.api.settings import PAGE

Document = dict[str, Any]

_HOST: Final = "01939d6a-0000-7000-8000-000000000011"
_NORTH: Final = str(MEMBER["organization_id"])
_SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TERMS: Final[Document] = {
    "schema": 2,
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "parties": [_HOST, _NORTH],
    "clauses": [
        {
            "id": "sales",
            "earns_on": "sale",
            "pays": {
                "kind": "split",
                "shares": [
                    {"party": _HOST, "purpose": "share", "share": "3/5"},
                    {"party": _NORTH, "purpose": "share", "share": "2/5"},
                ],
            },
            "recurring": {"kind": "lifetime"},
            "is_bonus": False,
        }
    ],
    "precedence": "most_specific",
    "hold": {"days": 30},
}
ORGANIZATION: Final[Document] = {
    "id": _NORTH,
    "name": "North Fitness",
    "kind": "partner",
    "industry": "fitness",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "created_at": "2026-03-02T09:30:00Z",
    "permissions": ["agreement:read", "home:read", "statement:read"],
}
ALLIANCE: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000001",
    "name": "Learning Alliance",
    "host_id": _HOST,
    "host_name": "Lectern",
    "created_at": "2026-03-01T08:00:00Z",
}
_HOSTS_PLACE: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000060",
    "organization_id": _HOST,
    "name": "Lectern",
    "partner_code": "",
    "joined_at": "2026-03-01T08:00:00Z",
}
AGREEMENT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000021",
    "alliance_id": ALLIANCE["id"],
    "host_id": _HOST,
    "name": "Courses with kits",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "status": "signed",
    "ends_at": None,
    "created_at": "2026-03-02T09:30:00Z",
    "parties": [
        {"organization_id": _HOST, "name": "Lectern", "rank": 0},
        {"organization_id": _NORTH, "name": "North Fitness", "rank": 1},
    ],
}


def _signature(organization_id: str, name: str, title: str, **more: str) -> Document:
    return {
        "organization_id": organization_id,
        "signer_name": name,
        "signer_title": title,
        "signer_role": "owner",
        "language": "en",
        "ip_prefix": "192.0.2.0/24",
        "browser": "Firefox",
        "second_factor": "totp",
        "document_sha256": _SHA256,
        **more,
    }


VERSION: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000031",
    "number": 1,
    "status": "accepted",
    "effective_from": "2026-03-31T22:00:00Z",
    "effective_to": None,
    "document_sha256": _SHA256,
    "proposed_by_id": _HOST,
    "created_at": "2026-03-02T09:30:00Z",
    "answers": None,
    "accepted_at": "2026-03-03T14:10:00Z",
    "closed_at": None,
    "closed_by_id": None,
    "close_reason": "",
    "acceptances": [
        _signature(_HOST, "Hanna Host", "Partnerships", accepted_at="2026-03-02T09:31:00Z"),
        _signature(_NORTH, "Nora North", "Managing Director", accepted_at="2026-03-03T14:10:00Z"),
    ],
}
VERSION_TERMS: Final[Document] = {
    **VERSION,
    "signed_until": None,
    "end_rule": {"notice_days": 30, "at_end": "expire", "renewal_months": None, "fallback_number": None},
    "texts": {"en": "# Scope\n\nThe parties sell courses and kits together."},
    "attached": None,
    "signed_copy": {"file_name": "courses-with-kits-1.pdf", "size_bytes": 148213, "sha256": _SHA256},
    "terms": _TERMS,
    "sentences": {
        "en": [
            {
                "title": "What earns",
                "passages": [
                    {
                        "title": "Clause sales",
                        "sentences": ["The base is shared completely:", "Lectern gets 60%.", "North Fitness gets 40%."],
                    }
                ],
            }
        ],
        "zh-hans": [
            {
                "title": "收益来源",
                "passages": [
                    {
                        "title": "收益规则 sales",
                        "sentences": [
                            "分成基数按下列份额全部分配：",
                            "“Lectern”分得 60%。",
                            "“North Fitness”分得 40%。",
                        ],
                    }
                ],
            }
        ],
    },
}
TERMS_IN_FORCE: Final[Document] = {
    "agreement_id": AGREEMENT["id"],
    "version_id": VERSION["id"],
    "version": 1,
    "effective_from": VERSION["effective_from"],
    "effective_to": None,
    "terms": _TERMS,
    "terms_sha256": _SHA256,
    "sentences": VERSION_TERMS["sentences"],
}
ENDING: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000071",
    "agreement_id": AGREEMENT["id"],
    "kind": "mutual",
    "status": "proposed",
    "version": None,
    "declared_by_id": _NORTH,
    "declared_at": "2026-09-01T08:00:00Z",
    "ends_at": "2026-12-31T23:00:00Z",
    "reason": "We close our shop.",
    "document_sha256": _SHA256,
    "settled_at": None,
    "settled_by_id": None,
    "settle_reason": "",
    "signatures": [
        _signature(_NORTH, "Nora North", "Managing Director", purpose="end", signed_at="2026-09-01T08:00:00Z")
    ],
}
EXAMPLES: Final[Mapping[str, Document]] = MappingProxyType(
    {
        "OrganizationShape": ORGANIZATION,
        "AllianceShape": ALLIANCE,
        "AllianceDetailShape": {**ALLIANCE, "members": [_HOSTS_PLACE, MEMBER]},
        "AgreementShape": AGREEMENT,
        "AgreementDetailShape": {**AGREEMENT, "versions": [VERSION]},
        "VersionShape": VERSION,
        "VersionTermsShape": VERSION_TERMS,
        "TermsShape": TERMS_IN_FORCE,
        "EndingShape": ENDING,
        "OwnApplicationShape": OWN,
        "PageShape": {**PAGE, "address": "https://alliance.example/join-alliance/learning/", "has_logo": True},
        "LogoInputRequest": {"file": "logo.png"},
        "DocumentInputRequest": {"kind": "business_licence", "file": "licence.pdf"},
        "AgreementFileInputRequest": {"file": "courses-with-kits.pdf"},
    }
)
