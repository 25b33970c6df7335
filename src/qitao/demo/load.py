"""Loading the demo factory into the database: the dataset, its people, and tomorrow's pick lists."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from qitao.accounts import actions as accounts
from qitao.accounts.models import User
from qitao.accounts.queries import system_user
from qitao.catalog.models import Item
from qitao.demo.factory import NAME, SEED, generate
from qitao.demo.layout import SITES
from qitao.demo.people import PEOPLE, Person
from qitao.exchange.dataset import Dataset
from qitao.exchange.load import load_dataset
from qitao.exchange.models import Import
from qitao.exchange.report import ImportReport
from qitao.journal.command import Command
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop
from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import WorkOrder

EVENING = time(17, 30)


class NotTheDemo(Refusal):
    reason = gettext_noop("This database holds a factory of its own; the demo is not loaded over it.")
    remedy = gettext_noop("Give the demo an empty database.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `load_demo` did: the import's report, or None where the demo was there already; and who may sign in."""

    report: ImportReport | None
    people: tuple[Person, ...] = PEOPLE


def load_demo(*, reset: bool = False, as_of: date | None = None, seed: int = SEED) -> Loaded:
    """Load the demo factory as of `as_of` (today in the plant) into an empty database, in one transaction, and plan it.

    A demo that is there already is left alone, or with `reset` wiped and loaded afresh.
    Refuses: NotTheDemo where the database holds anything else.
    """
    at = _moment(as_of)
    if Item.objects.exists():
        if not Import.objects.filter(name=NAME).exists():
            raise NotTheDemo
        if not reset:
            return Loaded(None)
    with transaction.atomic():
        if reset:
            wipe()
        report = _load(generate(seed, as_of=at.date()), at=at)
    planning.run(at)
    return Loaded(report)


def wipe() -> None:
    """Empty every table of ours, and end all sessions."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("qitao.")]
    tables = sorted({model._meta.db_table for model in ours if model._meta.managed and not model._meta.proxy})
    names = ", ".join(connection.ops.quote_name(table) for table in (*tables, "django_session"))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def _moment(as_of: date | None) -> datetime:
    """Return the moment of loading: now, or the evening of the day asked for, on the plant's clock."""
    zone = ZoneInfo(SITES[0].timezone)
    return timezone.now().astimezone(zone) if as_of is None else datetime.combine(as_of, EVENING, zone)


def _load(dataset: Dataset, *, at: datetime) -> ImportReport:
    for person in PEOPLE:
        accounts.create_user(
            person.username,
            name=person.name,
            password=person.password,
            roles=[person.role],
            at=at,
            language=person.language,
            warehouses=person.warehouses,
            check_password=False,
        )
    report = load_dataset(_to_release(dataset), actor=system_user(), at=at, source="demo")
    _release(dataset, at=at)
    return report


def _to_release(dataset: Dataset) -> Dataset:
    """Return the dataset with released work orders firm: releasing them here reserves, and makes their pick lists."""
    firm = [replace(row, status="firm") if row.status == "released" else row for row in dataset.work_orders]
    return replace(dataset, work_orders=firm)


def _release(dataset: Dataset, *, at: datetime) -> None:
    """Release tomorrow's work orders and those of the days after, the first served first."""
    planner = User.objects.get(username="planner")
    codes = [row.code for row in dataset.work_orders if row.status == "released"]
    for work_order in WorkOrder.objects.filter(code__in=codes).order_by("rank"):
        command = Command(actor=planner, at=at, id=uuid.uuid4(), source="demo")
        production.release(command, work_order_id=work_order.pk)
