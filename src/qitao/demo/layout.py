"""The buildings: sites, warehouses, bins, lanes between them, lines, units and the tree of categories."""

from __future__ import annotations

from decimal import Decimal

from qitao.exchange.dataset import Category, Lane, Location, Site, Unit, Warehouse, WorkCenter

MAIN_SITE, SECOND_SITE = "DG", "HZ"
RAW, GOODS, SECOND = "RM01", "FG01", "HZ01"

SITES = (
    Site(code=MAIN_SITE, name="东莞总厂", name_en="Dongguan main plant"),
    Site(code=SECOND_SITE, name="惠州二厂", name_en="Huizhou second plant"),
)

WAREHOUSES = (
    Warehouse(code=RAW, name="原材料仓", name_en="Raw-material store", site=MAIN_SITE),
    Warehouse(code=GOODS, name="半成品成品仓", name_en="Semi-finished and finished store", site=MAIN_SITE),
    Warehouse(code=SECOND, name="惠州二厂仓", name_en="Second-plant store", site=SECOND_SITE),
    Warehouse(code="LS-SMT", name="贴片线边仓", name_en="SMT line-side store", site=MAIN_SITE, kind="line_side"),
    Warehouse(
        code="LS-DIP", name="插件线边仓", name_en="Through-hole line-side store", site=MAIN_SITE, kind="line_side"
    ),
    Warehouse(
        code="LS-ASM", name="组装包装线边仓", name_en="Assembly line-side store", site=MAIN_SITE, kind="line_side"
    ),
)

RACKS = {
    # warehouse: racks, rows in a rack, levels in a row
    RAW: ("ABCDEFGH", 12, 4),
    GOODS: ("JKLMNP", 10, 3),
    SECOND: ("RST", 8, 3),
}

ZONES = {
    # (warehouse, kind of rack): the racks
    (RAW, "reel"): "ABCD", (RAW, "tray"): "EF", (RAW, "shelf"): "G", (RAW, "pallet"): "G",
    (RAW, "chem"): "H", (RAW, "made"): "H",
    (GOODS, "reel"): "J", (GOODS, "tray"): "J", (GOODS, "shelf"): "JK", (GOODS, "pallet"): "KLM", (GOODS, "chem"): "J",
    (GOODS, "made"): "N", (GOODS, "finished"): "P",
}  # fmt: skip

LINE_SIDE = {
    "LS-SMT": (("SMT-1", "贴片一线线边"), ("SMT-2", "贴片二线线边"), ("SMT-3", "贴片三线线边")),
    "LS-DIP": (("DIP-1", "插件一线线边"), ("DIP-2", "插件二线线边")),
    "LS-ASM": (("ASM-1", "组装一线线边"), ("ASM-2", "组装二线线边"), ("PACK-1", "包装线线边")),
}

RECEIVING, QUARANTINE = "RCV", "QA-HOLD"

LANES = (
    Lane(from_warehouse=RAW, to_warehouse=GOODS, days=0, cost=Decimal(0)),
    Lane(from_warehouse=GOODS, to_warehouse=RAW, days=0, cost=Decimal(0)),
    Lane(from_warehouse=SECOND, to_warehouse=RAW, days=1, cost=Decimal(380)),
    Lane(from_warehouse=SECOND, to_warehouse=GOODS, days=1, cost=Decimal(380)),
    Lane(from_warehouse=RAW, to_warehouse=SECOND, days=1, cost=Decimal(380)),
    Lane(from_warehouse=GOODS, to_warehouse=SECOND, days=1, cost=Decimal(380)),
)
"""Across the yard is the same day; the van from Huizhou arrives the next morning."""

WORK_CENTERS = tuple(
    WorkCenter(
        code=code,
        name=name,
        name_en=name_en,
        site=MAIN_SITE,
        machines=machines,
        hours_per_day=Decimal(hours),
        hourly_cost=Decimal(cost),
    )
    for code, name, name_en, machines, hours, cost in (
        ("SMT-1", "贴片一线", "SMT line 1", 1, "20", "980"),
        ("SMT-2", "贴片二线", "SMT line 2", 1, "20", "980"),
        ("SMT-3", "贴片三线（细间距）", "SMT line 3, fine pitch", 1, "20", "1280"),
        ("DIP-1", "插件一线", "Through-hole line 1", 2, "16", "720"),
        ("DIP-2", "插件二线", "Through-hole line 2", 2, "16", "720"),
        ("ASM-1", "组装一线", "Assembly line 1", 2, "16", "640"),
        ("ASM-2", "组装二线（含绕线、线束）", "Assembly line 2, winding and harness", 2, "16", "600"),
        ("PACK-1", "包装线", "Packing line", 3, "16", "460"),
    )
)

UNITS = tuple(
    Unit(code=code, name=name, name_en=name_en, decimals=decimals)
    for code, name, name_en, decimals in (
        ("pcs", "个", "pieces", 0),
        ("m", "米", "metres", 2),
        ("kg", "千克", "kilograms", 4),
        ("g", "克", "grams", 2),
        ("roll", "卷", "rolls", 3),
        ("sheet", "张", "sheets", 0),
        ("reel", "盘", "reels", 0),
        ("tray", "托盘", "trays", 0),
        ("ctn", "箱", "cartons", 0),
    )
)

CATEGORIES = tuple(
    Category(code=code, name=name, name_en=name_en, parent=parent)
    for code, name, name_en, parent in (
        ("ELEC", "电子料", "Electronic parts", ""),
        ("RES", "电阻", "Resistors", "ELEC"),
        ("RES-CHIP", "贴片电阻", "Chip resistors", "RES"),
        ("RES-SENSE", "采样电阻", "Current-sense resistors", "RES"),
        ("CAP", "电容", "Capacitors", "ELEC"),
        ("CAP-MLCC", "贴片陶瓷电容", "Ceramic capacitors", "CAP"),
        ("ECAP", "电解电容", "Electrolytic capacitors", "CAP"),
        ("ECAP-HV", "高压电解", "Bulk electrolytics", "ECAP"),
        ("ECAP-LV", "低压电解", "Low-voltage electrolytics", "ECAP"),
        ("ECAP-POLY", "固态电容", "Polymer capacitors", "ECAP"),
        ("SAFE", "安规与薄膜电容", "Safety and film capacitors", "CAP"),
        ("IND", "电感", "Inductors", "ELEC"),
        ("IND-POWER", "功率电感", "Power inductors", "IND"),
        ("IND-CM", "共模电感", "Common-mode chokes", "IND"),
        ("IND-BEAD", "磁珠", "Ferrite beads", "IND"),
        ("SEMI", "半导体", "Semiconductors", "ELEC"),
        ("IC", "集成电路", "Integrated circuits", "SEMI"),
        ("IC-POWER", "电源芯片", "Power ICs", "IC"),
        ("IC-PROT", "协议芯片", "Protocol ICs", "IC"),
        ("IC-LOGIC", "主控与接口芯片", "Controllers and interfaces", "IC"),
        ("IC-OPTO", "光耦", "Optocouplers", "IC"),
        ("FET", "功率管", "Transistors", "SEMI"),
        ("FET-MOS", "MOS 与氮化镓", "MOSFETs and GaN", "FET"),
        ("FET-BJT", "三极管", "Bipolar transistors", "FET"),
        ("DIO", "二极管与整流桥", "Diodes and bridges", "SEMI"),
        ("FREQ", "晶振", "Crystals", "ELEC"),
        ("PROT", "保护器件", "Protection parts", "ELEC"),
        ("CONN", "连接器", "Connectors", "ELEC"),
        ("PCB", "光板", "Bare boards", "ELEC"),
        ("MAG", "磁性材料", "Magnetics", ""),
        ("MAG-CORE", "磁芯", "Cores", "MAG"),
        ("MAG-BOBBIN", "骨架", "Bobbins", "MAG"),
        ("MAG-WIRE", "绕组线与胶带", "Winding wire and tape", "MAG"),
        ("MECH", "结构料", "Mechanical parts", ""),
        ("PLAS", "塑胶壳料", "Mouldings", "MECH"),
        ("HW", "五金与散热", "Hardware and cooling", "MECH"),
        ("WIRE", "电子线", "Hook-up wire", "MECH"),
        ("CABLE", "成品线缆", "Cables and cords", "MECH"),
        ("PKG", "包材", "Packaging", ""),
        ("LABEL", "标签", "Labels", "PKG"),
        ("PRINT", "彩盒与印刷品", "Colour boxes and print", "PKG"),
        ("PACK", "纸箱与辅材", "Cartons and fillers", "PKG"),
        ("CHEM", "辅料化学品", "Consumables and chemicals", ""),
        ("SEMIFIN", "半成品", "Semi-finished", ""),
        ("SF-SM", "贴片板", "SMT boards", "SEMIFIN"),
        ("SF-PA", "主板 PCBA", "Board assemblies", "SEMIFIN"),
        ("SF-TX", "变压器", "Transformers", "SEMIFIN"),
        ("SF-WH", "线束", "Wire harnesses", "SEMIFIN"),
        ("SF-MA", "整机", "Main assemblies", "SEMIFIN"),
        ("SF-PK", "包材套件", "Packing kits", "SEMIFIN"),
        ("FIN", "成品", "Finished products", ""),
        ("FIN-CHARGER", "充电器", "Chargers", "FIN"),
        ("FIN-ADAPTER", "电源适配器", "Power adapters", "FIN"),
        ("FIN-STRIP", "排插", "Power strips", "FIN"),
        ("FIN-HUB", "USB-C 扩展坞", "USB-C hubs", "FIN"),
        ("FIN-LED", "LED 驱动", "LED drivers", "FIN"),
        ("FIN-BMS", "电池保护板", "Battery boards", "FIN"),
        ("FIN-CONTROLLER", "控制板", "Controller boards", "FIN"),
    )
)

STAGE_STORE = {"SM": RAW, "PA": RAW, "TX": RAW, "WH": RAW, "MA": GOODS, "FG": GOODS}
"""Where a work order of the stage picks its material."""


def line_of(stage: str, family: str) -> str:
    """Return the line that makes a stage of a product family."""
    if stage == "SM":
        return {"charger": "SMT-1", "hub": "SMT-3", "bms": "SMT-3"}.get(family, "SMT-2")
    if stage == "PA":
        return "DIP-1" if family in ("charger", "strip", "hub") else "DIP-2"
    if stage == "MA":
        return "ASM-1" if family in ("charger", "hub") else "ASM-2"
    return {"TX": "ASM-2", "WH": "ASM-2", "FG": "PACK-1", "PK": ""}[stage]


def bins(warehouse: str, racks: str = "") -> list[str]:
    """List the bin codes of a warehouse (or of some of its racks): rack, row, level.

    >>> bins("RM01", "A")[:2]
    ['A-01-1', 'A-01-2']
    """
    every, rows, levels = RACKS[warehouse]
    return [
        f"{rack}-{row:02d}-{level}"
        for rack in racks or every
        for row in range(1, rows + 1)
        for level in range(1, levels + 1)
    ]


def locations() -> list[Location]:
    """List all bins and areas; the picking walk goes up one rack and down the next, like a plough."""
    places = []
    for warehouse, (racks, rows, levels) in RACKS.items():
        places.append(Location(code=RECEIVING, warehouse=warehouse, name="收货区", kind="receiving", route=9000))
        places.append(Location(code=QUARANTINE, warehouse=warehouse, name="待检隔离区", kind="quarantine", route=9100))
        for number, rack in enumerate(racks):
            for row in range(1, rows + 1):
                walked = row if number % 2 == 0 else rows + 1 - row
                for level in range(1, levels + 1):
                    places.append(
                        Location(
                            code=f"{rack}-{row:02d}-{level}",
                            warehouse=warehouse,
                            route=(number * rows + walked) * 10 + level,
                        )
                    )
    for warehouse, lines in LINE_SIDE.items():
        for route, (code, name) in enumerate(lines, start=1):
            places.append(Location(code=code, warehouse=warehouse, name=name, route=route))
    return places
