"""Run the measurements named on the command line, or all of them, each in a process of its own.

The database of `DATABASE_URL` is migrated first; give it one that may be filled with rubbish (`make bench` does).
A measurement is a module here with a function `main`; it may import the project freely, Django is ready by then.
"""

import importlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NO_MEASUREMENTS = {"__init__", "__main__", "measure"}
HERE_AND_NOW = "--in-this-process"


def _is_measurement(file: Path) -> bool:
    return file.stem not in NO_MEASUREMENTS and "\ndef main() -> None:" in file.read_text(encoding="utf-8")


def _run(*command: str) -> bool:
    environment = {"SECRET_KEY": "benchmark", **os.environ, "DJANGO_SETTINGS_MODULE": "alliance.settings"}
    return subprocess.run([sys.executable, *command], check=False, env=environment, cwd=HERE.parent).returncode == 0


def main() -> int:
    """Measure; the exit status is 1 when a script failed, whatever the figures say."""
    names = sys.argv[1:] or sorted(file.stem for file in HERE.glob("*.py") if _is_measurement(file))
    if not _run("manage.py", "migrate", "--verbosity", "0"):
        return 1
    failed = [name for name in names if not _run("-m", "benchmarks", HERE_AND_NOW, name)]
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == [HERE_AND_NOW]:
        import django

        django.setup()
        importlib.import_module(f"benchmarks.{sys.argv[2]}").main()
    else:
        sys.exit(main())
