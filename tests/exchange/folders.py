"""Small plant folders for tests, and where the real data lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qitao.exchange.dataset import Dataset
from qitao.exchange.report import KINDS

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"

# FRAME = 4 BOLT (2.5 % scrap) + 1 PLATE; BOLT-ZN stands in for BOLT
GOOD = {
    "items.csv": """\
item,kind,lead_days,name,unit,min_lot,unit_cost,workcenter,hours_per_unit,yield
FRAME,make,2,机架,pcs,0,120.5,LINE1,0.25,0.98
BOLT,buy,7,螺栓 M6,pcs,1000,0.05,,0,1
BOLT-ZN,buy,9,镀锌螺栓 M6,pcs,1000,0.07,,0,1
PLATE,buy,14,钢板,kg,0,8,,0,1
""",
    "bom.csv": """\
parent,component,quantity,scrap_percent,valid_from
FRAME,BOLT,4,2.5,
FRAME,PLATE,1.25,0,2026-01-01
""",
    "substitutes.csv": "component,substitute,parent,ratio,priority\nBOLT,BOLT-ZN,FRAME,1,1\n",
    "stock.csv": """\
item,quantity,warehouse,lot,status,expires_on
BOLT,400,WH1,L-1,ok,2027-01-31
BOLT,50,WH1,L-2,quarantine,
PLATE,30.5,WH2,,ok,
""",
    "demands.csv": "demand,item,quantity,due_date,priority,customer\nSO-1,FRAME,10,2026-02-10,1,ACME\n",
    "work_orders.csv": """\
order,item,quantity,due_date,start_date,priority,status,quantity_done,warehouse
WO-1,FRAME,10,2026-02-05,2026-02-03,1,firm,0,WH1
WO-2,FRAME,20,2026-02-09,2026-02-06,2,released,0,WH1
""",
    "requirements.csv": "order,component,quantity,issued\nWO-2,BOLT-ZN,80,10\nWO-2,PLATE,25,0\n",
    "purchase_orders.csv": """\
order,item,quantity,promised_date,line,supplier,received,warehouse
PO-1,BOLT,500,2026-02-04,10,FASTCO,100,WH1
PO-1,BOLT,500,2026-02-18,10,FASTCO,0,WH1
PO-2,PLATE,40,,10,STEELCO,0,WH2
""",
    "transfers.csv": "order,item,quantity,from_warehouse,to_warehouse,due_date\nTR-1,PLATE,5,WH2,WH1,2026-02-02\n",
    "purchase.csv": """\
item,supplier,lead_days,min_qty,multiple,price,priority,max_qty
BOLT,FASTCO,7,1000,500,0.05,1,0
PLATE,STEELCO,14,10,1,8,1,500
""",
    "lanes.csv": "from_warehouse,to_warehouse,days,cost\nWH2,WH1,1,200\n",
    "workcenters.csv": "workcenter,machines,hours_per_day,calendar\nLINE1,2,16,CN\n",
    "calendar.csv": "calendar,date,hours\nCN,2026-02-17,0\nCN,2026-02-28,8\n",
}


def folder(at: Path, files: Mapping[str, str] = GOOD, **changed: str) -> Path:
    """Write a plant folder; `changed` replaces files by their name without `.csv`."""
    at.mkdir(parents=True, exist_ok=True)
    for name, text in {**files, **{f"{name}.csv": text for name, text in changed.items()}}.items():
        (at / name).write_text(text, encoding="utf-8")
    return at


def plain(dataset: Dataset) -> dict[str, list[Any]]:
    """Return the rows by kind without the places they came from, in an order of their own."""
    return {kind: sorted((replace(row, where=None) for row in getattr(dataset, kind)), key=repr) for kind in KINDS}


def real(name: str) -> Path:
    """Return a folder of real data, or skip the test, saying so."""
    path = REAL / name
    if not path.is_dir():
        pytest.skip(f"the real data are not on this machine: {path}")
    return path
