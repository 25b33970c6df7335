"""The environment is read as a whole: every mistake is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from qitao.project import env


def test_an_empty_environment_is_a_trial_on_this_machine() -> None:
    environment = env.read({})
    assert environment.home == Path("~/.local/share/qitao").expanduser()
    assert (environment.port, environment.bind, environment.loopback_only) == (8000, "127.0.0.1", True)
    assert environment.hosts == ("localhost", "127.0.0.1", "[::1]")
    assert environment.database_url == ""


def test_the_data_folder_follows_xdg() -> None:
    assert env.read({"XDG_DATA_HOME": "/srv/data"}).home == Path("/srv/data/qitao")
    assert env.read({"XDG_DATA_HOME": "relative"}).home == Path("~/.local/share/qitao").expanduser()
    assert env.read({"XDG_DATA_HOME": "/srv/data", "QITAO_HOME": "/srv/own"}).home == Path("/srv/own")


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(env.BadEnvironment) as bad:
        env.read(
            {
                "PORT": "http",
                "QITAO_HOME": "here",
                "DATABASE_URL": "mysql://u@h/d",
                "QITAO_LANGUAGE": "de",
                "QITAO_TIME_ZONE": "Mars/Olympus",
                "QITAO_SECRET_KEY": "short",
                "QITAO_HTTPS": "maybe",
                "QITAO_ORIGINS": "qitao.example.com",
            }
        )
    assert [mistake.split("=")[0] for mistake in bad.value.mistakes] == [
        "QITAO_HOME",
        "PORT",
        "DATABASE_URL",
        "QITAO_SECRET_KEY",
        "QITAO_ORIGINS",
        "QITAO_HTTPS",
        "QITAO_TIME_ZONE",
        "QITAO_LANGUAGE",
    ]


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8e3", "８０００x", ""])
def test_ports(port: str) -> None:
    if port:
        with pytest.raises(env.BadEnvironment):
            env.read({"PORT": port})
    else:
        assert env.read({"PORT": port}).port == 8000


def test_misspelt_variables_are_noticed() -> None:
    assert env.unknown({"QITAO_HOEM": "/x", "QITAO_HOME": "/x", "PATH": "/bin"}) == ["QITAO_HOEM"]


def test_secrets_are_not_repeated_in_complaints() -> None:
    with pytest.raises(env.BadEnvironment) as bad:
        env.read({"QITAO_SECRET_KEY": "hunter2", "DATABASE_URL": "mysql://u:hunter2@h/d"})
    assert "hunter2" not in str(bad.value)


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        (
            "postgresql://anna:p%40ss@db.example:5433/qitao?sslmode=require",
            {"NAME": "qitao", "USER": "anna", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"},
        ),
        ("postgres://db/qitao", {"NAME": "qitao", "USER": "", "PASSWORD": "", "HOST": "db", "PORT": ""}),
        ("postgresql:///qitao?host=/run/pg", {"NAME": "qitao", "HOST": "/run/pg", "OPTIONS": {}}),
        ("postgresql://[::1]:5432/qitao", {"HOST": "::1", "PORT": "5432"}),
    ],
)
def test_database_addresses(url: str, keys: dict[str, object]) -> None:
    assert {name: env.connection(url)[name] for name in keys} == keys


@pytest.mark.parametrize("url", ["postgresql://db", "db", "postgresql://h:port/d", "sqlite:///x"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(env.BadEnvironment):
        env.read({"DATABASE_URL": url})


def test_beyond_this_machine_its_own_names_are_allowed() -> None:
    assert "192.168.1.5" in env.read({"QITAO_BIND": "192.168.1.5"}).hosts
    assert env.read({"QITAO_BIND": "0.0.0.0", "QITAO_HOSTS": "a.example, b.example"}).hosts == (
        "a.example",
        "b.example",
    )
