"""Alliances through the API."""
