"""Command line of the launcher: `python -m alliance.embedded --help`."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from alliance.embedded.environment import OwnDatabase, provide, role_logins, wanted_servers
from alliance.embedded.errors import LauncherError
from alliance.embedded.roles import create_roles
from alliance.embedded.servers import Servers

_DEFAULT_STATE = ".local"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; a LauncherError becomes a sentence on standard error."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _up(options: argparse.Namespace) -> int:
    _print_exports(provide(_servers(options), os.environ, _own_database(options)))
    return 0


def _run(options: argparse.Namespace) -> int:
    program = options.program[1:] if options.program[:1] == ["--"] else options.program
    if not program:
        msg = "Say what to run after --."
        raise LauncherError(msg)
    variables = provide(_servers(options), os.environ, _own_database(options))
    try:
        os.execvpe(program[0], program, {**os.environ, **variables})
    except OSError as error:
        msg = f"{program[0]} cannot be run: {error.strerror}."
        raise LauncherError(msg) from error


def _down(options: argparse.Namespace) -> int:
    _servers(options).down()
    return 0


def _reset(options: argparse.Namespace) -> int:
    _servers(options).reset()
    return 0


def _status(options: argparse.Namespace) -> int:
    wanted = wanted_servers(os.environ)
    answers = _servers(options).status()
    is_wanted = {"postgres": wanted.postgres, "valkey": wanted.valkey}
    for name, is_answering in answers.items():
        words = "running" if is_answering else "stopped"
        sys.stdout.write(f"{name}: {words if is_wanted[name] else f'{words} (a server is given by URL)'}\n")
    return 0 if all(answers[name] for name in answers if is_wanted[name]) else 3


def _roles(_options: argparse.Namespace) -> int:
    admin_url = os.environ.get("DATABASE_ADMIN_URL")
    if not admin_url:
        msg = "Set DATABASE_ADMIN_URL to an administrator's login whose path names the database."
        raise LauncherError(msg)
    create_roles(admin_url, role_logins(os.environ))
    return 0


def _print_exports(variables: dict[str, str]) -> None:
    for key, value in variables.items():
        sys.stdout.write(f"export {key}={shlex.quote(value)}\n")


def _servers(options: argparse.Namespace) -> Servers:
    return Servers(options.dir, is_throwaway=options.throwaway)


def _own_database(options: argparse.Namespace) -> OwnDatabase | None:
    return OwnDatabase(options.database, is_fresh=options.fresh) if options.database else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alliance.embedded", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--dir", type=Path, default=Path(_DEFAULT_STATE), help="where data is kept (default .local)")
    common.add_argument("--throwaway", action="store_true", help="faster; data may be lost if the machine stops")
    common.add_argument("--database", help="use this database of the server instead of the usual one")
    common.add_argument("--fresh", action="store_true", help="drop that database first")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, action, sentence in (
        ("up", _up, "start servers, create roles, print the environment"),
        ("env", _up, "the same as up: print the environment for `eval`"),
        ("down", _down, "stop the servers"),
        ("status", _status, "say which server answers"),
        ("reset", _reset, "stop the servers and delete their data"),
        ("roles", _roles, "create roles and database on the server of DATABASE_ADMIN_URL"),
        ("run", _run, "provide everything, then run a program with the environment set"),
    ):
        command = commands.add_parser(name, help=sentence, description=sentence, parents=[common])
        command.set_defaults(command=action)
        if name == "run":
            command.add_argument("program", nargs=argparse.REMAINDER, metavar="-- PROGRAM ...")
    return parser


if __name__ == "__main__":
    sys.exit(main())
