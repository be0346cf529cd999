"""Routes of the demo."""

from django.urls import path

from alliance.demo import pages

app_name = "demo"
urlpatterns = [path("mail/", pages.mail, name="mail"), path("webhooks/", pages.webhooks, name="webhooks")]
