"""What the whole of Qitao asks of its workers by the clock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from qitao.project import proofs


@app.periodic(cron="43 2 * * *")
@app.task(name="project.prove", queueing_lock="project.prove", lock="project.prove")
def prove(timestamp: int) -> None:
    """Prove the records, as `qitao verify` does, and keep the answer."""
    proofs.keep(proofs.run(timezone.now()))
