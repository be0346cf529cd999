"""Third-party files come out of node_modules by an allow-list; a missing one is named with its remedy."""

from django.contrib.staticfiles import finders

from alliance.portal.checks import check_npm_files
from alliance.portal.finders import NpmFinder


def _package(tmp_path, settings):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "used.js").write_text("1")
    (tmp_path / "pkg" / "unused.js").write_text("2")
    settings.NPM_ROOT, settings.NPM_STATIC = (
        tmp_path,
        {"vendor/used.js": "pkg/used.js", "vendor/gone.js": "pkg/gone.js"},
    )


def test_only_listed_files_are_found(tmp_path, settings):
    _package(tmp_path, settings)
    finder = NpmFinder()
    assert finder.find("vendor/used.js") == str(tmp_path / "pkg" / "used.js")
    assert finder.find("pkg/unused.js") is None
    assert finder.find("vendor/gone.js", find_all=True) == []
    assert [name for name, _ in finder.list(None)] == ["vendor/used.js"]


def test_collected_file_is_read_under_its_public_name(tmp_path, settings):
    _package(tmp_path, settings)
    name, storage = next(iter(NpmFinder().list([])))
    with storage.open(name) as file:
        assert file.read() == b"1"


def test_missing_file_is_named_with_its_remedy(tmp_path, settings):
    _package(tmp_path, settings)
    (problem,) = check_npm_files()
    assert "pkg/gone.js" in problem.msg
    assert "npm ci" in problem.hint


def test_collected_installation_needs_no_node_modules(tmp_path, settings):
    _package(tmp_path, settings)
    settings.COLLECTED_STATIC = True
    assert check_npm_files() == []


def test_every_mapped_file_is_there(settings):
    assert check_npm_files() == []
    assert all(finders.find(name) for name in settings.NPM_STATIC)
