"""`python -m alliance.demo`: start the demo, run a program inside it, or wipe it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from alliance.demo.installation import CHECKOUT, Installation
from alliance.demo.session import reset_demo, run_demo
from alliance.embedded.environment import provide
from alliance.embedded.errors import LauncherError

_STATE = CHECKOUT / ".local" / "demo"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; a LauncherError becomes a sentence on standard error."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.action
    try:
        return command(options)
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _up(options: argparse.Namespace) -> int:
    return run_demo(Installation(options.dir.resolve()), os.environ)


def _reset(options: argparse.Namespace) -> int:
    return reset_demo(Installation(options.dir.resolve()), os.environ)


def _run(options: argparse.Namespace) -> int:
    program = options.program[1:] if options.program[:1] == ["--"] else options.program
    if not program:
        msg = "Say what to run after --."
        raise LauncherError(msg)
    installation = Installation(options.dir.resolve())
    servers = provide(installation.servers, os.environ)
    try:
        os.execvpe(program[0], program, {**os.environ, **installation.variables(os.environ), **servers})
    except OSError as error:
        msg = f"{program[0]} cannot be run: {error.strerror}."
        raise LauncherError(msg) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alliance.demo", description=__doc__)
    parser.add_argument("--dir", type=Path, default=_STATE, help="where the demo keeps everything")
    parser.set_defaults(action=_up)
    commands = parser.add_subparsers(metavar="COMMAND")
    commands.add_parser("up", help="start the demo (the default)").set_defaults(action=_up)
    commands.add_parser("reset", help="delete the demo's data").set_defaults(action=_reset)
    run = commands.add_parser("run", help="run a program in the demo's environment")
    run.add_argument("program", nargs=argparse.REMAINDER, metavar="-- PROGRAM ...")
    run.set_defaults(action=_run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
