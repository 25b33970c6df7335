"""What an import took, what it changed, what it could not use, and why – row by row.

Every sentence is an English template with named places and its facts, so that the same report reads in
any language: `Message.text(translate)` translates the template first, then fills it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from qitao.exchange.dataset import Where
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that can still be translated."""

    template: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence in the language of `translate`; facts that are messages are translated too."""
        facts = {name: fact.text(translate) if isinstance(fact, Message) else fact for name, fact in self.facts.items()}
        return translate(self.template).format(**facts)

    def __str__(self) -> str:
        return self.text()


def say(template: str, **facts: object) -> Message:
    """Return the message of `template` (marked with `gettext_noop` where it is written) and its facts."""
    return Message(template, facts)


NOTHING = Message("")


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that cannot be loaded; one is enough to load nothing."""

    where: Where
    column: str
    value: str
    what: Message
    remedy: Message


@dataclass(frozen=True, slots=True)
class Change:
    """A value that was taken otherwise than it was written."""

    where: Where
    column: str
    before: str
    after: str
    why: Message


@dataclass(frozen=True, slots=True)
class Skip:
    """A row (or, with row 0, a whole file) that was not taken."""

    where: Where
    what: str
    why: Message


@dataclass(frozen=True, slots=True)
class Conflict:
    """A document or balance that is here already and says something else; it is left as it is."""

    where: Where
    what: str
    column: str
    here: str
    there: str


@dataclass(slots=True)
class Outcome:
    """What became of the rows of one kind when they were written."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    conflicts: int = 0


# kind of row (a list of `Dataset`) → how a person calls it
KINDS: Mapping[str, str] = {
    "units": gettext_noop("units"),
    "sites": gettext_noop("sites"),
    "warehouses": gettext_noop("warehouses"),
    "locations": gettext_noop("bins"),
    "lanes": gettext_noop("transfer lanes"),
    "work_centers": gettext_noop("work centres"),
    "calendar_days": gettext_noop("calendar days"),
    "categories": gettext_noop("categories"),
    "items": gettext_noop("items"),
    "conversions": gettext_noop("unit conversions"),
    "boms": gettext_noop("BOMs"),
    "bom_lines": gettext_noop("BOM lines"),
    "substitutes": gettext_noop("substitutes"),
    "suppliers": gettext_noop("suppliers"),
    "sources": gettext_noop("supply sources"),
    "customers": gettext_noop("customers"),
    "stock": gettext_noop("stock balances"),
    "work_orders": gettext_noop("work orders"),
    "requirements": gettext_noop("component requirements"),
    "reservations": gettext_noop("reservations"),
    "purchase_orders": gettext_noop("purchase orders"),
    "purchase_lines": gettext_noop("purchase order deliveries"),
    "sales_orders": gettext_noop("sales orders"),
    "sales_lines": gettext_noop("sales order lines"),
    "transfers": gettext_noop("transfers"),
    "delivery_records": gettext_noop("delivery records"),
}


@dataclass(slots=True)
class ImportReport:
    """The account of one import. `taken` counts by kind; the lists keep the order of discovery.

    `titles` says how a file writes a column that is called otherwise here; `unread` names the files of which rows
    are missing, so that what refers to them is not blamed.
    """

    source: str = ""
    taken: Counter[str] = field(default_factory=Counter)
    changed: list[Change] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    written: dict[str, Outcome] = field(default_factory=dict)
    dry_run: bool = False
    faulty: set[tuple[Where, str]] = field(default_factory=set, repr=False)
    titles: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    unread: set[str] = field(default_factory=set, repr=False)

    @property
    def clean(self) -> bool:
        """True where nothing stands against loading."""
        return not self.errors

    def title(self, where: Where | None, column: str) -> str:
        """Return how the file writes the title of a column."""
        return self.titles.get((where.file, column), column) if where else column

    def error(
        self, where: Where | None, what: Message, *, remedy: Message, column: str = "", value: object = ""
    ) -> None:
        """Record a value that cannot be loaded; of one cell only the first fault counts."""
        where = where or NOWHERE
        column = self.title(where, column)
        cell = (where, column)
        if not column or cell not in self.faulty:
            self.faulty.add(cell)
            self.errors.append(Fault(where, column, str(value), what, remedy))

    def change(self, where: Where | None, column: str, *, before: object, after: object, why: Message) -> None:
        """Record a value that is taken otherwise than it was written."""
        where = where or NOWHERE
        self.changed.append(Change(where, self.title(where, column), _written(before), _written(after), why))

    def skip(self, where: Where | None, why: Message, *, what: object = "") -> None:
        """Record a row that is not taken."""
        self.skipped.append(Skip(where or NOWHERE, str(what), why))

    def skip_once(self, where: Where | None, why: Message, *, what: object = "") -> None:
        """Record a row that is not taken, unless it is told already."""
        if Skip(where or NOWHERE, str(what), why) not in self.skipped:
            self.skip(where, why, what=what)

    def conflict(self, where: Where | None, what: str, *, column: str, here: object, there: object) -> None:
        """Record something that is here already with another value, and stays as it is."""
        self.conflicts.append(Conflict(where or NOWHERE, what, column, str(here), str(there)))

    def copy(self) -> ImportReport:
        """Return a report that goes on from here and leaves this one as it is."""
        return ImportReport(
            source=self.source,
            taken=self.taken.copy(),
            changed=[*self.changed],
            skipped=[*self.skipped],
            errors=[*self.errors],
            conflicts=[*self.conflicts],
            written={kind: replace(outcome) for kind, outcome in self.written.items()},
            dry_run=self.dry_run,
            faulty={*self.faulty},
            titles=self.titles,
            unread=self.unread,
        )

    def outcome(self, kind: str) -> Outcome:
        """Return the tally of `kind`, starting it at nought."""
        return self.written.setdefault(kind, Outcome())

    def refuse(self) -> None:
        """Raise ImportRefused where there are errors."""
        if self.errors:
            raise ImportRefused(self)


NOWHERE = Where("", 0)


def _written(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


class ImportRefused(Refusal):
    """The input has errors; nothing was loaded. `report` lists every one of them."""

    reason = gettext_noop("Nothing was imported: {errors} errors in the input, the first in {file}, row {row}.")
    remedy = gettext_noop("Correct the rows listed in the report and import again.")
    status = 422

    def __init__(self, report: ImportReport) -> None:
        first = report.errors[0].where
        super().__init__(errors=len(report.errors), file=first.file, row=first.row)
        self.report = report
