"""Options and decisions as one plain sentence each: what is done, with which documents and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qitao.catalog.models import Item
from qitao.shortages.models import OptionKind
from qitao.web import formats

Parameters = Mapping[str, Any]

# kind of option → icon
ICONS = MappingProxyType(
    {
        OptionKind.RECOUNT: "count",
        OptionKind.OTHER_BIN: "warehouse",
        OptionKind.TRANSFER: "transfer",
        OptionKind.SUBSTITUTE: "swap",
        OptionKind.RESEQUENCE: "arrow_up",
        OptionKind.PARTIAL: "columns",
        OptionKind.EXPEDITE: "truck",
        OptionKind.BUY: "purchase",
        OptionKind.WAIT: "clock",
    }
)


def sentence(kind: str, how: Parameters, *, item: Item, product: Item, work_order: str) -> str:
    """Return what an option of `kind` with the parameters `how` does – for a line of `item` of a work order."""
    return SENTENCES[OptionKind(kind)](how, item, product, work_order)


def _amount(text: str, item: Item) -> str:
    return f"{formats.quantity(Decimal(text), item.unit)} {item.unit.code}"


def _on(text: str | None) -> str:
    return formats.day(date.fromisoformat(text)) if text else _("no date")


def _listed(codes: list[str], *, most: int = 4) -> str:
    shown = ", ".join(codes[:most])
    return f"{shown} +{len(codes) - most}" if len(codes) > most else shown


def _supplier(how: Parameters) -> str:
    english = (get_language() or "").startswith("en")
    return str((how.get("supplier_en") if english else "") or how["supplier"])


def _recount(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    return _("Count {bins} again. The record says {amount}; if that is right after all, {work_order} has it.").format(
        bins=_listed(how["bins"]), amount=_amount(how["quantity"], item), work_order=work_order
    )


def _other_bin(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    bins = list(dict.fromkeys(how.get("bin_codes", ())))
    return ngettext(
        "Take {amount} from bin {bins} of the same warehouse.",
        "Take {amount} from the bins {bins} of the same warehouse.",
        len(bins),
    ).format(amount=_amount(how["quantity"], item), bins=_listed(bins))


def _transfer(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    return _("Bring {amount} over from warehouse {warehouse}; they are there on {day}.").format(
        amount=_amount(how["quantity"], item), warehouse=how["from_code"], day=_on(how["due_on"])
    )


def _substitute(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    return _("Let {substitute} stand in for {item}: it is approved for {product}, and {quantity} are needed.").format(
        substitute=how["code"],
        item=item.code,
        product=product.code,
        quantity=formats.quantity(Decimal(how["quantity"]), item.unit),
    )


def _resequence(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    givers = how["giver_codes"]
    text = ngettext(
        "Take {amount} from {givers}, which starts later.",
        "Take {amount} from {givers}, which start later.",
        len(givers),
    ).format(amount=_amount(how["quantity"], item), givers=_listed(givers))
    if how.get("before_code"):
        text += " " + _("{work_order} is then served before {before}.").format(
            work_order=work_order, before=how["before_code"]
        )
    return text


def _partial(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    return _(
        "Build {now} of {work_order} now; the other {rest} become a work order of their own, right after it."
    ).format(now=_amount(how["quantity"], product), rest=_amount(how["rest"], product), work_order=work_order)


def _expedite(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    return _("Have {supplier} deliver {delivery} ({amount}) on {on} instead of {was}.").format(
        supplier=_supplier(how),
        delivery=how["delivery_code"],
        amount=_amount(how["quantity"], item),
        on=_on(how["on"]),
        was=_on(how["was"]),
    )


def _buy(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    return _("Buy {amount} from {supplier}; they are there on {day}.").format(
        amount=_amount(how["quantity"], item), supplier=_supplier(how), day=_on(how["expected_on"])
    )


def _wait(how: Parameters, item: Item, product: Item, work_order: str) -> str:
    return _("Change nothing: {work_order} waits for what is on its way.").format(work_order=work_order)


SENTENCES: Mapping[OptionKind, Callable[[Parameters, Item, Item, str], str]] = MappingProxyType(
    {
        OptionKind.RECOUNT: _recount,
        OptionKind.OTHER_BIN: _other_bin,
        OptionKind.TRANSFER: _transfer,
        OptionKind.SUBSTITUTE: _substitute,
        OptionKind.RESEQUENCE: _resequence,
        OptionKind.PARTIAL: _partial,
        OptionKind.EXPEDITE: _expedite,
        OptionKind.BUY: _buy,
        OptionKind.WAIT: _wait,
    }
)
