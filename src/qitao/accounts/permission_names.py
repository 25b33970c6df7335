"""What a permission is called where people read it: in refusals and in the overview of roles."""

from __future__ import annotations

from types import MappingProxyType

from qitao.kernel.words import gettext_noop

PERMISSION_NAMES = MappingProxyType(
    {
        "journal.view": gettext_noop("read the journal"),
        "home.view": gettext_noop("see today"),
        "search.view": gettext_noop("search"),
        "catalog.view": gettext_noop("see items and BOMs"),
        "catalog.change": gettext_noop("change items and BOMs"),
        "cost.view": gettext_noop("see costs and penalties"),
        "stock.view": gettext_noop("see stock"),
        "stock.places": gettext_noop("set up warehouses and bins"),
        "stock.receive": gettext_noop("receive deliveries"),
        "stock.move": gettext_noop("move stock"),
        "stock.count": gettext_noop("count stock"),
        "stock.adjust": gettext_noop("correct stock records"),
        "stock.status": gettext_noop("release or block stock"),
        "stock.transfer": gettext_noop("make transfers"),
        "stock.reserve": gettext_noop("reserve and release stock"),
        "sales.view": gettext_noop("see sales orders"),
        "sales.ship": gettext_noop("ship to customers"),
        "sales.change": gettext_noop("change sales orders"),
        "sales.records": gettext_noop("set up customers"),
        "purchasing.view": gettext_noop("see purchasing"),
        "purchasing.change": gettext_noop("order and chase"),
        "purchasing.records": gettext_noop("set up suppliers and sources"),
        "purchasing.request": gettext_noop("request purchases"),
        "production.view": gettext_noop("see work orders"),
        "production.change": gettext_noop("change work orders"),
        "production.release": gettext_noop("release work orders"),
        "production.report": gettext_noop("report output"),
        "picking.view": gettext_noop("see pick lists"),
        "picking.pick": gettext_noop("pick material"),
        "picking.over": gettext_noop("issue beyond the limit"),
        "picking.return": gettext_noop("bring material back to stock"),
        "picking.borrow": gettext_noop("ask for material that somebody else holds"),
        "picking.lend": gettext_noop("let somebody take what another holds"),
        "picking.make": gettext_noop("make pick lists"),
        "planning.view": gettext_noop("see the plan"),
        "planning.run": gettext_noop("run the plan"),
        "planning.rank": gettext_noop("change ranks"),
        "shortages.view": gettext_noop("see shortage cases"),
        "shortages.open": gettext_noop("report shortages"),
        "shortages.work": gettext_noop("work on shortage cases"),
        "shortages.decide": gettext_noop("decide shortage cases"),
        "shortages.close": gettext_noop("close shortage cases"),
        "exchange.import": gettext_noop("import data"),
        "exchange.export": gettext_noop("export data"),
        "accounts.manage": gettext_noop("manage people"),
    }
)
