"""Single sign-on: an organization's own identity provider vouches for people in its verified domains (OpenID Connect)."""
