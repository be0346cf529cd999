"""System checks of the portal: the front-end files are there."""

from pathlib import Path

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.staticfiles)
def check_npm_files(**_kwargs: object) -> list[checks.CheckMessage]:
    """Each file of `settings.NPM_STATIC` exists, unless they were collected into the image long ago."""
    if settings.COLLECTED_STATIC:
        return []
    root = Path(settings.NPM_ROOT)
    missing = [inside for inside in settings.NPM_STATIC.values() if not (root / inside).is_file()]
    if not missing:
        return []
    return [
        checks.Warning(
            f"The portal's front-end files are missing: {', '.join(missing)}.",
            hint="Run `make setup`, or `npm ci --omit=dev --ignore-scripts` in the project's directory.",
            id="portal.W001",
        )
    ]
