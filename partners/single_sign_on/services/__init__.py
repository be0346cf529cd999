"""Use cases of single sign-on."""
