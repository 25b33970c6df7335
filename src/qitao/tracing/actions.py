"""What a recall does: put what is left in quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from qitao.journal.command import Command, Reply, action
from qitao.stock import documents, ledger
from qitao.stock.documents import Take
from qitao.stock.models import Balance, Location, Status
from qitao.tracing.refusals import NothingToHold


@action(permission="stock.status")
def hold(command: Command, *, lot_ids: Collection[int], reason: str) -> Reply:
    """Put all usable stock of these lots in quarantine, in every warehouse the actor works in; one document for each.

    What is allocated is held as well: pick lists and planned transfers give it up. What is on its way stays as it is.
    Refuses: NothingToHold, BadValue without a reason. Records: stock.document_posted for each. Locks: the items.
    """
    rows = Balance.objects.filter(lot__in=lot_ids, status=Status.OK, on_hand__gt=0)
    rows = rows.exclude(location__kind=Location.Kind.TRANSIT).select_related("location__warehouse").order_by("pk")
    ledger.lock_items(rows.values_list("item_id", flat=True))
    takes: dict[str, list[Take]] = defaultdict(list)
    for balance in rows.all():
        assert balance.location.warehouse is not None
        if command.actor.works_in(balance.location.warehouse.code):
            takes[balance.location.warehouse.code].append(Take(balance.pk, balance.on_hand))
    if not takes:
        raise NothingToHold
    replies = [
        documents.change_status(
            command, takes=takes[code], status=Status.QUARANTINE.value, reason=reason, even_allocated=True
        )
        for code in sorted(takes)
    ]
    return {"documents": [reply["code"] for reply in replies], "bins": sum(len(each) for each in takes.values())}
