"""The embedded PostgreSQL through everything that can happen to it, with real processes."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from qitao.project.embedded import address, binaries, ownership
from qitao.project.embedded.cluster import Cluster

KEEPER = """
import sys, time
from pathlib import Path
from qitao.project.embedded.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]))
print(cluster.start(), cluster.running_pid(), flush=True)
time.sleep(120)
"""


@pytest.fixture
def cluster(open_folder: Path) -> Iterator[Cluster]:
    """A started cluster with one table of committed rows."""
    cluster = Cluster(open_folder)
    assert cluster.start() is True
    with psycopg.connect(cluster.owner_url) as connection:
        connection.execute("create table kept (n int primary key)")
        connection.execute("insert into kept select generate_series(1, 100)")
    yield cluster
    cluster.stop()


def rows(cluster: Cluster) -> int:
    with psycopg.connect(cluster.owner_url) as connection:
        found = connection.execute("select count(*) from kept").fetchone()
    assert found is not None
    return int(found[0])


def eventually(condition: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def keeper(folder: Path) -> tuple[subprocess.Popen[str], str, int]:
    """Start another process that runs the cluster; return it, whether it was the one who started it, the server."""
    process = subprocess.Popen([sys.executable, "-c", KEEPER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    started, pid = process.stdout.readline().split()
    return process, started, int(pid)


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_stops_and_starts_again_with_its_data(cluster: Cluster) -> None:
    cluster.stop()
    assert cluster.running_pid() is None
    assert cluster.start() is True
    assert rows(cluster) == 100


def test_keeps_its_port_and_its_password_to_itself(cluster: Cluster) -> None:
    first = cluster.url
    cluster.stop()
    cluster.start()
    assert cluster.url == first
    assert (cluster.home / address.PASSWORD_FILE).stat().st_mode & 0o777 == 0o600
    stranger = address.write(password="guess", port=int(address.read(cluster.home / address.PORT_FILE)))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stranger)


def test_listens_on_this_machine_only(cluster: Cluster) -> None:
    pid = cluster.running_pid()
    listening = [each.laddr.ip for each in psutil.Process(pid).net_connections() if each.status == "LISTEN"]
    assert set(listening) == {"127.0.0.1"}


def test_qitao_is_no_superuser(cluster: Cluster) -> None:
    with psycopg.connect(cluster.owner_url) as connection:
        answer = connection.execute("select usesuper from pg_user where usename = current_user").fetchone()
    assert answer == (False,)


def test_a_second_start_finds_the_first(cluster: Cluster) -> None:
    second = Cluster(cluster.home)
    assert second.start() is False
    assert rows(second) == 100
    second.stop()
    assert cluster.alive(), "the second must not stop what the first started"


@pytest.mark.parametrize("who", ["postmaster", "everyone"])
def test_killed_hard_it_recovers_without_losing_a_row(cluster: Cluster, who: str) -> None:
    postmaster = psutil.Process(cluster.running_pid())
    victims = [postmaster, *(postmaster.children(recursive=True) if who == "everyone" else [])]
    for victim in victims:
        victim.kill()
    assert eventually(lambda: not cluster.alive())
    assert cluster.start() is True
    assert rows(cluster) == 100


def test_a_stale_lock_naming_an_innocent_process_harms_neither(cluster: Cluster) -> None:
    cluster.stop()
    innocent = subprocess.Popen(["sleep", "60"])
    try:
        lock = f"{innocent.pid}\n{cluster.data}\n1\n5432\n\n127.0.0.1\n 1 0\nready\n"
        (cluster.data / "postmaster.pid").write_text(lock)
        assert cluster.running_pid() is None
        assert cluster.start() is True
        assert rows(cluster) == 100
        cluster.stop()
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_lock_of_another_clusters_server_is_stale_too(cluster: Cluster) -> None:
    """The number in a stale lock may belong to a PostgreSQL, only not to ours."""
    folder = cluster.home / "other"
    other = Cluster(folder)
    other.start()
    try:
        other_pid = other.running_pid()
        cluster.stop()
        (cluster.data / "postmaster.pid").write_text(f"{other_pid}\n{cluster.data}\n1\n5432\n\n127.0.0.1\n")
        assert cluster.start() is True
        assert other.alive()
    finally:
        other.stop()


def test_a_zombie_is_not_a_running_server(cluster: Cluster) -> None:
    process = cluster.process
    assert process is not None
    process.kill()
    assert eventually(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)
    assert cluster.running_pid() is None
    second = Cluster(cluster.home)
    assert second.start() is True
    second.stop()


def test_it_stops_when_its_parent_is_killed(open_folder: Path) -> None:
    process, started, pid = keeper(open_folder)
    assert started == "True"
    end(process)
    assert eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_started_while_the_last_one_is_still_leaving(open_folder: Path) -> None:
    process, _, _ = keeper(open_folder)
    end(process)
    cluster = Cluster(open_folder)
    try:
        assert cluster.start() is True
        with psycopg.connect(cluster.owner_url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        cluster.stop()


def test_two_at_once_start_one_server(open_folder: Path) -> None:
    both = [keeper_later(open_folder) for _ in range(2)]
    answers = [process.stdout.readline().split() for process in both if process.stdout]
    for process in both:
        end(process)
    assert sorted(answer[0] for answer in answers) == ["False", "True"]
    assert answers[0][1] == answers[1][1]


def keeper_later(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", KEEPER, str(folder)], stdout=subprocess.PIPE, text=True)


def test_a_half_made_cluster_is_made_anew(open_folder: Path) -> None:
    cluster = Cluster(open_folder)
    (cluster.place / "data.making").mkdir(parents=True)
    (cluster.place / "data.making" / "PG_VERSION").write_text("18\n")
    try:
        assert cluster.start() is True
    finally:
        cluster.stop()


def test_a_lost_password_is_said_plainly(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.home / address.PASSWORD_FILE).write_text("another\n")
    with pytest.raises(binaries.EmbeddedDatabaseError, match="restore that file"):
        cluster.start()
    cluster.stop()


def test_data_of_another_major_version_is_not_touched(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("99\n")
    with pytest.raises(binaries.EmbeddedDatabaseError, match=r"PostgreSQL 99.*pg_dump"):
        cluster.start()


def test_no_programs_at_all_names_the_remedies(tmp_path: Path) -> None:
    with pytest.raises(binaries.EmbeddedDatabaseError, match=r"qitao\[trial\].*QITAO_PG_BIN.*DATABASE_URL"):
        binaries.find(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another user")
class TestAsRoot:
    """Root hands PostgreSQL to an unprivileged user, wherever the data folder is."""

    def test_the_server_is_not_root(self, cluster: Cluster) -> None:
        assert psutil.Process(cluster.running_pid()).username() == "nobody"

    def test_a_closed_folder_stays_closed(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        cluster = Cluster(closed / "home")
        try:
            assert cluster.start() is True
            assert closed.stat().st_mode & 0o777 == 0o700
            assert cluster.place.parent == ownership.SYSTEM_FOLDER
            assert cluster.place not in ownership.orphans()
            assert Cluster(closed / "home").start() is False, "the data folder remembers where its cluster is"
            shutil.rmtree(closed)
            assert cluster.place in ownership.orphans()
        finally:
            cluster.stop()
            shutil.rmtree(cluster.place)

    def test_programs_in_a_closed_folder_are_copied(self, tmp_path: Path, open_folder: Path) -> None:
        found = binaries.find(None)
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        package = found.folder.parents[1]
        for part in (package, package.with_name(f"{package.name}.libs")):
            (closed / part.name).symlink_to(part)
        who = ownership.account("nobody")
        there = binaries.Binaries(closed / found.folder.relative_to(package.parent), found.major, "test")
        copied = ownership.reachable(there, who, open_folder)
        assert copied.folder.is_relative_to(open_folder)
        for program in ("postgres", "initdb"):  # initdb needs the libraries beside the package
            command = [copied.program(program), "--version"]
            answer = subprocess.run(command, check=True, capture_output=True, cwd="/", **who.process_options())
            assert str(found.major) in answer.stdout.decode()

    def test_an_unknown_user_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(binaries.EmbeddedDatabaseError, match="no-such-user"):
            Cluster(tmp_path, pg_user="no-such-user")


def test_as_a_normal_user(open_folder: Path) -> None:
    """Run the whole life as somebody who is not root (root borrows another number in a user namespace)."""
    command = [sys.executable, "-c", "from pathlib import Path\nimport sys, os\n" + NORMAL_LIFE, str(open_folder)]
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        borrow = ["unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}"]
        if not shutil.which("unshare") or subprocess.run([*borrow, "true"], check=False).returncode:
            pytest.skip("root cannot borrow another user here")
        command = [*borrow, *command]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["True", "True", "stopped"]


NORMAL_LIFE = """
from qitao.project.embedded.cluster import Cluster
assert os.geteuid() != 0
cluster = Cluster(Path(sys.argv[1]))
print(cluster.start())
os.kill(cluster.running_pid(), 9)
cluster.process.wait()
print(cluster.start())
cluster.stop()
print("stopped" if cluster.running_pid() is None else "running")
"""


def test_signals_reach_us_not_the_server(cluster: Cluster) -> None:
    """Ctrl-C goes to the terminal's process group; the server is in one of its own, to be stopped last."""
    pid = cluster.running_pid()
    assert pid is not None
    assert os.getpgid(pid) != os.getpgid(0)
    os.kill(pid, signal.SIGWINCH)
    assert cluster.alive()
