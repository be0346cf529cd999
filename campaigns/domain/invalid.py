"""Why a shop calls an order invalid, as its files and programs write it. What it earns is for amounts and terms to say."""

from types import MappingProxyType
from typing import Final

# Codes, with what shops write for them, in small letters.
_WRITTEN: Final = MappingProxyType(
    {
        "split": ("拆单", "split order"),
        "cancelled": ("取消", "已取消", "canceled"),
        "account_abnormal": ("账号异常", "abnormal account"),
        "company_order": ("企业单", "企业订单", "company order"),
        "source_differs": ("来源与备案不符", "source differs"),
        "traffic_hijacked": ("流量劫持", "hijacked traffic"),
        "traffic_abnormal": ("流量异常", "abnormal traffic"),
        "orders_abnormal": ("多笔交易异常", "abnormal orders"),
        "other": ("其他", "其它"),
    }
)
INVALID_REASONS: Final = tuple(_WRITTEN)
_CODES: Final = MappingProxyType({text: code for code, texts in _WRITTEN.items() for text in (code, *texts)})


def invalid_reason(text: str) -> str | None:
    """The code for what a shop writes, in any case; empty for nothing, `None` for what is none of them."""
    written = text.strip().lower()
    return _CODES.get(written) if written else ""
