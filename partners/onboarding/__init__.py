"""Onboarding: how a company comes onto the installation and into an alliance. Start reading at `domain/lifecycle.py`."""
