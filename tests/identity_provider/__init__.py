"""A real OpenID Connect provider, allauth's own, in a process and a database of its own; it can be told to lie."""
