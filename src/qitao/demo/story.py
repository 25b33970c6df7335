"""The story of tomorrow's shift: six work orders, each short of a component for another reason.

"Tomorrow" is the first working day after `as_of`. Everything here is fixed by hand, so that a drill, a guide or a
test can name it; the generator builds the rest of the factory round it. All offsets count working days from `as_of`.

`STORY` says what goes on; `CHAINS` the work orders it needs; `STOCK` and `INCOMING` the supply of its components,
complete – the generator adds none; `RECORD_ERRORS` and `wrong_records` what the ledger does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from qitao.demo.layout import GOODS, QUARANTINE, RAW, SECOND
from qitao.exchange.dataset import Dataset, Substitute


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One shortage of tomorrow's shift."""

    kind: str  # wrong_record | reserved | late_supplier | rejected_lot | other_warehouse | substitute
    work_order: str
    component: str
    happens: str
    way_out: str  # recount | borrow | expedite | buy | transfer | substitute
    why: str


STORY: tuple[StoryLine, ...] = (
    StoryLine(
        "wrong_record",
        "MO10231-3",
        "ORM3165",
        "The record shows two full reels in A-03-2, so the order looks clear to build. The bin is empty: "
        "the reels were put away one level higher, in A-03-3, without a scan.",
        "recount",
        "Counting the bin and its neighbours costs minutes and finds all of it; no purchase is needed.",
    ),
    StoryLine(
        "reserved",
        "MO10224-2",
        "EC-400V-120U-18X30-LL",
        "There are 8,400 in the store, but 6,413 of them are reserved for MO10246-2, "
        "which starts eight working days later.",
        "borrow",
        "The purchase arriving in six working days pays the later work order back before it starts.",
    ),
    StoryLine(
        "late_supplier",
        "MO10233-3",
        "KLP7860",
        "Promised for two days ago, re-promised for in seven working days. 1,200 are here; the order needs 4,810.",
        "expedite",
        "The supplier delivers in two days against a fee that is less than the penalty for the wait.",
    ),
    StoryLine(
        "rejected_lot",
        "MO10218-1",
        "HS-AD065A-T-B",
        "9,000 housings came two days ago and were rejected for sink marks; 640 good ones are left. "
        "The replacement takes seven working days.",
        "buy",
        "The second approved moulder has the tool and delivers in two days, at a price twelve percent higher.",
    ),
    StoryLine(
        "other_warehouse",
        "MO10219-1",
        "ACW-CN-3X1.0-1.8U",
        "800 mains cords lie here; 9,000 lie in the second plant.",
        "transfer",
        "The van brings them the next morning for its usual freight; nothing in the second plant needs them.",
    ),
    StoryLine(
        "substitute",
        "MO10235-3",
        "CC0805-22U-25V-X5R-L",
        "3,800 of the 25 V capacitor are left; the order needs 25,728. The 35 V one is approved and there are "
        "twenty reels of it. The 10 V one fits the pads too, and is not approved.",
        "substitute",
        "Same value, package and acoustic grade at a higher voltage; the reels stand in the same rack.",
    ),
)


@dataclass(frozen=True, slots=True)
class StoryChain:
    """A finished-goods work order of the story with the work orders that feed it, from `stage` on upwards."""

    number: int
    product: str
    quantity: int
    starts: int  # the offset on which the finished product's own work order starts
    stage: str  # the lowest stage that is an open work order
    customer: str


CHAINS: tuple[StoryChain, ...] = (
    StoryChain(10231, "FG-GC065A-EU-B", 12000, 7, "SM", "C202"),
    StoryChain(10224, "FG-AD090A-CN-B", 6000, 5, "PA", "C207"),
    StoryChain(10246, "FG-AD090A-US-B", 6400, 13, "PA", "C209"),  # holds what MO10224-2 lacks
    StoryChain(10233, "FG-LD060A-EU-S", 4800, 7, "SM", "C211"),
    StoryChain(10218, "FG-AD065A-CN-B", 8000, 3, "MA", "C209"),
    StoryChain(10219, "FG-PS060U-CN-W", 5200, 3, "MA", "C204"),
    StoryChain(10235, "FG-HB080P-GL-S", 3200, 7, "SM", "C206"),
    # Later orders of the same platforms: they share the components and are served by what is on its way.
    StoryChain(10207, "FG-GC065A-CN-W", 16000, -1, "FG", "C204"),
    StoryChain(10262, "FG-GC065A-US-B", 12000, 20, "SM", "C202"),
    StoryChain(10211, "FG-AD065A-EU-B", 7000, 0, "FG", "C208"),
    StoryChain(10259, "FG-LD060A-CN-S", 6000, 19, "SM", "C212"),
    StoryChain(10254, "FG-PS060U-UK-W", 6000, 16, "PA", "C220"),
    StoryChain(10265, "FG-HB080P-GL-G", 2400, 21, "SM", "C201"),
)

PLATFORMS = frozenset(chain.product[3:9] for chain in CHAINS)
"""Platforms whose work orders are all given above; the generator makes none of its own."""


@dataclass(frozen=True, slots=True)
class StoryStock:
    """A stock record of a story component."""

    item: str
    warehouse: str
    location: str
    lot: str
    quantity: int
    received: int
    status: str = "ok"
    supplier: str = ""


STOCK: tuple[StoryStock, ...] = (
    StoryStock("ORM3165", RAW, "A-03-2", "R5518-01", 10000, -12, supplier="V118"),
    StoryStock("ORM3165", RAW, "B-05-1", "R5473-04", 2800, -31, supplier="V118"),
    StoryStock("EC-400V-120U-18X30-LL", RAW, "E-04-1", "R5502-02", 6413, -15, supplier="V105"),
    StoryStock("EC-400V-120U-18X30-LL", RAW, "E-04-2", "R5461-01", 1987, -36, supplier="V105"),
    StoryStock("KLP7860", RAW, "C-07-3", "R5440-03", 1200, -44, supplier="V117"),
    StoryStock("HS-AD065A-T-B", GOODS, "K-02-1", "R5489-01", 640, -21, supplier="V134"),
    StoryStock("HS-AD065A-T-B", GOODS, QUARANTINE, "R5561-01", 9000, -2, "rejected", "V134"),
    StoryStock("ACW-CN-3X1.0-1.8U", GOODS, "L-03-2", "", 800, -18, supplier="V132"),
    StoryStock("ACW-CN-3X1.0-1.8U", SECOND, "S-02-1", "", 9000, -26, supplier="V132"),
    StoryStock("CC0805-22U-25V-X5R-L", RAW, "D-06-2", "", 3800, -40, supplier="V104"),
    StoryStock("CC0805-22U-35V-X5R-L", RAW, "D-06-3", "", 60000, -9, supplier="V104"),
    StoryStock("CC0805-22U-10V-X5R", RAW, "D-07-1", "", 42000, -55, supplier="V103"),
)


@dataclass(frozen=True, slots=True)
class StoryIncoming:
    """An open purchase line of a story component."""

    item: str
    supplier: str
    quantity: int
    promised: int
    repromised: int | None = None


INCOMING: tuple[StoryIncoming, ...] = (
    StoryIncoming("ORM3165", "V118", 25000, 6, 9),
    StoryIncoming("EC-400V-120U-18X30-LL", "V105", 12000, 6),
    StoryIncoming("KLP7860", "V117", 12500, -2, 7),  # five would be caught up before the customer waits
    StoryIncoming("HS-AD065A-T-B", "V134", 9000, 7),
    StoryIncoming("ACW-CN-3X1.0-1.8U", "V132", 6000, 8),
    StoryIncoming("CC0805-22U-25V-X5R-L", "V104", 60000, 4, 7),
)

COMPONENTS = frozenset(line.component for line in STORY)
PINNED = frozenset(row.item for row in STOCK)
"""Items whose supply is exactly what `STOCK` and `INCOMING` say."""


@dataclass(frozen=True, slots=True)
class StorySource:
    """A way to buy a story component; `expedite` is (days, fee)."""

    item: str
    supplier: str
    lead: int
    price: str
    priority: int = 1
    expedite: tuple[int, str] | None = None


SOURCES: tuple[StorySource, ...] = (
    StorySource("ORM3165", "V118", 77, "3.40"),
    StorySource("ORM3165", "V121", 12, "4.65", 2, (4, "900")),
    StorySource("EC-400V-120U-18X30-LL", "V105", 28, "3.38", 1, (9, "1800")),
    StorySource("KLP7860", "V117", 70, "3.20", 1, (2, "2600")),
    StorySource("KLP7860", "V120", 9, "6.90", 2),
    StorySource("HS-AD065A-T-B", "V134", 10, "1.8975"),
    StorySource("HS-AD065A-T-B", "V136", 2, "2.1252", 2),
    StorySource("ACW-CN-3X1.0-1.8U", "V132", 12, "8.90", 1, (6, "1500")),
    StorySource("CC0805-22U-25V-X5R-L", "V104", 28, "0.0920", 1, (6, "2200")),
    StorySource("CC0805-22U-35V-X5R-L", "V104", 28, "0.1060"),
    StorySource("CC0805-22U-10V-X5R", "V103", 28, "0.0540"),
)

SUBSTITUTES: tuple[Substitute, ...] = (
    Substitute(
        component="CC0805-22U-25V-X5R-L", substitute="CC0805-22U-35V-X5R-L", note="耐压更高，同封装同容值，已验证"
    ),
    Substitute(
        component="CC0805-22U-25V-X5R-L",
        substitute="CC0805-22U-10V-X5R",
        priority=9,
        approved=False,
        note="耐压不足，禁用",
    ),
)

ALLOCATION = ("MO10246-2", "EC-400V-120U-18X30-LL", 6413, RAW, "E-04-1", "R5502-02")
"""The later work order's hold: order, item, quantity, warehouse, bin, lot."""


@dataclass(frozen=True, slots=True)
class WrongRecord:
    """A bin whose content is not what the record says. The dataset holds `recorded`; a count finds `physical`."""

    item: str
    warehouse: str
    location: str
    lot: str
    recorded: Decimal
    physical: Decimal
    why: str


RECORD_ERRORS: tuple[WrongRecord, ...] = (
    WrongRecord(
        "ORM3165", RAW, "A-03-2", "R5518-01", Decimal(10000), Decimal(0), "put away one level higher without a scan"
    ),
    WrongRecord("ORM3165", RAW, "A-03-3", "R5518-01", Decimal(0), Decimal(10000), "the two reels from A-03-2"),
)

REASONS = (
    ("reel counted as full", Decimal("0.55")),
    ("issue not booked", Decimal("0.72")),
    ("scrap not booked", Decimal("0.94")),
    ("return to stock not booked", Decimal("1.12")),
    ("taken for a sample", Decimal("0.985")),
)
"""Why a record is wrong, and the share of it that is really there."""


def wrong_records(dataset: Dataset, *, seed: int, count: int = 28) -> list[WrongRecord]:
    """Return every record of `dataset` that is wrong: the story's first, then a few picked at random.

    The random ones lie outside tomorrow's story and are rounded to the item's unit.
    """
    whole = {item.code for item in dataset.items if item.unit in ("pcs", "sheet")}
    candidates = [
        row
        for row in dataset.stock
        if row.status == "ok" and row.item not in PINNED and row.quantity >= 50 and not row.owner
    ]
    rng = Random(f"{seed}:truth")
    found = list(RECORD_ERRORS)
    for row in rng.sample(candidates, count - len(found)):
        why, share = REASONS[rng.randrange(len(REASONS))]
        physical = (row.quantity * share).quantize(Decimal(1) if row.item in whole else Decimal("0.01"))
        found.append(WrongRecord(row.item, row.warehouse, row.location, row.lot, row.quantity, physical, why))
    return found
