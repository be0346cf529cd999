"""Use cases of onboarding, one a module."""
