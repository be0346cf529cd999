"""The one error this package raises on purpose."""


class LauncherError(Exception):
    """The servers or roles cannot be provided; the message says in plain words what to do."""
