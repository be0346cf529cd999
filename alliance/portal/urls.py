"""Routes of the portal's shell; the apps' pages are included by `alliance.urls`."""

from django.urls import URLPattern, URLResolver, path

from alliance.portal import home, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language/", shell.set_language, name="set_language"),
    path("organization/switch/", shell.switch_organization, name="switch_organization"),
    path("organization/none/", shell.no_organization, name="no_organization"),
]
