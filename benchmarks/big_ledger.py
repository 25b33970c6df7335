"""Fill an empty, migrated database with the ledger of a large plant: SQL alone, a few minutes for ten million moves.

Suppliers bring lots; each is put away, moved about, and picked into work orders: subassemblies first, then products
that use two of them. What is made is put away and shipped to customers. A fifth of the lines picked come from a few
lots in bulk, which so go into hundreds of work orders. Every move is one that the actions could have written, in an
order in which nothing falls below zero; balances are the sums, so that `qitao verify` has something to prove.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

WHEN = "timestamptz '2025-01-06 00:00+00'"
COMPONENTS, MADE, BINS, BULK, PICKED = 4000, 500, 20_000, 2000, 12  # PICKED: lines of a work order
ZEROS = {"boolean": "false", "date": "date '2025-01-06'", "timestamp with time zone": WHEN, "jsonb": "'{}'::jsonb"}


@dataclass(frozen=True)
class Size:
    """How much there is, from how many work orders there are: half of them make subassemblies, half products."""

    work_orders: int

    @property
    def half(self) -> int:
        """Work orders for subassemblies, and as many for products."""
        return self.work_orders // 2

    @property
    def lots(self) -> int:
        """Lots that suppliers bring."""
        return 3 * self.work_orders

    @property
    def shipped(self) -> int:
        """Lines that are shipped: three or four of each product's lot."""
        return 16 * self.work_orders // 10


def fill(size: Size) -> int:
    """Fill the tables; return how many moves there are."""
    again = _drop_keys() + _drop_indexes(("stock_move", "picking_pickline", "production_requirement"))
    with connection.cursor() as cursor:
        _records(size)
        _documents(size)
        _moves(size)
        _balances()
        for statement in reversed(again):  # indexes, then foreign keys
            cursor.execute(statement)
        for sequence, table in _sequences():
            cursor.execute(f"SELECT setval('{sequence}', coalesce((SELECT max(id) FROM {table}), 1))")
        cursor.execute("VACUUM (ANALYZE, FREEZE)")
        cursor.execute("SELECT count(*) FROM stock_move")
        return int(cursor.fetchone()[0])


def _insert(table: str, columns: Mapping[str, str], source: str) -> None:
    """Insert one row for each row of `source`; what `columns` leave out and must not be null is empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'",
            [table],
        )
        full = {name: _empty(kind) for name, kind in cursor.fetchall()} | dict(columns)
        names, values = ", ".join(full), ", ".join(full.values())
        cursor.execute(f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {source}")


def _empty(kind: str) -> str:
    if kind.startswith("character") or kind == "text":
        return "''"
    return ZEROS.get(kind, "'{}'" if kind == "ARRAY" else "0")


def _series(number: int) -> str:
    return f"generate_series(1, {number}) AS n"


def _records(size: Size) -> None:
    _insert(
        "accounts_user",
        {"id": "1", "username": "'keeper'", "name": "'Keeper'", "is_active": "true", "roles": ROLES},
        _series(1),
    )
    _insert("catalog_unit", {"id": "1", "code": "'pcs'"}, _series(1))
    _insert("catalog_site", {"id": "1", "code": "'SZ'", "name": "'深圳厂'"}, _series(1))
    made = f"n > {COMPONENTS}"
    names = {
        "code": "'P-' || n",
        "name": "'物料 ' || n",
        "name_en": "'Part ' || n",
        "unit_id": "1",
        "is_active": "true",
    }
    kind = f"CASE WHEN {made} THEN 'make' ELSE 'buy' END"
    _insert(
        "catalog_item",
        {"id": "n", **names, "kind": kind, "tracking": "'lot'", "yield_percent": "100", "abc": "''"},
        _series(COMPONENTS + 2 * MADE),
    )
    _insert("stock_warehouse", {"id": "n", "code": "'W' || n", "site_id": "1", "kind": "'store'"}, _series(4))
    place = {
        "id": "n",
        "code": "'B-' || lpad(n::text, 5, '0')",
        "kind": "'bin'",
        "warehouse_id": "1 + n % 4",
        "route": "n",
    }
    _insert("stock_location", place, _series(BINS))
    _insert(
        "stock_location",
        {"id": f"{BINS} + n", "code": "'IN'", "kind": "'receiving'", "warehouse_id": "1 + n % 4"},
        _series(4),
    )
    for number, kind in enumerate(("supplier", "customer", "production", "scrap"), start=5):
        code = f"'{kind}'"
        _insert(
            "stock_location", {"id": str(BINS + number), "code": code, "kind": code, "warehouse_id": "NULL"}, _series(1)
        )
    for table, prefix, number in (("purchasing_supplier", "S", 500), ("sales_customer", "C", 2000)):
        _insert(table, {"id": "n", "code": f"'{prefix}-' || n", "name": "'公司 ' || n"}, _series(number))
    lot = {"id": "n", "code": "'L' || n", "item_id": f"1 + n % {COMPONENTS}", "supplier_code": "'S-' || 1 + n % 500"}
    _insert("stock_lot", lot, _series(size.lots))
    made_item = f"{COMPONENTS} + 1 + CASE WHEN n > {size.half} THEN {MADE} ELSE 0 END + n % {MADE}"
    _insert(
        "stock_lot", {"id": f"{size.lots} + n", "code": "'F' || n", "item_id": made_item}, _series(size.work_orders)
    )


ROLES = "ARRAY['warehouse_manager', 'planner']"


def _documents(size: Size) -> None:
    order = {
        "id": "n",
        "code": "'PO-' || n",
        "supplier_id": "1 + n % 500",
        "warehouse_id": "1 + n % 4",
        "status": "'closed'",
    }
    _insert("purchasing_purchaseorder", order, _series(size.lots // 10))
    tenth = f"1 + (n - 1) % {size.lots // 10}"
    line = {"id": "n", "order_id": tenth, "line": "n::text", "item_id": f"1 + n % {COMPONENTS}"}
    _insert("purchasing_purchaseorderline", line, _series(size.lots))
    _insert(
        "purchasing_delivery",
        {"id": "n", "line_id": "n", "sequence": "1", "quantity": "1000", "received": "1000"},
        _series(size.lots),
    )
    receipt = {
        "id": "n",
        "code": "'RC-' || n",
        "order_id": "n",
        "actor_id": "1",
        "at": f"{WHEN} + n * interval '1 second'",
    }
    _insert("purchasing_receipt", receipt, _series(size.lots // 10))
    brought = {
        "id": "n",
        "receipt_id": tenth,
        "delivery_id": "n",
        "lot_id": "n",
        "location_id": f"{BINS} + 1 + n % 4",
        "status": "'ok'",
        "quantity": _brought("n"),
    }
    _insert("purchasing_receiptline", brought, _series(size.lots))

    item = f"{COMPONENTS} + 1 + CASE WHEN n > {size.half} THEN {MADE} ELSE 0 END + n % {MADE}"
    work_order = {
        "id": "n", "code": "'WO-' || n", "item_id": item, "quantity": "20", "quantity_done": "20", "status": "'closed'",
        "rank": "n", "warehouse_id": "1 + n % 4", "lot_code": "'F' || n",
    }  # fmt: skip
    _insert("production_workorder", work_order, _series(size.work_orders))
    lists = {
        "id": "n",
        "code": "'PL-' || n",
        "work_order_id": "n",
        "warehouse_id": "1 + n % 4",
        "status": "'done'",
        "made_by_id": "1",
    }
    _insert("picking_picklist", lists, _series(size.work_orders))
    need = {
        "id": "n",
        "work_order_id": "work_order",
        "position": "10 * position",
        "item_id": "item_id",
        "quantity": "5",
        "issued": "5",
    }
    _insert("production_requirement", need, _picked(size))
    picked = {
        "id": "n", "pick_list_id": "work_order", "requirement_id": "n", "item_id": "item_id", "lot_id": "lot_id",
        "location_id": "home", "quantity": "5", "picked": "5", "status": "'picked'",
    }  # fmt: skip
    _insert("picking_pickline", picked, _picked(size))

    orders = size.shipped // 4
    sold = {"id": "n", "code": "'SO-' || n", "customer_id": "1 + n % 2000", "status": "'closed'"}
    _insert("sales_salesorder", sold, _series(orders))
    whole = f"1 + (n - 1) % {orders}"
    wanted = {"id": "n", "order_id": whole, "line": "n::text", "item_id": "item_id", "quantity": "4", "shipped": "4"}
    _insert("sales_salesorderline", wanted, _shipped(size))
    sent = {
        "id": "n",
        "code": "'SH-' || n",
        "order_id": "n",
        "warehouse_id": "1 + n % 4",
        "actor_id": "1",
        "at": f"{WHEN} + n * interval '2 seconds'",
    }
    _insert("sales_shipment", sent, _series(orders))
    part = {
        "id": "n",
        "shipment_id": whole,
        "order_line_id": "n",
        "lot_id": "lot_id",
        "location_id": "home",
        "quantity": "4",
    }
    _insert("sales_shipmentline", part, _shipped(size))


def _brought(lot: str) -> str:
    return f"CASE WHEN {lot} <= {BULK} THEN 1000000 ELSE 1000 END"


def _home(lot: str) -> str:
    return f"1 + ({lot})::bigint % {BINS}"


def _picked(size: Size) -> str:
    """Return every line that was picked: the lot, its item and its bin, by work order and position."""
    bulk = f"1 + (n / 5) % {BULK}"
    other = f"{BULK} + 1 + (n * 7919::bigint) % {size.lots - BULK}"
    sub = f"{size.lots} + 1 + ((n / {PICKED}) * 2 + position) * 31::bigint % {size.half}"
    return f"""(
        SELECT line.*, lot.item_id, 1 + line.lot_id % {BINS} AS home FROM (
            SELECT n, work_order, position, CASE
                WHEN work_order > {size.half} AND position < 2 THEN {sub} WHEN n % 5 = 0 THEN {bulk} ELSE {other}
            END AS lot_id
            FROM (
                SELECT n, 1 + (n - 1) / {PICKED} AS work_order, (n - 1) % {PICKED} AS position
                FROM generate_series(1::bigint, {size.work_orders * PICKED}) AS n
            ) AS number
        ) AS line JOIN stock_lot AS lot ON lot.id = line.lot_id
    ) AS picked"""


def _shipped(size: Size) -> str:
    """Return every line that was shipped."""
    lot = f"{size.lots + size.half} + 1 + (n - 1) % {size.half}"
    return f"""(
        SELECT n, {lot} AS lot_id, 1 + ({lot})::bigint % {BINS} AS home,
               (SELECT item_id FROM stock_lot WHERE id = {lot}) AS item_id
        FROM generate_series(1, {size.shipped}) AS n
    ) AS shipped"""


def _moves(size: Size) -> None:
    receiving, supplier, customer, production = (f"{BINS} + {n}" for n in ("1 + n % 4", 5, 6, 7))
    item, tenth = f"1 + n % {COMPONENTS}", f"1 + (n - 1) % {size.lots // 10}"
    lots = {"lot_id": "n", "item_id": item, "quantity": _brought("n")}
    home, away = _home("n"), f"1 + (n + 7001)::bigint % {BINS}"
    _write({**lots, "from": supplier, "to": receiving}, "purchasing.receipt", "RC-", tenth, _series(size.lots))
    _write({**lots, "from": receiving, "to": home}, "catalog.item", "P-", item, _series(size.lots))
    for _ in range(3):  # there and back again
        _write({**lots, "from": home, "to": away}, "catalog.item", "P-", item, _series(size.lots * 9 // 10))
        _write({**lots, "from": away, "to": home}, "catalog.item", "P-", item, _series(size.lots * 9 // 10))
    subs, products = f"1 AND {size.half}", f"{size.half + 1} AND {size.work_orders}"
    for which in (subs, products):
        picked = f"{_picked(size)} WHERE work_order BETWEEN {which} ORDER BY n"
        _write(
            {"lot_id": "lot_id", "item_id": "item_id", "quantity": "5", "from": "home", "to": production},
            "picking.picklist",
            "PL-",
            "work_order",
            picked,
        )
        made = f"generate_series({which.replace(' AND ', ', ')}) AS n, generate_series(1, 2) AS part"
        made_item = f"{COMPONENTS} + 1 + CASE WHEN n > {size.half} THEN {MADE} ELSE 0 END + n % {MADE}"
        lot = {"lot_id": f"{size.lots} + n", "item_id": made_item, "quantity": "10"}
        _write({**lot, "from": production, "to": receiving}, "production.workorder", "WO-", "n", made)
        _write({**lot, "from": receiving, "to": _home(f"{size.lots} + n")}, "catalog.item", "P-", made_item, made)
    sent = {"lot_id": "lot_id", "item_id": "item_id", "quantity": "4", "from": "home", "to": customer}
    _write(sent, "sales.shipment", "SH-", f"1 + (n - 1) % {size.shipped // 4}", _shipped(size))


def _write(what: Mapping[str, str], document: str, prefix: str, number: str, source: str) -> None:
    """Write a move for each row of `source`, a second after the one before."""
    columns = {
        "item_id": what["item_id"], "lot_id": what["lot_id"], "quantity": what["quantity"],
        "from_location_id": what["from"], "to_location_id": what["to"], "from_status": "'ok'", "to_status": "'ok'",
        "document": f"'{document}'", "document_id": number, "document_code": f"'{prefix}' || {number}",
        "actor_id": "1", "command_id": "md5(random()::text)::uuid",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM stock_move")
        start = int(cursor.fetchone()[0])
    place = f"{start} + row_number() OVER ()"
    moment = f"{WHEN} + ({place}) * interval '1 second'"
    _insert("stock_move", {**columns, "id": place, "at": moment, "happened_at": moment}, source)


def _balances() -> None:
    both = """(
        SELECT item_id, location_id, lot_id, status, owner, sum(quantity) AS on_hand FROM (
            SELECT item_id, to_location_id AS location_id, lot_id, to_status AS status, owner, quantity FROM stock_move
            UNION ALL
            SELECT item_id, from_location_id, lot_id, from_status, owner, -quantity FROM stock_move
        ) AS side WHERE location_id IN (SELECT id FROM stock_location WHERE warehouse_id IS NOT NULL)
        GROUP BY item_id, location_id, lot_id, status, owner
    ) AS sums WHERE on_hand <> 0"""
    names = ("item_id", "location_id", "lot_id", "status", "owner", "on_hand")
    _insert("stock_balance", {**{name: name for name in names}, "id": "row_number() OVER ()"}, both)


def _drop_keys() -> list[str]:
    """Drop the foreign keys, which would be checked row by row; return what makes them again, checked at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
        )
        found = cursor.fetchall()
        for table, name, _ in found:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}" for table, name, rule in found]


def _drop_indexes(tables: tuple[str, ...]) -> list[str]:
    """Drop the indexes that stand for no constraint; return what makes them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [list(tables)],
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
        return [definition for _, definition in found]


def _sequences() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_serial_sequence(quote_ident(table_name), 'id'), quote_ident(table_name)"
            " FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'id' AND is_identity = 'YES'"
        )
        return [row for row in cursor.fetchall() if row[0]]
