"""Who may do what: one table of permissions and roles, deny by default.

A permission is a word that a page, a route or an action declares; a role holds a set of them. What is not
in this table nobody may do. `VIEW` permissions read, all others write.
"""

from __future__ import annotations

from types import MappingProxyType

from qitao.kernel.words import gettext_noop

PICKER = "picker"
LINE_LEADER = "line_leader"
PLANNER = "planner"
BUYER = "buyer"
WAREHOUSE_MANAGER = "warehouse_manager"
MANAGER = "manager"
ADMINISTRATOR = "administrator"

ROLES = MappingProxyType(
    {
        PICKER: gettext_noop("Picker"),
        LINE_LEADER: gettext_noop("Line leader"),
        PLANNER: gettext_noop("Planner"),
        BUYER: gettext_noop("Buyer"),
        WAREHOUSE_MANAGER: gettext_noop("Warehouse manager"),
        MANAGER: gettext_noop("Plant manager"),
        ADMINISTRATOR: gettext_noop("Administrator"),
    }
)

ALL = frozenset(ROLES)
OFFICE = frozenset({PLANNER, BUYER, WAREHOUSE_MANAGER, MANAGER, ADMINISTRATOR})
STORES = frozenset({PICKER, WAREHOUSE_MANAGER})

# permission → roles that hold it
PERMISSIONS = MappingProxyType(
    {
        "home.view": ALL,
        "search.view": ALL,
        "catalog.view": ALL,
        "catalog.change": frozenset({PLANNER, ADMINISTRATOR}),
        "cost.view": OFFICE,
        "stock.view": ALL,
        "stock.places": frozenset({WAREHOUSE_MANAGER, ADMINISTRATOR}),
        "stock.receive": STORES,
        "stock.move": STORES,
        "stock.count": STORES,
        "stock.adjust": frozenset({WAREHOUSE_MANAGER}),
        "stock.status": frozenset({WAREHOUSE_MANAGER}),
        "stock.transfer": frozenset({WAREHOUSE_MANAGER, PLANNER}),
        "stock.reserve": frozenset({PLANNER, WAREHOUSE_MANAGER}),
        "sales.view": ALL,
        "sales.ship": STORES,
        "sales.change": frozenset({PLANNER, MANAGER}),
        "sales.records": frozenset({PLANNER, MANAGER, ADMINISTRATOR}),
        "purchasing.view": OFFICE | {LINE_LEADER, PICKER},
        "purchasing.change": frozenset({BUYER}),
        "purchasing.records": frozenset({BUYER, ADMINISTRATOR}),
        "purchasing.request": frozenset({PLANNER, BUYER, MANAGER}),
        "production.view": ALL,
        "production.change": frozenset({PLANNER}),
        "production.release": frozenset({PLANNER, LINE_LEADER}),
        "production.report": frozenset({LINE_LEADER, PLANNER}),
        "picking.view": ALL,
        "picking.pick": STORES,
        "picking.over": frozenset({WAREHOUSE_MANAGER}),
        "picking.return": STORES | {LINE_LEADER},
        "picking.borrow": frozenset({PICKER, LINE_LEADER, PLANNER, BUYER, WAREHOUSE_MANAGER}),
        "picking.lend": frozenset({PLANNER, WAREHOUSE_MANAGER}),
        "picking.make": frozenset({WAREHOUSE_MANAGER, PLANNER, LINE_LEADER}),
        "planning.view": ALL,
        "planning.run": frozenset({PLANNER, MANAGER}),
        "planning.rank": frozenset({PLANNER}),
        "shortages.view": ALL,
        "shortages.open": frozenset({PICKER, LINE_LEADER, PLANNER, BUYER, WAREHOUSE_MANAGER}),
        "shortages.work": frozenset({PLANNER, BUYER, WAREHOUSE_MANAGER, LINE_LEADER}),
        "shortages.decide": frozenset({PLANNER, BUYER, MANAGER}),
        "shortages.close": frozenset({PLANNER, BUYER, WAREHOUSE_MANAGER, MANAGER}),
        "exchange.import": frozenset({ADMINISTRATOR}),
        "exchange.export": OFFICE,
        "accounts.manage": frozenset({ADMINISTRATOR}),
        "journal.view": frozenset({MANAGER, ADMINISTRATOR}),
    }
)


def permitted(roles: frozenset[str], permission: str) -> bool:
    """Tell whether any of `roles` holds `permission`; an unknown permission is a programming error.

    >>> permitted(frozenset({"picker"}), "picking.pick")
    True
    """
    return not roles.isdisjoint(PERMISSIONS[permission])
