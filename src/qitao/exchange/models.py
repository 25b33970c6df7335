"""Imports that were carried out: the document behind their opening balances."""

from __future__ import annotations

from django.db import models

from qitao.accounts.models import User


class Import(models.Model):
    """One import that was written: what it came from, when, by whom, and how many rows of each kind."""

    code = models.CharField(max_length=60, unique=True)
    source = models.CharField(max_length=60, help_text="The kind of source, e.g. InvenTree.")
    name = models.CharField(max_length=200, blank=True, help_text="The folder's own name.")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was read.")
    rows = models.JSONField(default=dict, help_text="Kind → created, updated, unchanged, conflicts.")

    class Meta:
        verbose_name = "import"

    def __str__(self) -> str:
        return self.code
