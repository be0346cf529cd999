"""Proof in the operator console: the chain of each book."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole
from settlements.proof.models import Seal


@admin.register(Seal)
class SealConsole(ReadOnlyConsole):
    """Links of the chains, each with the journals that it seals."""

    list_display: ClassVar = ["id", "book_id", "number", "first", "last", "sealed_at"]
    id_search_fields: ClassVar = ["book_id"]
    fields: ClassVar = [
        "id",
        "book",
        "number",
        "first",
        "last",
        "digests_sha256",
        "previous_head",
        "head",
        "sealed_at",
    ]
