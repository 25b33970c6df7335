"""A client that carries pieces from bin to bin and writes down what it was told, for `test_kills`.

Each command's number is written to the journal file before it is sent; the answer after it came. Killed and started
again, it sends the last unanswered command once more, under the same number – as a scanner does.

    python carrier.py ROLE_ID FROM_BALANCE TO_LOCATION COUNT JOURNAL
"""

from __future__ import annotations

import sys
import time
import uuid
from decimal import Decimal
from pathlib import Path

import django

django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from qitao.accounts.models import User  # noqa: E402
from qitao.journal.command import Command  # noqa: E402
from qitao.kernel.refusal import Refusal  # noqa: E402
from qitao.stock import actions as stock  # noqa: E402


def main(actor_id: int, balance_id: int, location_id: int, count: int, journal: Path) -> None:
    """Carry `count` pieces, one command each."""
    lines = journal.read_text().splitlines() if journal.exists() else []
    answered = {line.split()[1] for line in lines if line.startswith("answered")}
    unanswered = [line.split()[1] for line in lines if line.startswith("sent") and line.split()[1] not in answered]
    with journal.open("a", buffering=1) as book:
        for number in unanswered:
            send(uuid.UUID(number), actor_id, balance_id, location_id, book)
        for _ in range(count - len(answered) - len(unanswered)):
            number = uuid.uuid4()
            book.write(f"sent {number}\n")
            send(number, actor_id, balance_id, location_id, book)


def send(number: uuid.UUID, actor_id: int, balance_id: int, location_id: int, book: object) -> None:
    """Send one command until it is answered."""
    while True:
        try:
            actor = User.objects.get(pk=actor_id)
            command = Command(actor=actor, at=timezone.now(), id=number, source="test")
            stock.move(command, balance_id=balance_id, to_location_id=location_id, quantity=Decimal(1))
            book.write(f"answered {number}\n")  # type: ignore[attr-defined]
        except Refusal:
            book.write(f"answered {number} refused\n")  # type: ignore[attr-defined]
        except (DatabaseError, InterfaceError):
            connection.close()
            time.sleep(0.05)
            continue
        return


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:5]), Path(sys.argv[5]))
