"""Serves an allow-list of files out of node_modules; nothing third-party enters the repository."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage


class _Renamed(FileSystemStorage):
    """One file of node_modules under its public name."""

    def __init__(self, public_name: str, source: Path) -> None:
        super().__init__(location=source.parent)
        self.prefix = None
        self._public_name, self._source = public_name, source

    def path(self, name: str) -> str:
        return str(self._source) if name == self._public_name else super().path(name)


class NpmFinder(BaseFinder):
    """Finds `settings.NPM_STATIC` (public name to file in node_modules) and nothing else."""

    def _source(self, public_name: str) -> Path | None:
        inside = settings.NPM_STATIC.get(public_name)
        source = Path(settings.NPM_ROOT) / inside if inside else None
        return source if source and source.is_file() else None

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str] | None:  # type: ignore[override]  # noqa: FBT001, FBT002
        source = self._source(path)
        if find_all:
            return [str(source)] if source else []
        return str(source) if source else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for public_name in settings.NPM_STATIC:
            source = self._source(public_name)
            if source and not matches_patterns(public_name, list(ignore_patterns or [])):
                yield public_name, _Renamed(public_name, source)
