"""The public edge as a process group of its own: health now; widgets, events and links as they come.

Its settings keep an almost empty middleware list, no session and no cookie.
"""

from alliance.health import urlpatterns

__all__ = ["urlpatterns"]
