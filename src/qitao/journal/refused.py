"""Refusals are written down as well: who wanted what, when, from where, and why not.

A refusal has rolled back what it stopped; it is kept afterwards, in a transaction of its own. Whoever was refused gets
the refusal in any case: where it cannot be written, the log has it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from psycopg_pool import PoolTimeout

from qitao.journal.asked import Asked
from qitao.journal.models import RefusalRecord
from qitao.kernel.refusal import Refusal

if TYPE_CHECKING:
    from qitao.journal.command import Command

log = logging.getLogger("qitao.journal")


def keep(command: Command, action: str, asked: Asked, refusal: Refusal) -> None:
    """Write down that `action` was refused to the command's actor; never fails."""
    try:
        with transaction.atomic():
            RefusalRecord.objects.create(
                command_id=command.id,
                action=action,
                fingerprint=asked.fingerprint,
                arguments=asked.arguments,
                actor=command.actor,
                at=command.at,
                source=command.source,
                reason=refusal.code,
                facts={name: str(value) for name, value in refusal.facts.items()},
                said=str(refusal),
            )
    except (DatabaseError, PoolTimeout, ValueError) as failure:
        log.error("the refusal %s of %s to %s was not written: %s", refusal.code, action, command.actor, failure)
