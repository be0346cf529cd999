"""The tables of campaigns, a module for each aggregate."""

from campaigns.models.conversions import (
    KINDS_WITHOUT_ORDER,
    WITHOUT_ORDER,
    Conversion,
    ConversionDetail,
    ConversionKind,
    InvalidReason,
    MatchIssue,
)
from campaigns.models.imports import ImportMapping, ImportPreview, OrderFile, OrderImport, OrderImportError, RowIssue
from campaigns.models.orders import Order, OrderKind, OrderLine

__all__ = [
    "KINDS_WITHOUT_ORDER",
    "WITHOUT_ORDER",
    "Conversion",
    "ConversionDetail",
    "ConversionKind",
    "ImportMapping",
    "ImportPreview",
    "InvalidReason",
    "MatchIssue",
    "Order",
    "OrderFile",
    "OrderImport",
    "OrderImportError",
    "OrderKind",
    "OrderLine",
    "RowIssue",
]
