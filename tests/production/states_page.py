"""The page of a work order's life, made from its table; `python -m tests.production.states_page` writes it."""

from __future__ import annotations

import inspect
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "work-order-states.md"
HEAD = """# The life of a work order

One table – `WORK_ORDER` in `production/models.py` – says which verb leads from which state to which; each verb's
action says who may use it (`accounts/roles.py`). This page is made from them, and a test tries every state × verb ×
role (`tests/production/test_lifecycle.py`). Whoever reports output of a released work order has started it.

| verb | from | to | who | |
|---|---|---|---|---|
"""


def page() -> str:
    """Return what the page should say."""
    from qitao.accounts.roles import PERMISSIONS, ROLES
    from qitao.production.models import WORK_ORDER
    from tests.production.test_lifecycle import VERBS

    rows = []
    for verb, (sources, target) in WORK_ORDER.verbs.items():
        act = VERBS[verb][0]
        holders = ", ".join(name for role, name in ROLES.items() if role in PERMISSIONS[act.permission])  # type: ignore[attr-defined]
        says = (inspect.getdoc(act) or "").split(". ")[0].split("\n")[0].rstrip(".")
        rows.append(f"| {verb} | {', '.join(sources)} | {target} | {holders} | {says} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    import django

    django.setup()
    PAGE.write_text(page(), "utf-8")
