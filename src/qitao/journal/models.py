"""Commands and facts: written once, never changed."""

from __future__ import annotations

from django.db import models

from qitao.accounts.models import User


class CommandRecord(models.Model):
    """A command that was carried out, and the reply it got – so that a retry gets the same reply."""

    id = models.UUIDField(primary_key=True, help_text="Made by the client before sending.")
    action = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the action and its arguments.")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=40, help_text="Where it came from: web, api, cli, worker, import.")
    reply = models.JSONField()

    class Meta:
        db_table = "journal_command"


class Fact(models.Model):
    """Something that happened, told in the transaction in which it happened."""

    kind = models.CharField(max_length=60, help_text="e.g. stock.received")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    command_id = models.UUIDField()
    subject = models.CharField(max_length=40, help_text="What it is about, e.g. shortages.case")
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["subject", "subject_id", "id"], name="journal_fact_about"),
            models.Index(fields=["kind", "id"], name="journal_fact_of_kind"),
        )
