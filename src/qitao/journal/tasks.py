"""A worker seals the chain every half minute; where none runs, rows wait for their seal, and nothing else does."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from qitao.journal import chain


@app.periodic(cron="* * * * * */30")
@app.task(name="journal.seal", queueing_lock="journal.seal")
def seal(timestamp: int) -> None:
    """Seal what was written since."""
    chain.seal(timezone.now())
