"""Resistors, capacitors, inductors and magnetics: series of values rather than single rows.

A row of a table below is a series; `passives()` unrolls it into `Part`s. Codes say what the part is:
`RC0402-10K-1%`, `CC0603-100N-50V-X7R`, `EC-400V-82U-18X25`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qitao.demo.parts import Part

E12 = ("10", "12", "15", "18", "22", "27", "33", "39", "47", "56", "68", "82")
E24_EXTRA = ("11", "13", "20", "24", "30", "36", "51", "75", "91")

CHIP_RESISTORS = (
    # package, price, pieces on a reel, power, series of (digits, multipliers) with their tolerance
    ("0402", "0.0040", 10000, "1/16W", E12, ("R", "", "K", "0K"), "1%"),
    ("0603", "0.0052", 5000, "1/10W", E12, ("", "K", "0K"), "1%"),
    ("0603", "0.0047", 5000, "1/10W", E24_EXTRA, ("K",), "5%"),
    ("0805", "0.0085", 5000, "1/8W", E12, ("R", "", "K", "0K"), "1%"),
    ("1206", "0.0160", 5000, "1/4W", ("10", "22", "33", "47", "51", "68", "75"), ("R", "", "K", "0K"), "5%"),
)
"""Two digits and a multiplier: `R` ohms, none for hundreds of ohms, `K` kilo-ohms, `0K` hundreds of kilo-ohms."""

SHUNTS = (
    ("0M50", "0.5"), ("1M0", "1"), ("2M0", "2"), ("3M0", "3"), ("5M0", "5"),
    ("10M", "10"), ("15M", "15"), ("20M", "20"), ("33M", "33"), ("50M", "50"),
)  # fmt: skip

CERAMICS = (
    # package, dielectric, voltage, price, reel, values
    ("0402", "C0G", "50V", "0.0062", 10000, ("10P", "15P", "22P", "33P", "47P", "68P", "100P", "220P")),
    ("0402", "X7R", "50V", "0.0058", 10000, ("470P", "1N", "2N2", "4N7", "10N", "22N")),
    ("0402", "X5R", "16V", "0.0071", 10000, ("100N", "220N", "470N", "1U")),
    ("0603", "C0G", "50V", "0.0095", 4000, ("10P", "22P", "47P", "100P", "150P", "220P", "330P", "470P", "1N")),
    ("0603", "X7R", "50V", "0.0105", 4000, ("1N", "2N2", "3N3", "4N7", "10N", "22N", "33N", "47N", "100N", "220N")),
    ("0603", "X5R", "25V", "0.0280", 4000, ("470N", "1U", "2U2", "4U7", "10U")),
    ("0805", "X7R", "50V", "0.0260", 4000, ("10N", "47N", "100N", "220N", "470N", "1U")),
    ("0805", "X5R", "25V", "0.0680", 3000, ("2U2", "4U7", "10U", "22U")),
    ("0805", "X7R", "250V", "0.0520", 3000, ("1N", "2N2", "4N7", "10N")),
    ("1206", "X7R", "50V", "0.0830", 2000, ("1U", "2U2", "4U7", "10U")),
    ("1206", "X7R", "1KV", "0.1150", 2000, ("100P", "220P", "470P", "1N", "2N2", "10N")),
    ("1206", "X5R", "25V", "0.1450", 2000, ("10U", "22U", "47U")),
    ("1210", "X7R", "100V", "0.3200", 1000, ("1U", "2U2", "4U7")),
)

STORY_CERAMICS = (
    # The hub boards' output capacitor and the two that could stand in for it (see story.py).
    ("CC0805-22U-25V-X5R-L", "0805", "22uF ±20% 25V X5R 低啸叫", "0.0920"),
    ("CC0805-22U-35V-X5R-L", "0805", "22uF ±20% 35V X5R 低啸叫", "0.1060"),
    ("CC0805-22U-10V-X5R", "0805", "22uF ±20% 10V X5R", "0.0540"),
)

BULK_ELECTROLYTICS = (
    # microfarad, case, price (400 V, 105 °C)
    ("4U7", "8X12", "0.31"), ("6U8", "8X14", "0.36"), ("10U", "10X13", "0.48"), ("15U", "10X16", "0.58"),
    ("22U", "10X20", "0.72"), ("27U", "10X25", "0.86"), ("33U", "13X20", "1.02"), ("39U", "13X25", "1.16"),
    ("47U", "16X20", "1.38"), ("68U", "16X25", "1.74"), ("82U", "18X25", "2.12"), ("100U", "18X30", "2.48"),
    ("120U", "18X35", "2.86"), ("150U", "18X40", "3.52"),
)  # fmt: skip

LOW_ELECTROLYTICS = (
    # volts, microfarad, case, price
    ("50V", "4U7", "4X7", "0.042"), ("50V", "10U", "5X11", "0.052"), ("50V", "22U", "5X11", "0.061"),
    ("50V", "47U", "6X11", "0.085"), ("50V", "100U", "8X12", "0.155"), ("35V", "220U", "8X14", "0.21"),
    ("35V", "470U", "10X16", "0.38"), ("35V", "680U", "10X20", "0.52"), ("35V", "1000U", "10X25", "0.74"),
    ("25V", "330U", "8X12", "0.23"), ("25V", "470U", "8X16", "0.31"), ("25V", "1000U", "10X20", "0.58"),
    ("16V", "470U", "8X12", "0.22"), ("16V", "1000U", "10X16", "0.39"), ("63V", "220U", "10X16", "0.44"),
    ("63V", "470U", "13X20", "0.82"), ("100V", "47U", "10X13", "0.36"), ("100V", "100U", "10X20", "0.62"),
)  # fmt: skip

POLYMERS = (
    ("25V", "100U", "6X8", "0.52"), ("25V", "220U", "6X9", "0.66"), ("25V", "330U", "8X9", "0.78"),
    ("25V", "470U", "8X12", "0.92"), ("25V", "560U", "8X12", "1.02"), ("25V", "680U", "8X14", "1.18"),
    ("16V", "330U", "6X9", "0.58"), ("16V", "560U", "8X9", "0.74"), ("16V", "820U", "8X12", "0.90"),
    ("6V3", "560U", "6X8", "0.49"), ("35V", "220U", "8X12", "0.98"), ("35V", "330U", "10X12", "1.26"),
)  # fmt: skip

SAFETY_CAPACITORS = (
    ("XC-0U1-275-P10", "X2 安规电容", "X2 safety capacitor", "0.1uF 275VAC P10", "0.24"),
    ("XC-0U22-275-P10", "X2 安规电容", "X2 safety capacitor", "0.22uF 275VAC P10", "0.33"),
    ("XC-0U33-275-P15", "X2 安规电容", "X2 safety capacitor", "0.33uF 275VAC P15", "0.42"),
    ("XC-0U47-275-P15", "X2 安规电容", "X2 safety capacitor", "0.47uF 275VAC P15", "0.56"),
    ("XC-0U68-275-P15", "X2 安规电容", "X2 safety capacitor", "0.68uF 275VAC P15", "0.74"),
    ("XC-1U0-275-P22", "X2 安规电容", "X2 safety capacitor", "1.0uF 275VAC P22", "0.98"),
    ("YC-470P-Y1", "Y1 安规电容", "Y1 safety capacitor", "470pF 400VAC Y1", "0.11"),
    ("YC-1N0-Y1", "Y1 安规电容", "Y1 safety capacitor", "1nF 400VAC Y1", "0.12"),
    ("YC-2N2-Y1", "Y1 安规电容", "Y1 safety capacitor", "2.2nF 400VAC Y1", "0.14"),
    ("YC-3N3-Y1", "Y1 安规电容", "Y1 safety capacitor", "3.3nF 400VAC Y1", "0.17"),
    ("FC-100N-630V", "薄膜电容", "Film capacitor", "100nF 630V CBB21", "0.36"),
    ("FC-220N-450V", "薄膜电容", "Film capacitor", "220nF 450V CBB21", "0.41"),
    ("FC-470N-450V", "薄膜电容", "Film capacitor", "470nF 450V CBB21", "0.62"),
    ("FC-1U0-450V", "薄膜电容", "Film capacitor", "1uF 450V CBB21", "0.95"),
)  # fmt: skip

POWER_INDUCTORS = (
    # series, price, values
    ("LP0420", "0.24", ("1R0", "2R2", "3R3", "4R7")),
    ("LP0630", "0.38", ("1R0", "2R2", "3R3", "4R7", "6R8", "10R")),
    ("LP1040", "0.72", ("2R2", "4R7", "6R8", "10R", "22R")),
    ("LP1265", "1.28", ("10R", "15R", "22R", "33R")),
    ("LD0810", "0.22", ("100", "220", "330", "471")),
)

COMMON_MODE_CHOKES = (
    ("CM-UU9.8-10MH", "0.62"), ("CM-UU9.8-20MH", "0.68"), ("CM-UU9.8-30MH", "0.74"), ("CM-UU10.5-15MH", "0.86"),
    ("CM-UU10.5-30MH", "0.95"), ("CM-T9-200UH", "0.41"), ("CM-T12-350UH", "0.55"), ("CM-T14-10MH", "0.92"),
    ("CM-T16-15MH", "1.22"), ("CM-T18-20MH", "1.46"), ("CM-SQ1212-8MH", "1.05"), ("CM-SQ1515-12MH", "1.32"),
)  # fmt: skip

FERRITE_BEADS = ("120R", "220R", "600R", "1K0")

CORES = (
    # size, core set price, bobbin price
    ("EE13", "0.30", "0.09"), ("EE16", "0.38", "0.11"), ("EE19", "0.52", "0.14"), ("EF20", "0.66", "0.17"),
    ("RM8", "1.28", "0.32"), ("RM10", "1.85", "0.41"), ("ATQ17", "1.46", "0.36"), ("ATQ23", "2.12", "0.45"),
    ("PQ2016", "1.74", "0.38"), ("PQ2620", "2.65", "0.49"), ("PQ3220", "3.60", "0.62"), ("EFD25", "1.52", "0.34"),
)  # fmt: skip

MAGNET_WIRE = ("0.10", "0.12", "0.15", "0.18", "0.20", "0.25", "0.30", "0.35", "0.40", "0.50")
TRIPLE_INSULATED = ("0.20", "0.25", "0.30", "0.35", "0.40", "0.50", "0.60", "0.80")


def passives() -> Iterator[Part]:
    """Unroll every series into parts."""
    yield from _resistors()
    yield from _ceramics()
    yield from _electrolytics()
    yield from _inductors()
    yield from _magnetics()


def _resistors() -> Iterator[Part]:
    for package, cost, reel, power, digits, multipliers, tolerance in CHIP_RESISTORS:
        for multiplier in multipliers:
            for two in digits:
                value = _resistance(two, multiplier)
                yield Part(
                    f"RC{package}-{value}-{tolerance}", "贴片电阻", "Chip resistor",
                    f"{value} ±{tolerance} {power}", f"r.{package}", Decimal(cost), package, reel,
                )  # fmt: skip
    for value, milliohms in SHUNTS:
        yield Part(f"RS2512-{value}-1%", "合金采样电阻", "Current-sense resistor", f"{milliohms}mΩ ±1% 3W 合金",
                   "r.shunt", Decimal("0.145"), "2512", 4000)  # fmt: skip


def _resistance(two: str, multiplier: str) -> str:
    """Write a value as the trade does: ("47", "K") is 47K, ("47", "") is 470R, ("47", "0K") is 470K."""
    if multiplier == "":
        return f"{two}0R"
    return f"{two}{multiplier}"


def _ceramics() -> Iterator[Part]:
    for package, dielectric, volts, cost, reel, values in CERAMICS:
        for value in values:
            tolerance = "5%" if dielectric == "C0G" else "10%"
            yield Part(
                f"CC{package}-{value}-{volts}-{dielectric}", "贴片电容", "MLCC",
                f"{value} ±{tolerance} {volts} {dielectric}", f"c.{package}", Decimal(cost), package, reel,
            )  # fmt: skip
    for code, package, spec, cost in STORY_CERAMICS:
        yield Part(code, "贴片电容", "MLCC", spec, "c.dedicated", Decimal(cost), package, 3000)


def _electrolytics() -> Iterator[Part]:
    for value, case, cost in BULK_ELECTROLYTICS:
        yield Part(f"EC-400V-{value}-{case}", "高压电解电容", "Bulk electrolytic capacitor",
                   f"{value}F 400V 105℃ {case}mm", "cap.bulk", Decimal(cost), "DIP", 1000)  # fmt: skip
    yield Part("EC-400V-120U-18X30-LL", "高压电解电容", "Bulk electrolytic capacitor",
               "120uF 400V 105℃ 10000h 长寿命", "cap.bulk.dedicated", Decimal("3.38"), "DIP", 1000)  # fmt: skip
    for volts, value, case, cost in LOW_ELECTROLYTICS:
        yield Part(f"EC-{volts}-{value}-{case}", "电解电容", "Electrolytic capacitor",
                   f"{value}F {volts} 105℃ {case}mm", "cap.low", Decimal(cost), "DIP", 2000)  # fmt: skip
    for volts, value, case, cost in POLYMERS:
        yield Part(f"PC-{volts}-{value}-{case}", "固态电容", "Polymer capacitor",
                   f"{value}F {volts} {case}mm 固态", "cap.polymer", Decimal(cost), "DIP", 1000)  # fmt: skip
    for code, name, name_en, spec, cost in SAFETY_CAPACITORS:
        role = {"XC": "cap.x", "YC": "cap.y", "FC": "cap.film"}[code[:2]]
        yield Part(code, name, name_en, spec, role, Decimal(cost), "DIP", 1000)


def _inductors() -> Iterator[Part]:
    for series, cost, values in POWER_INDUCTORS:
        smd = series.startswith("LP")
        for value in values:
            yield Part(f"{series}-{value}", "一体成型电感" if smd else "工字电感",
                       "Moulded power inductor" if smd else "Drum-core inductor",
                       f"{value.replace('R', '.')}uH {series[2:]}", "ind.power" if smd else "ind.drum",
                       Decimal(cost), series[2:] if smd else "DIP", 2000 if smd else 500)  # fmt: skip
    for code, cost in COMMON_MODE_CHOKES:
        yield Part(code, "共模电感", "Common-mode choke", code[3:], "ind.cm", Decimal(cost), "DIP", 500)
    for package in ("0603", "0805"):
        for value in FERRITE_BEADS:
            yield Part(f"FB{package}-{value}", "磁珠", "Ferrite bead", f"{value}@100MHz 2A",
                       "bead", Decimal("0.021"), package, 4000)  # fmt: skip


def _magnetics() -> Iterator[Part]:
    for size, core, bobbin in CORES:
        yield Part(f"MC-{size}-P95", "铁氧体磁芯", "Ferrite core set", f"{size} PC95 1 副",
                   f"core.{size}", Decimal(core), size, 500)  # fmt: skip
        yield Part(f"BB-{size}", "变压器骨架", "Transformer bobbin", f"{size} 电木 T375J",
                   f"bobbin.{size}", Decimal(bobbin), size, 2000)  # fmt: skip
    for diameter in MAGNET_WIRE:
        yield Part(f"EW-2UEW-{diameter}", "漆包线", "Magnet wire", f"2UEW φ{diameter}mm 155℃",
                   "wire.magnet", Decimal("78.5"), "", 15, unit="kg")  # fmt: skip
    for diameter in TRIPLE_INSULATED:
        price = Decimal("0.16") + Decimal(diameter) * Decimal("0.55")
        yield Part(f"TW-TEX-{diameter}", "三层绝缘线", "Triple-insulated wire", f"φ{diameter}mm 130℃",
                   "wire.tiw", price, "", 1000, unit="m")  # fmt: skip
