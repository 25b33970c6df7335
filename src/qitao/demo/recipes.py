"""How each platform and product is built: the components of every stage, drawn once from the seed.

Stages, from the bottom: `TX` transformer and `WH` harness, `SM` SMT board, `PA` board with through-hole parts,
`MA` main assembly, `PK` packing kit (phantom), `FG` finished product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from qitao.demo.parts import Part, rule_of
from qitao.demo.products import Platform, Product

ONE = Decimal(1)

POWER = ("charger", "adapter", "strip", "led")
"""Families with mains voltage on the board: wide spacing, large packages. The others are fine-pitch."""

PALETTES: dict[str, dict[str, tuple[tuple[str, int], ...]]] = {
    # group → what the board's small parts are drawn from: (role, how many of the role the group ever uses)
    "power": {
        "resistors": (("r.0402", 12), ("r.0603", 30), ("r.0805", 34), ("r.1206", 22)),
        "capacitors": (("c.0603", 18), ("c.0805", 12), ("c.1206", 10)),
        "semiconductors": (
            ("d.fast", 4),
            ("d.switch", 2),
            ("d.zener", 7),
            ("d.schottky", 4),
            ("d.tvs", 3),
            ("bjt", 3),
            ("bead", 3),
        ),
    },
    "digital": {
        "resistors": (("r.0402", 44), ("r.0603", 16), ("r.0805", 8)),
        "capacitors": (("c.0402", 18), ("c.0603", 14), ("c.0805", 8), ("c.1206", 4), ("c.1210", 3)),
        "semiconductors": (
            ("d.esd", 4),
            ("d.led", 4),
            ("d.tvs", 4),
            ("d.switch", 2),
            ("d.schottky", 4),
            ("bjt", 3),
            ("fet.lv", 4),
            ("bead", 5),
        ),
    },
}

PREFIXES = (
    ("ic.opto", "OC"),
    ("ic", "U"),
    ("fet", "Q"),
    ("bjt", "Q"),
    ("d.bridge", "BD"),
    ("d.led", "LED"),
    ("d", "D"),
    ("r", "R"),
    ("cap.x", "CX"),
    ("cap.y", "CY"),
    ("cap.bulk", "EC"),
    ("cap.low", "EC"),
    ("cap.polymer", "EC"),
    ("cap", "C"),
    ("c", "C"),
    ("ind.cm", "LF"),
    ("ind", "L"),
    ("bead", "FB"),
    ("freq", "Y"),
    ("prot.fuse", "F"),
    ("prot.smdfuse", "F"),
    ("prot.ntc", "RT"),
    ("prot.smdntc", "RT"),
    ("prot.mov", "RV"),
    ("prot.relay", "K"),
    ("conn", "J"),
)

CRIMPS = {
    "HSG-PH2.0-2Y": ("TML-PH2.0", 2, "24"),
    "HSG-XH2.5-5Y": ("TML-XH2.5", 4, "22"),
    "HSG-VH3.96-2Y": ("TML-VH3.96", 2, "18"),
}
"""Crimp housing → its terminal, wires, and the gauge of wire."""

DC_CABLES = {
    "AD036A": "DCW-5525-1.2",
    "AD045A": "DCW-4530-1.5",
    "AD065A": "DCW-4530-1.5",
    "AD090A": "DCW-4530-1.5",
    "AD120A": "DCW-5521-16A",
    "AD060M": "DCW-5521-16A",
}

STRIP_CORDS = {
    "PS060UCN": "ACW-CN-3X1.0-1.8U",
    "PS080ACN": "ACW-CN-3X1.5-3.0",
    "PST12UCN": "ACW-CN-3X1.5-3.0",
    "CN": "ACW-CN-3X1.0-1.8",
    "EU": "ACW-EU-3X1.5-1.5",
    "UK": "ACW-UK-3X1.25-2.0",
}

BOXED_CORDS = {
    "AD036A": "C7",
    "GC120D": "C7",
    "AD045A": "C5",
    "AD065A": "C5",
    "AD090A": "C5",
    "AD120A": "C13",
    "AD060M": "C13",
}
CORD_CODES = {
    ("C7", "CN"): "ACW-CN-C7-1.2",
    ("C7", "EU"): "ACW-EU-C7-1.2",
    ("C5", "CN"): "ACW-CN-C5-1.2",
    ("C5", "EU"): "ACW-EU-C5-1.2",
    ("C5", "US"): "ACW-US-C5-1.2",
    ("C13", "CN"): "ACW-CN-C13-1.5",
    ("C13", "EU"): "ACW-EU-C13-1.5",
}
BOXED_CABLES = {"GC065A": "UCC-100W-1.5", "GC100A": "UCC-100W-1.5", "GC140A": "UCC-240W-1.5", "HB130K": "UCC-240W-1.5"}

CARTON_OF = {"charger": ("CTN-K1", 50), "adapter": ("CTN-K2", 40), "strip": ("CTN-K5", 20), "hub": ("CTN-K3", 40),
             "led": ("CTN-K4", 50), "bms": ("CTN-K6", 20), "controller": ("CTN-K6", 20)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """A component of a stage: so much per one, for places on the board."""

    component: str
    quantity: Decimal = ONE
    designators: str = ""
    consumable: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The bought parts, and the palette of small parts that each group of families keeps to."""

    parts: Mapping[str, Part]
    palettes: Mapping[str, Mapping[str, Sequence[str]]]

    @classmethod
    def of(cls, parts: Mapping[str, Part], rng: Random) -> Catalogue:
        """Draw the palettes: a factory uses the same hundred values again and again."""
        by_role: dict[str, list[str]] = {}
        for part in parts.values():
            by_role.setdefault(part.role, []).append(part.code)
        palettes = {
            group: {
                kind: [
                    code for role, count in roles for code in rng.sample(by_role[role], min(count, len(by_role[role])))
                ]
                for kind, roles in kinds.items()
            }
            for group, kinds in PALETTES.items()
        }
        return cls(parts, palettes)


def smt_board(platform: Platform, catalogue: Catalogue, rng: Random) -> list[Use]:
    """List the SMT board's components: bare board, key parts, and small parts drawn from the palette."""
    palette = catalogue.palettes["power" if platform.family in POWER else "digital"]
    counts = dict(key_parts(platform.smt))
    resistors, capacitors, semiconductors = platform.small
    for kind, lines, most in (
        ("semiconductors", semiconductors, 2),
        ("capacitors", capacitors, 5),
        ("resistors", resistors, 4),
    ):
        drawn = [code for code in palette[kind] if code not in counts]
        for code in sorted(rng.sample(drawn, min(lines, len(drawn)))):
            counts[code] = 1 + min(rng.randrange(most), rng.randrange(most))
    placements = sum(counts.values())
    paste = "SP-SAC305-T4" if platform.family in ("hub", "bms") else "SP-SAC0307-T4"
    return [
        Use(f"PCB-{platform.code}-V12"),
        *with_designators(counts, catalogue.parts, rng),
        Use(paste, (Decimal(placements) * Decimal("0.006")).quantize(Decimal("0.01")), consumable=True),
        Use("CL-IPA-99", Decimal("0.0004"), consumable=True),
    ]


def key_parts(text: str) -> Iterable[tuple[str, int]]:
    """Read `CODE*2 CODE …`.

    >>> list(key_parts("KLP7310 TVN6010Q*2"))
    [('KLP7310', 1), ('TVN6010Q', 2)]
    """
    for word in text.split():
        code, _, count = word.partition("*")
        yield code, int(count or 1)


def with_designators(counts: Mapping[str, int], parts: Mapping[str, Part], rng: Random) -> list[Use]:
    """Give every part its places on the board, numbered without gaps per kind of part."""
    places: dict[str, list[str]] = {}
    for code, count in counts.items():
        places.setdefault(_prefix(parts[code].role), []).extend([code] * count)
    named: dict[str, list[str]] = {code: [] for code in counts}
    for prefix, codes in places.items():
        rng.shuffle(codes)
        for number, code in enumerate(codes, start=1):
            named[code].append(f"{prefix}{number}")
    return [Use(code, Decimal(count), ", ".join(named[code])) for code, count in counts.items()]


def _prefix(role: str) -> str:
    return next(prefix for start, prefix in PREFIXES if role == start or role.startswith(start + "."))


def transformer(platform: Platform) -> list[Use]:
    """List the transformer's core, bobbin, wires and tapes; a stronger one takes more of each."""
    watts = Decimal(max(platform.watts, 10))
    thick = (
        "0.20" if platform.watts < 25 else "0.25" if platform.watts < 50 else "0.35" if platform.watts < 90 else "0.50"
    )
    insulated = {"0.20": "0.30", "0.25": "0.40", "0.35": "0.60", "0.50": "0.80"}[thick]
    return [
        Use(f"MC-{platform.core}-P95"),
        Use(f"BB-{platform.core}"),
        Use(f"EW-2UEW-{thick}", (watts * Decimal("0.00011") + Decimal("0.002")).quantize(Decimal("0.0001"))),
        Use("EW-2UEW-0.15", Decimal("0.0006")),
        Use(f"TW-TEX-{insulated}", (watts / 80 + Decimal("0.9")).quantize(Decimal("0.01"))),
        Use(
            "MT-PET-10" if platform.watts < 40 else "MT-PET-16",
            (watts / 200 + Decimal("0.40")).quantize(Decimal("0.01")),
        ),
        Use("CT-CU-8", Decimal("0.06")),
        Use("VN-DIP-155", Decimal("0.0006"), consumable=True),
    ]


def harness(platform: Platform) -> list[Use]:
    """List the wire harness: crimp housings, terminals and two colours of wire."""
    terminal, wires, gauge = CRIMPS[platform.harness]
    style = "UL1015" if gauge == "18" else "UL1007"
    length = Decimal("0.12") * wires / 2
    return [
        Use(platform.harness),
        Use(terminal, Decimal(wires)),
        Use(f"{style}-{gauge}-RD", length),
        Use(f"{style}-{gauge}-BK", length),
        Use("SW-SAC305-0.8", Decimal("0.0003"), consumable=True),
    ]


def through_hole_board(platform: Platform, catalogue: Catalogue, rng: Random) -> list[Use]:
    """List the finished board: SMT board, transformer, through-hole parts, heat sink."""
    uses = [Use(f"SM-{platform.code}")]
    if platform.core:
        uses.append(Use(f"TX-{platform.code}", designators="T1"))
    uses += with_designators(dict(key_parts(platform.dip)), catalogue.parts, rng)
    if platform.family in POWER:
        sink = "HK-AL-23X15" if platform.watts < 45 else "HK-AL-35X20" if platform.watts < 90 else "HK-AL-50X25"
        uses.append(Use(sink, ONE if platform.watts < 100 else Decimal(2)))
        if platform.watts >= 60:
            uses.append(Use("SC-PM3X8", Decimal(2)))
        uses.append(Use("LB-HIPOT"))
    elif platform.watts == 0 and platform.code.startswith("BM016"):
        uses += [Use("HK-AL-80X40"), Use("SC-PM3X8", Decimal(6))]
    return [
        *uses,
        Use("SB-SAC0307", Decimal("0.0014"), consumable=True),
        Use("FX-NC-800", Decimal("0.0009"), consumable=True),
        Use("GL-RTV-738W", Decimal("1.6"), consumable=True),
    ]


def main_assembly(product: Product) -> list[Use]:
    """List the main assembly: board, mouldings, and what the family needs besides."""
    platform, colour = product.platform, product.colour
    uses = [Use(f"PA-{platform.code}")] if platform.smt else []
    if platform.harness:
        uses.append(Use(f"WH-{platform.code}"))
    uses += [Use(f"HS-{platform.code}-T-{colour}"), Use(f"HS-{platform.code}-B-{colour}")]
    return uses + {"charger": _charger, "adapter": _adapter, "strip": _strip, "hub": _hub, "led": _led}[
        platform.family
    ](product)


def _pins(product: Product) -> list[Use]:
    return [
        Use({"CN": "AP-CN-2P", "EU": "AP-EU-2P", "US": "AP-US-2P", "UK": "AP-UK-3P", "JP": "AP-JP-2P"}[product.market])
    ]


def _charger(product: Product) -> list[Use]:
    watts = product.platform.watts
    uses = [] if product.platform.code == "GC120D" else _pins(product)
    uses += [Use("HK-CU-40X30" if watts < 65 else "HK-CU-60X35", ONE if watts < 100 else Decimal(2))]
    uses += [Use("TP-1.0-20X20" if watts < 45 else "TP-1.5-40X30" if watts < 100 else "TP-2.0-60X35", Decimal(2))]
    return [*uses, Use("IS-PC-0.4A"), Use("GL-EPOXY-AB", Decimal("0.8"), consumable=True)]


def _adapter(product: Product) -> list[Use]:
    platform = product.platform
    uses = [] if platform.code in DC_CABLES else _pins(product)
    if platform.code in DC_CABLES or platform.harness:
        uses.append(Use(DC_CABLES.get(platform.code, "DCW-5521-1.5")))
    return [
        *uses,
        Use("IS-PC-0.4B"),
        Use("SC-PT2.6X8", Decimal(2)),
        Use("GL-RTV-738W", Decimal("1.2"), consumable=True),
    ]


def _strip(product: Product) -> list[Use]:
    platform = product.platform
    ways = 12 if platform.code == "PST12U" else int(platform.code[2:4])
    cord = STRIP_CORDS.get(platform.code + product.market) or STRIP_CORDS[product.market]
    return [
        Use(cord),
        Use(f"CB-BAR-{ways}"),
        Use("SD-GATE-3P", Decimal(ways)),
        *(Use(code, Decimal(count)) for code, count in key_parts(" ".join(platform.fixed_parts))),
        Use("SC-PT3.0X16", Decimal(6)),
        Use("UL1015-16-BU", Decimal("0.25")),
        Use("UL1015-16-YE", Decimal("0.25")),
        Use("SW-SAC305-0.8", Decimal("0.0012"), consumable=True),
    ]


def _hub(product: Product) -> list[Use]:
    code = product.platform.code
    tail = (
        [] if code == "HB130K" else [Use("HBT-5G-0.15" if code in ("HB040A", "HB050C", "HB060R") else "HBT-10G-0.15")]
    )
    return [*tail, Use("TP-1.5-40X30"), Use("SC-PT2.0X6", Decimal(4)), Use("IS-PC-0.4A")]


def _led(product: Product) -> list[Use]:
    outdoor = product.colour == "S"
    potting = [Use("GL-POT-1.5W", Decimal(product.platform.watts) * Decimal("0.0015"))] if outdoor else []
    return [
        Use("LDW-3X0.75-0.3"),
        Use("LDW-2X0.75-0.3"),
        *potting,
        Use("IS-PC-0.4B"),
        Use("SC-PT3.0X10", Decimal(2 if not outdoor else 4)),
    ]


def packing_kit(product: Product, box_parts: Sequence[str]) -> list[Use]:
    """List what goes into the retail box. The kit is a phantom: it is picked part by part."""
    card = "PR-WARRANTY-CN" if product.market == "CN" else "PR-WARRANTY-EN"
    bag = {
        "charger": "PB-PE-8X12",
        "adapter": "PB-PE-12X18",
        "strip": "PB-PE-20X40",
        "hub": "PB-PE-12X18",
        "led": "PB-PE-12X18",
    }
    return [*(Use(code) for code in box_parts), Use(bag[product.platform.family]), Use(card)]


def finished(product: Product) -> list[Use]:
    """List the finished product: assembly (or board), labels, packing."""
    platform = product.platform
    bare = platform.family in ("bms", "controller")
    uses = [
        Use(f"PA-{platform.code}" if bare else f"MA-{product.code[3:]}"),
        Use(f"LB-{product.code[3:]}"),
        Use("LB-SN-40X10"),
        Use("LB-QC-PASS"),
    ]
    if bare:
        uses += [
            Use("PB-ESD-15X20"),
            Use("PB-BUBBLE-15"),
            Use("DS-SILICA-5G"),
            Use("LB-ESD-15"),
            Use("EP-EVA-20", Decimal("0.05")),
        ]
        uses += [Use("CC-ACR-1B", Decimal("0.004"), consumable=True)]
    else:
        uses.append(Use(f"PK-{product.code[3:]}"))
    uses += _in_the_box(product)
    carton, count = CARTON_OF[platform.family]
    share = ONE / count
    return [
        *uses,
        Use(carton, share),
        Use("LB-CTN-100X70", share),
        Use("PT-CLEAR-60", Decimal("0.025") * share, consumable=True),
    ]


def _in_the_box(product: Product) -> list[Use]:
    code = product.platform.code
    uses = [Use(CORD_CODES[BOXED_CORDS[code], product.market])] if code in BOXED_CORDS else []
    if product.code == "FG-HB050C-GL-S":
        return [*uses, Use("CS-C201-CABLE-1.0")]
    return [*uses, Use(BOXED_CABLES[code])] if code in BOXED_CABLES else uses


def scrap_percent(part: Part | None) -> Decimal:
    """Return what production loses of a part; assemblies are repaired, not scrapped."""
    return Decimal(rule_of(part.role).scrap) if part else Decimal(0)
