"""Commands, refusals and facts: written once, never changed; and the seals that would show it if they were.

Beside what stands here each of these tables has a column `written_in`, the number of the transaction that wrote the
row, and commands have a `number`; the database fills both in, and only the chain of seals (`journal.chain`) reads them.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User


class CommandRecord(models.Model):
    """A command that was carried out, and the reply it got – so that a retry gets the same reply."""

    id = models.UUIDField(primary_key=True, help_text="Made by the client before sending.")
    action = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the action and its arguments.")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=40, help_text="Where it came from: web, api, cli, worker, import.")
    arguments = models.JSONField(null=True, help_text="What was asked, by name; null where it was not kept yet.")
    reply = models.JSONField()

    class Meta:
        db_table = "journal_command"


class RefusalRecord(models.Model):
    """A command that was declined: what it wanted, and why not. Nothing else of it was written."""

    command_id = models.UUIDField()
    action = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the action and its arguments.")
    arguments = models.JSONField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=40)
    reason = models.CharField(max_length=60, help_text="Name of the refusal, e.g. NotEnoughOnHand.")
    facts = models.JSONField(help_text="What its sentence is filled with.")
    said = models.TextField(help_text="The refusal in English, as it was then.")

    class Meta:
        db_table = "journal_refusal"


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
            models.Index(fields=["command_id"], name="journal_fact_of_command"),
            models.Index(fields=["at"], name="journal_fact_changed", condition=models.Q(data__has_key="changed")),
        )


class Seal(models.Model):
    """A link of the chain: which rows of one table it covers, a short hash of each, and the hash over all before."""

    id = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 … without a gap.")
    at = models.DateTimeField()
    place = models.CharField(max_length=60, help_text="The database whose transactions are counted here.")
    relation = models.CharField(max_length=60, help_text="The table.")
    form = models.PositiveSmallIntegerField(help_text="Which of the table's column lists was hashed.")
    through_xid = models.BigIntegerField(help_text="All rows up to this transaction and row are sealed.")
    through_id = models.BigIntegerField()
    upto_xid = models.BigIntegerField(help_text="No transaction had this number yet.")
    first_id = models.BigIntegerField(null=True)
    last_id = models.BigIntegerField(null=True)
    ids = ArrayField(models.BigIntegerField(), help_text="The rows' numbers, ascending.")
    leaves = models.BinaryField(help_text="The rows' hashes in that order, 16 bytes each.")
    hash = models.BinaryField(help_text="SHA-256 over the hash before and all that stands here.")

    class Meta:
        indexes = (
            models.Index(fields=["relation", "last_id"], name="journal_seal_covers"),
            models.Index(fields=["relation", "id"], name="journal_seal_of_relation"),
        )


class Verification(models.Model):
    """A proof of the records that was run: when, how long it took, and what was wrong."""

    at = models.DateTimeField()
    took_ms = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField(help_text="Sealed rows that were compared.")
    seal = models.BigIntegerField(null=True, help_text="The last seal it saw.")
    found = models.JSONField(help_text="What was wrong: check → sentences, at most some dozen each, and the count.")

    @property
    def is_good(self) -> bool:
        """Whether nothing was wrong."""
        return not self.found

    @property
    def seconds(self) -> str:
        """How long it took, as people read it."""
        return f"{self.took_ms / 1000:.1f}"


class Entry(models.Model):
    """A line of the journal as it is read: a command, a refusal, or a change of a record. A view, never written."""

    class Kind(models.TextChoices):
        COMMAND = "command", _("command")
        REFUSAL = "refusal", _("refusal")
        CHANGE = "change", _("change")

    key = models.CharField(primary_key=True, max_length=24)
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.DO_NOTHING, related_name="+")
    source = models.CharField(max_length=40)
    action = models.CharField(max_length=80, help_text="The action; of a change, the kind of fact.")
    reason = models.CharField(max_length=60)
    command_id = models.UUIDField()
    subject = models.CharField(max_length=40, null=True)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "journal_entry"

    def __str__(self) -> str:
        return self.key
