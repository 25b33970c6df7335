"""The command line: exit codes, one line for what was anticipated, nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qitao import __version__
from tests import small_plant

COMMANDS = ("demo", "serve", "worker", "migrate", "import", "export", "plan", "verify", "doctor", "createuser")


def qitao(*arguments: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does; it finds the test's server in DATABASE_URL."""
    return subprocess.run(
        [sys.executable, "-m", "qitao", *arguments],
        env={**os.environ, **variables},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_lists_its_commands() -> None:
    answer = qitao("--help")
    assert answer.returncode == 0
    assert [name for name in COMMANDS if f"    {name}" not in answer.stdout] == []
    assert qitao("--version").stdout.strip() == f"qitao {__version__}"


def test_no_command_is_wrong_use() -> None:
    assert qitao().returncode == 2


def test_every_mistake_in_the_environment_is_named_at_once() -> None:
    answer = qitao("verify", PORT="x", QITAO_LANGUAGE="de", QITAO_HOEM="/srv")
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [
        "qitao: warning: QITAO_HOEM means nothing to Qitao; is it misspelt? `qitao doctor` lists the variables",
        "qitao: PORT='x': give a port number from 1 to 65535",
        "qitao: QITAO_LANGUAGE='de': give one of zh-hans, zh-hant, en",
    ]


def test_an_unreachable_database_is_one_line() -> None:
    answer = qitao("verify", DATABASE_URL="postgresql://u:p@127.0.0.1:1/none")
    assert answer.returncode == 3
    (line,) = answer.stderr.splitlines()
    assert line.startswith("qitao: DATABASE_URL: ")
    assert "`qitao doctor`" in line


def test_a_place_that_cannot_be_used_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "items.csv").write_text("item,kind,lead_days\nA,buy,1\n", "utf-8")
    answer = qitao("plan", str(tmp_path), "--out", str(tmp_path / "file" / "out"))
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert line.endswith("choose a path that this user may read and write")
    answer = qitao("plan", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out"))
    assert answer.stderr.startswith("qitao: There is no folder")


def test_nobody_listens_any_more(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item,kind,lead_days\nA,buy,1\n", "utf-8")
    command = [sys.executable, "-m", "qitao", "plan", str(tmp_path), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(120) == 141


def test_the_roles_can_be_looked_up() -> None:
    assert "warehouse_manager" in qitao("createuser", "--help").stdout


def test_planning_starts_without_django_and_without_a_database(tmp_path: Path) -> None:
    probe = (
        "import sys\n"
        "from qitao.cli import main\n"
        f"code = main(['plan', {str(tmp_path)!r}, '--out', {str(tmp_path / 'out')!r}])\n"
        "assert 'django' not in sys.modules and 'psycopg' not in sys.modules\n"
    )
    answer = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.django_db(transaction=True)
class TestWithADatabase:
    """Commands on a database that has its tables."""

    @pytest.fixture(autouse=True)
    def _tables(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tests.fixtures.web import database_url

        monkeypatch.setenv("DATABASE_URL", database_url())

    def test_an_empty_ledger_verifies(self) -> None:
        answer = qitao("verify")
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout == (
            "balances equal moves\nallocations equal claims\nreservations are within supply and need\n"
            "nothing is sealed yet; 0 rows wait\n"
        )

    def test_what_is_allocated_for_nobody_is_named(self) -> None:
        from qitao.stock.models import Balance

        plant = small_plant.build()
        balance = plant.put("BOLT", "A-01", 10)
        Balance.objects.filter(pk=balance.pk).update(allocated=3)
        answer = qitao("verify")
        assert answer.returncode == 1
        assert answer.stdout.splitlines() == [
            "BOLT · RM/A-01 · ok: allocated 3, claimed 0",
            "balances equal moves",
            "allocations that differ from their claims: 1",
            "reservations are within supply and need",
            "nothing is sealed yet; 3 rows wait",
        ]

    def test_an_anchor_that_does_not_hold_is_told(self) -> None:
        answer = qitao("verify", "--anchor", f"7:{'ab' * 32}")
        assert answer.returncode == 1
        assert answer.stdout.startswith("journal_seal 7: was noted, and is not there")
        answer = qitao("verify", "--anchor", "7:ab")
        assert answer.returncode == 2
        assert "NUMBER:HASH" in answer.stderr

    def test_a_person_is_made_and_may_sign_in(self) -> None:
        from qitao.accounts.models import User

        answer = qitao("createuser", "lin", "--name", "林", "--role", "planner", given="correct horse battery\n")
        assert answer.returncode == 0, answer.stderr
        person = User.objects.get(username="lin")
        assert person.check_password("correct horse battery")
        assert person.roles == ["planner"]

    def test_a_refusal_is_one_line_with_its_remedy(self) -> None:
        answer = qitao("createuser", "lin", "--role", "emperor", given="correct horse battery\n")
        assert answer.returncode == 1
        assert "emperor" in answer.stderr
        assert len(answer.stderr.splitlines()) == 1

    def test_the_doctor_finds_the_tables(self) -> None:
        answer = qitao("doctor")
        assert "tables       up to date" in answer.stdout
        assert "DATABASE_URL=(set)" in answer.stdout
