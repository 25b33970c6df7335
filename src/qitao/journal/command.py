"""How every write is made: one command, one transaction, one reply.

An action is a function decorated with `@action(permission=…)` whose first argument is the `Command`. The decorator

1. refuses an actor without the permission;
2. opens the transaction and takes the command's lock, so that two deliveries of one command wait for each other;
3. answers a command that was carried out before with its first reply – or refuses it, if its arguments differ;
4. runs the action, stores arguments and reply beside what the action wrote, and commits all together;
5. writes an anticipated no down too, after what it stopped was rolled back – with the same arguments, without secrets.

An action called inside another one, with the same command, joins it: the outer one's permission covers what it does,
and all is written by one transaction. A deadlock or serialisation failure is tried again, at most three times in all.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Collection
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.text import camel_case_to_spaces

from qitao.accounts.models import User
from qitao.journal import refused
from qitao.journal.asked import Asked, as_json, asked, names_of
from qitao.kernel.refusal import CommandReused, Gone, NotAllowed, Refusal

TRIES = 3
RETRIED = ("40001", "40P01")  # serialization_failure, deadlock_detected

Reply = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """Who asks, when, from where, under which number; the number is made by the client before sending."""

    actor: User
    at: datetime
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    source: str = "web"

    @property
    def on(self) -> date:
        """The plant's day on which it is asked: at seven in Shanghai it is still yesterday in UTC."""
        return timezone.localdate(self.at)

    def part(self, name: str) -> Command:
        """Return a command of its own for a part of this one, with a number that follows from it."""
        return replace(self, id=uuid.uuid5(self.id, name))


_open: ContextVar[Command | None] = ContextVar("open_command", default=None)

Action = Callable[Concatenate[Command, ...], Reply]


def action(*, permission: str, secret: Collection[str] = ()) -> Callable[[Action], Action]:
    """Make a function an action; see the module. Of parameters that are `secret` nothing is kept."""

    def decorate(function: Action) -> Action:
        names, hidden = names_of(function), frozenset(secret)
        assert hidden <= set(names), f"{function.__name__} takes no {sorted(hidden - set(names))}"
        name = f"{function.__module__.removeprefix('qitao.').replace('.actions', '')}.{function.__name__}"

        @wraps(function)
        def run(command: Command, /, *args: Any, **arguments: Any) -> Reply:
            if _open.get() is command:
                return function(command, *args, **arguments)
            what = asked(name, names, args, arguments, secret=hidden)
            try:
                if not command.actor.may(permission):
                    raise NotAllowed(permission=permission)
                return _run_once(command, name, what, lambda: function(command, *args, **arguments))
            except Refusal as refusal:
                if _open.get() is None:  # inside another action it is that one's to bear or to pass on
                    refused.keep(command, name, what, refusal)
                raise

        run.permission = permission  # type: ignore[attr-defined]
        run.action_name = name  # type: ignore[attr-defined]
        return run

    return decorate


def _run_once(command: Command, name: str, what: Asked, work: Callable[[], Reply]) -> Reply:
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _inside(command, name, what, work)
        except OperationalError as failure:
            state = getattr(failure.__cause__, "sqlstate", None)
            if attempt == TRIES or state not in RETRIED or connection.in_atomic_block:
                raise
        except ObjectDoesNotExist as missing:
            raise _not_found(missing) from missing
    raise AssertionError("unreachable")


LOCK = "SELECT pg_advisory_xact_lock(%s)"
FOUND = "SELECT fingerprint, reply FROM journal_command WHERE id = %s"
WRITE = """
INSERT INTO journal_command (id, action, fingerprint, arguments, actor_id, at, source, reply)
VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s, %s::jsonb)
"""


def _inside(command: Command, name: str, what: Asked, work: Callable[[], Reply]) -> Reply:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [_lock_key(command.id)])
        cursor.execute(FOUND, [command.id])  # a statement of its own: it sees what the lock was waited for
        done = cursor.fetchone()
    if done is not None:
        fingerprint, reply = done
        if fingerprint != what.fingerprint:
            raise CommandReused
        return _read(reply)
    token = _open.set(command)
    try:
        text = json.dumps(work(), default=as_json, ensure_ascii=False)
    finally:
        _open.reset(token)
    asked_for = json.dumps(what.arguments, default=as_json, ensure_ascii=False)
    row: list[Any] = [command.id, name, what.fingerprint, asked_for, command.actor.pk, command.at, command.source, text]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, row)
    return _read(text)


def _read(reply: str) -> Reply:
    """Return a reply as it is kept: the first answer and every later one are alike."""
    return dict(json.loads(reply))


def _lock_key(number: uuid.UUID) -> int:
    return int.from_bytes(hashlib.blake2b(number.bytes, digest_size=8).digest(), "big", signed=True)


def _not_found(missing: ObjectDoesNotExist) -> Gone:
    name = type(missing).__qualname__.split(".")[0]
    return Gone(what=camel_case_to_spaces(name))
