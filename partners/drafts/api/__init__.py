"""Drafts through the API."""
