"""Receivers on loopback, which the guard lets through in these tests."""

from tests.contract.kernel.outgoing.conftest import loopback

__all__ = ["loopback"]
