"""Facts as sentences: what happened, in the reader's language, for the history of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.journal.models import Fact
from qitao.picking.models import OverReason, ShortReason
from qitao.production.models import ScrapReason
from qitao.shortages.models import Case, Cause, OptionKind
from qitao.stock.models import StockDocument
from qitao.web import formats

QUANTITIES = frozenset(
    (
        "quantity",
        "was_quantity",
        "missing",
        "lacking",
        "difference",
        "replaced",
        "scrapped",
        "good",
        "rejected",
        "kept",
        "rest",
        "penalty",
        "cost",
    )
)
DAYS = ("on", "was", "kit_on", "start_on", "due_on")
ALSO = {"pause_reason": "reason"}  # data that sentences call by a simpler name
NOTHING = "–"

# kind of fact → sentence; the names in braces are the fact's data
SENTENCES: Mapping[str, str | Promise] = MappingProxyType(
    {
        "exchange.imported": _("Imported: {rows} rows."),
        "picking.filled": _("Put on the pick list: {lines} lines."),
        "picking.picked": _("Picked {quantity} of {item}."),
        "picking.undone": _("Took a pick back: {quantity} of {item}."),
        "picking.returned": _("Brought back to {to}: {quantity} of {item}."),
        "picking.short": _("Short: {missing} of {item} missing ({reason})."),
        "picking.borrowing_asked": _("Asked {lender} for {quantity} of {item}, for {borrower}. {reason}"),
        "picking.borrowing_refused": _("Refused: {reason}"),
        "picking.borrowing_withdrawn": _("Withdrawn: {reason}"),
        "picking.borrowing_forgiven": _("Need not be paid back: {reason}"),
        "picking.lent": _("Lent {quantity} of {item} to {borrower} ({code}), to be paid back by {on}."),
        "picking.borrowed": _("Borrowed {quantity} of {item} from {lender} ({code}), to be paid back by {on}."),
        "picking.paid_back": _("Got back {quantity} of {item} that {borrower} owed ({code}); {rest} are still owed."),
        "picking.passed_on": _("{quantity} of {item} went to {taker}, which is served before it now."),
        "picking.handed_over": _("Got {quantity} of {item} from {giver}."),
        "picking.over_issued": _("Took {quantity} of {item} beyond what was asked for ({reason}). {note}"),
        "picking.replanned": _("{quantity} of {item} do not lie in {was} any more; now they come from {now}."),
        "picking.wave_made": _("Made of {lists}: {lines} lines."),
        "picking.wave_divided": _("Divided into {into}."),
        "picking.wave_dissolved": _("Given up; {lines} lines are picked by their lists."),
        "picking.wave_picked": _("Picked {quantity} of {item}."),
        "picking.wave_undone": _("Took a pick of {item} back."),
        "picking.wave_short": _("Short: {missing} of {item} missing ({reason})."),
        "planning.asked": _("Asked for a plan run."),
        "production.created": _("Made for {quantity}."),
        "production.firmed": _("Made firm."),
        "production.released": _("Released; something was reserved for {reserved} lines."),
        "production.reserved": _("Reserved material for {reserved} lines."),
        "production.unreserved": _("Gave back reserved material: {quantity}."),
        "production.supply_reserved": _("Reserved {quantity} of {item} from {supply}."),
        "production.reservation_arrived": _("{quantity} of {item} came with {supply} and are held for it."),
        "production.reservation_cut": _("Lost {quantity} of {item}: {supply} holds less than was reserved of it."),
        "production.reservation_spared": _("Gave back {quantity} of {item} from {supply}: not needed any more."),
        "production.reservation_expired": _("The reservation of {quantity} of {item} from {supply} has run out."),
        "production.reservation_kept": _(
            "Reservation of {quantity} of {item}: may follow the ranks, valid until {on}."
        ),
        "production.reservation_frozen": _(
            "Reservation of {quantity} of {item}: stays whatever the ranks say, valid until {on}."
        ),
        "production.started": _("Started."),
        "production.paused": _("Paused: {reason}"),
        "production.resumed": _("Goes on."),
        "production.reported": _("Reported {quantity} as made."),
        "production.finished": _("Finished with {kept} made; {rest} are not made any more: {reason}"),
        "production.closed": _("Closed."),
        "production.cancelled": _("Cancelled."),
        "production.ranked": _("Now served before {before}: rank {now} instead of {was}."),
        "production.substituted": _("{substitute} stands in for {replaced} of {component}."),
        "production.merged": _("Merged into {into}, which makes its {quantity}."),
        "production.absorbed": _("Took in {code} with its {quantity}."),
        "production.rework_ordered": _("{quantity} rejects are made good by {into}."),
        "production.operation_started": _("{operation} started."),
        "production.operation_paused": _("{operation} paused: {reason}"),
        "production.operation_resumed": _("{operation} goes on."),
        "production.operation_reported": _("{operation}: {good} good, {scrapped} scrap."),
        "production.changed": _(
            "Changed: {quantity} instead of {was_quantity}, from {start_on} to {due_on}; {lines} lines."
        ),
        "production.split": _("Split: {kept} stay here, {rest} went into {into}."),
        "purchasing.received": _("Received."),
        "purchasing.repromised": _("{code}: promised for {on} instead of {was}. {reason}"),
        "purchasing.requested": _("Requested {quantity}. {reason}"),
        "purchasing.request_cancelled": _("Withdrawn."),
        "purchasing.ordered": _("Ordered from requisition {requisition}."),
        "purchasing.written": _("Written by hand."),
        "purchasing.line_added": _("{code}: {quantity} of {item} added."),
        "purchasing.delivery_changed": _("{code}: {quantity} ordered instead of {was_quantity}. {reason}"),
        "purchasing.price_changed": _("{code}: another price was agreed. {reason}"),
        "purchasing.delivery_cancelled": _("{code}: {quantity} cancelled. {reason}"),
        "purchasing.order_cancelled": _("Cancelled what was still to come. {reason}"),
        "sales.ordered": _("Written by hand."),
        "sales.line_added": _("{code}: {quantity} of {item} added."),
        "sales.line_changed": _("{code} changed: now {quantity}, due {on}. {reason}"),
        "sales.line_cancelled": _("{code}: {quantity} cancelled. {reason}"),
        "sales.order_cancelled": _("Cancelled what was still to be shipped. {reason}"),
        "sales.shipped": _("Shipped with {code} from {warehouse}: {what}."),
        "sales.shipment_undone": _("{code} taken back: {what} lie in their bins again."),
        "shortages.opened": _("Case opened: {quantity} of {item} missing for {work_orders}."),
        "shortages.joined": _("Joined by {work_orders}: {quantity} of {item} missing."),
        "shortages.count_asked": _("Asked for count {count}."),
        "shortages.verified": _("Verified. {note}"),
        "shortages.assessed": _("Assessed. Work orders hit: {work_orders}, customer lines late: {sales_orders}."),
        "shortages.assigned": _("Given to {owner}."),
        "shortages.commented": _("“{text}”"),
        "shortages.decided": _("Decided: {kind}, for {work_order}; kit date {kit_on}."),
        "shortages.carried_out": _("Carried out: {kind}."),
        "shortages.closed": _("Closed. Cause: {cause}. {note}"),
        "shortages.cancelled": _("Withdrawn. {reason}"),
        "shortages.reopened": _("Opened again. {reason}"),
        "stock.opened": _("Opening balances: {lines} lines."),
        "stock.moved": _("Moved {quantity} to {to}."),
        "stock.document_posted": _("Written: {document}. {reason}"),
        "stock.document_reversed": _("Reversed. {reason}"),
        "stock.reservation_released": _("Reservation of {quantity} given back."),
        "stock.count_ordered": _("Count asked for. {reason}"),
        "stock.count_entered": _("Figures entered."),
        "stock.count_posted": _("Posted; difference {difference}."),
        "stock.count_recount": _("To be counted once more: {bins}. {reason}"),
        "stock.count_waits": _("Waits for approval; lines beyond their tolerance: {wrong}."),
        "stock.count_cancelled": _("Given up. {reason}"),
        "stock.transfer_planned": _("Planned: {quantity} of {item}."),
        "stock.transfer_shipped": _("Sent."),
        "stock.transfer_received": _("Received."),
        "stock.transfer_cancelled": _("Cancelled; its stock is free again."),
    }
)
# data that are codes of choices, by the kind of fact they belong to
CHOICES: Mapping[tuple[str, str], Mapping[str, Any]] = MappingProxyType(
    {
        ("picking.short", "reason"): dict(ShortReason.choices),
        ("picking.over_issued", "reason"): dict(OverReason.choices),
        ("picking.wave_short", "reason"): dict(ShortReason.choices),
        ("production.reported", "reason"): dict(ScrapReason.choices),
        ("shortages.decided", "kind"): dict(OptionKind.choices),
        ("shortages.carried_out", "kind"): dict(OptionKind.choices),
        ("shortages.closed", "cause"): dict(Cause.choices),
        ("shortages.opened", "origin"): dict(Case.Origin.choices),
        ("stock.document_posted", "document"): dict(StockDocument.Kind.choices),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as it is read: who, when, what."""

    at: datetime
    who: str
    text: str
    kind: str


class _Data(dict[str, str]):
    """The data of a fact as texts; what older facts did not record yet reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def tell(fact: Fact) -> str:
    """Return what happened as a sentence; a kind without one shows its name."""
    template = (
        _uneventful(fact.kind, fact.data)
        or _replanned(fact.kind, fact.data)
        or _with_scrap(fact.data)
        or SENTENCES.get(fact.kind)
    )
    if template is None:
        return fact.kind
    data = _Data({ALSO.get(name, name): _shown(fact.kind, name, value) for name, value in fact.data.items()})
    return str(template).format_map(data).strip()


def told(facts: Iterable[Fact]) -> list[Told]:
    """Return the facts as they are read, in their order."""
    return [Told(fact.at, str(fact.actor), tell(fact), fact.kind) for fact in facts]


def _uneventful(kind: str, data: Mapping[str, Any]) -> str | None:
    """Return the sentence for a fact whose figure is zero, where that reads otherwise."""
    match kind:
        case "production.released" if data.get("reserved") == 0:
            return gettext("Released; nothing more was reserved.")
        case "production.reserved" if data.get("reserved") == 0:
            return gettext("Nothing more was free to reserve.")
        case "stock.count_posted" if data.get("wrong_bins") == 0:
            return gettext("Posted; the record was right.")
        case "stock.count_posted" if "difference" not in data:
            return gettext("Posted; lines where the record was wrong: {wrong_bins}.")
        case "stock.count_posted" if "wrong_bins" in data and not Decimal(str(data["difference"])):
            return gettext("Posted; in sum the record was right, in single bins it was not.")
    return None


def _replanned(kind: str, data: Mapping[str, Any]) -> str | None:
    """Return the sentence for a pick that lost its stock and got not all of it, or nothing, elsewhere."""
    if kind != "picking.replanned" or not Decimal(data["lacking"]):
        return None
    if not data["now"]:
        return gettext("{quantity} of {item} do not lie in {was} any more, and nothing is free elsewhere.")
    return gettext("{quantity} of {item} do not lie in {was} any more; now from {now}, and {lacking} are missing.")


def _with_scrap(data: Mapping[str, Any]) -> str | None:
    """Return the sentence for output of which something was lost."""
    if "rejected" in data:
        return gettext("Reported {quantity} as made, {rejected} as rejected, {scrapped} as scrap ({reason}).")
    if "scrapped" not in data or "quantity" not in data:
        return None
    if not Decimal(data["quantity"]):
        return gettext("Reported {scrapped} as scrap ({reason}).")
    return gettext("Reported {quantity} as made, {scrapped} as scrap ({reason}).")


def _shown(kind: str, name: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING if name in DAYS else ""
    words = CHOICES.get((kind, name))
    if words is not None:
        return str(words.get(value, value))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if name in QUANTITIES:
        return _number(value)
    return _day(value) if name in DAYS else str(value)


def _number(value: Any) -> str:
    try:
        return formats.number(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def _day(value: Any) -> str:
    try:
        return formats.day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)
