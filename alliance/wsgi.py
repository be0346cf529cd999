"""The WSGI entry point of the web and edge processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
application = get_wsgi_application()

from alliance.kernel.roles import check_roles_at_start  # noqa: E402  needs the apps
from alliance.reporting import start_reporting  # noqa: E402  needs the settings

check_roles_at_start()
start_reporting()
gc.collect()
gc.freeze()  # what is loaded stays: the collector need not look through it again in the middle of a request
