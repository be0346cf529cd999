"""A first guess at a mapping, from a file's header and its first rows. A person confirms it."""

import re
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

TIME_FORMATS: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
)

COMMON_NAMES: Final = MappingProxyType(
    {
        "order_id": (
            *("invoiceno", "invoice", "invoiceid", "invoicenumber", "orderid", "orderno", "ordernumber", "order"),
            *("订单号", "订单编号", "订单id", "发票号", "发票号码", "单号", "交易号"),
        ),
        "quantity": ("quantity", "qty", "count", "units", "数量", "件数", "购买数量", "商品数量"),
        "unit_price": (
            *("unitprice", "price", "priceeach", "itemprice", "lineprice"),
            *("单价", "价格", "售价", "商品单价", "成交单价"),
        ),
        "occurred_at": (
            *("invoicedate", "orderdate", "date", "time", "datetime", "orderedat", "createdat", "paidat", "ordertime"),
            *("下单时间", "订单时间", "付款时间", "支付时间", "成交时间", "创建时间", "日期", "时间"),
        ),
        "partner": (
            *("partner", "partnercode", "shop", "store", "channel", "merchant", "seller", "source", "country"),
            *("合作方", "合作伙伴", "合作方编号", "渠道", "店铺", "门店", "商户", "来源", "国家"),
        ),
        "item": (
            *("stockcode", "sku", "item", "itemcode", "itemid", "product", "productcode", "productid"),
            *("商品编码", "商品编号", "货号", "商品", "商品id"),
        ),
        "description": (
            *("description", "itemname", "productname", "title", "name"),
            *("商品名称", "名称", "品名", "描述", "商品标题"),
        ),
        "customer": (
            *("customerid", "customer", "buyer", "buyerid", "userid", "client"),
            *("客户", "客户编号", "客户id", "买家", "用户id", "会员号"),
        ),
        "refund_of": (
            *("refundof", "originalorder", "originalorderid", "originalinvoice"),
            *("原订单号", "原单号"),
        ),
        "country": ("countrycode", "shippingcountry", "国家代码", "收货国家"),
        "coupon": ("coupon", "couponcode", "vouchercode", "优惠券", "优惠码"),
        "tax": ("tax", "taxamount", "vat", "税额", "税费"),
        "parent_order": (
            *("parentorder", "parentorderid", "parentid"),
            *("父单号", "父订单号", "主订单号"),
        ),
        "invalid_reason": ("invalidreason", "invalidcode", "validcode", "无效原因", "无效原因码", "失效原因"),
        "returned": ("returnedquantity", "returned", "skureturnnum", "退货数量", "退货件数", "售后数量"),
        "payment_fee": ("paymentfee", "gatewayfee", "transactionfee", "支付手续费", "手续费"),
    }
)


def suggest_time_format(samples: Sequence[str]) -> str | None:
    """The first known format that reads every sample; `None` when none does or there are no samples.

    Day and month can change places unseen: 03/04/2011 reads as the 3rd of April. Samples with a day over 12 settle it.
    """
    texts = [text.strip() for text in samples if text.strip()]
    if not texts:
        return None
    return next((pattern for pattern in TIME_FORMATS if all(_reads(pattern, text) for text in texts)), None)


def suggest_decimal_mark(samples: Sequence[str]) -> str:
    """The comma when prices are written 2,55 or 1.234,50; the point otherwise."""
    with_comma = re.compile(r"[+-]?[\d.\s]*\d,\d{1,2}", re.ASCII)
    texts = [text.strip() for text in samples if text.strip()]
    return "," if any(with_comma.fullmatch(text) for text in texts) else "."


def _reads(pattern: str, text: str) -> bool:
    try:
        datetime.strptime(text, pattern)  # noqa: DTZ007  only whether it fits
    except ValueError:
        return False
    return True
