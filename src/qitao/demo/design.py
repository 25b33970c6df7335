"""Everything the factory knows about its items: bought parts, BOMs, rolled-up costs, substitutes, conversions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from qitao.demo import recipes
from qitao.demo.mechanics import own_parts, shared_parts, superseded_parts
from qitao.demo.parts import Part
from qitao.demo.passives import passives
from qitao.demo.products import PLATFORMS, Platform, Product, products
from qitao.demo.recipes import Catalogue, Use, scrap_percent
from qitao.demo.semiconductors import semiconductors
from qitao.exchange.dataset import Bom, BomLine

MONEY = Decimal("0.0001")

STAGE_NAMES = {
    "SM": ("贴片板", "SMT board"),
    "PA": ("主板 PCBA", "board assembly"),
    "TX": ("变压器", "transformer"),
    "WH": ("线束", "wire harness"),
    "MA": ("整机", "main assembly"),
    "PK": ("包材套件", "packing kit"),
    "FG": ("", ""),
}

STAGE_WORK = {
    # stage: labour and overhead per piece and per component line, hours on the line per 1,000 pieces, lead days
    "SM": ("0.30", "0.022", "2.4", 2),
    "PA": ("0.75", "0.070", "3.6", 3),
    "TX": ("0.85", "0.020", "3.0", 3),
    "WH": ("0.12", "0.020", "1.6", 2),
    "MA": ("1.40", "0.080", "4.2", 3),
    "FG": ("0.60", "0.030", "1.8", 2),
    "PK": ("0", "0", "0", 0),
}


OPERATIONS = {"SM": "贴片", "PA": "插件", "TX": "绕线", "WH": "压接", "MA": "组装", "PK": "", "FG": "包装"}


@dataclass(frozen=True, slots=True)
class Made:
    """An item the factory makes (or, as a phantom, only groups)."""

    code: str
    stage: str
    platform: Platform
    name: str
    name_en: str
    spec: str
    uses: tuple[Use, ...]
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class Design:
    """All items with what they are made of. `made` is in order: components before the items that use them."""

    parts: Mapping[str, Part]
    made: Mapping[str, Made]
    products: tuple[Product, ...]
    costs: Mapping[str, Decimal] = field(default_factory=dict)

    def components(self, code: str) -> Iterator[tuple[str, Decimal, bool]]:
        """Yield (component, quantity with scrap allowance, consumable) per one, looking through phantoms."""
        for use in self.made[code].uses:
            if use.component in self.made and self.made[use.component].stage == "PK":
                for component, quantity, consumable in self.components(use.component):
                    yield component, quantity * use.quantity, consumable
            else:
                scrap = scrap_percent(self.parts.get(use.component))
                yield use.component, use.quantity * (1 + scrap / 100), use.consumable


def design(seed: int) -> Design:
    """Draw up the factory's products from the seed."""
    parts = {
        part.code: part
        for source in (passives, semiconductors, shared_parts, own_parts, superseded_parts)
        for part in source()
    }
    catalogue = Catalogue.of(parts, Random(f"{seed}:palettes"))
    made: dict[str, Made] = {}
    for platform in PLATFORMS:
        if platform.smt:
            for item in _boards(platform, catalogue, Random(f"{seed}:{platform.code}")):
                made[item.code] = item
    for product in products():
        for item in _goods(product, parts):
            made[item.code] = item
    return Design(parts, made, tuple(products()), _rolled_up(parts, made))


def _made(stage: str, platform: Platform, uses: list[Use], product: Product | None = None) -> Made:
    suffix = product.code[3:] if product else platform.code
    title, title_en = STAGE_NAMES[stage]
    base, base_en = (product.name, product.name_en) if product else (platform.name, platform.name_en)
    return Made(
        code=f"{stage}-{suffix}",
        stage=stage,
        platform=platform,
        name=f"{base} {title}".strip(),
        name_en=f"{base_en} {title_en}".strip(),
        spec=f"{platform.watts}W" if platform.watts else "",
        uses=tuple(uses),
        product=product,
    )


def _boards(platform: Platform, catalogue: Catalogue, rng: Random) -> Iterator[Made]:
    yield _made("SM", platform, recipes.smt_board(platform, catalogue, rng))
    if platform.core:
        yield _made("TX", platform, recipes.transformer(platform))
    if platform.harness:
        yield _made("WH", platform, recipes.harness(platform))
    yield _made("PA", platform, recipes.through_hole_board(platform, catalogue, rng))


def _goods(product: Product, parts: Mapping[str, Part]) -> Iterator[Made]:
    platform = product.platform
    if platform.family not in ("bms", "controller"):
        language = "CN" if product.market == "CN" else "ML"
        box = (f"CBX-{product.code[3:]}", f"MAN-{platform.code}-{language}", f"TRY-{platform.code}")
        assert all(code in parts for code in box)
        yield _made("MA", platform, recipes.main_assembly(product), product)
        yield _made("PK", platform, recipes.packing_kit(product, box), product)
    yield _made("FG", platform, recipes.finished(product), product)


def _rolled_up(parts: Mapping[str, Part], made: Mapping[str, Made]) -> dict[str, Decimal]:
    """Add up every item's cost from its components (scrap and consumables included) and the work on it."""
    costs = {part.code: part.cost for part in parts.values()}
    for item in made.values():
        per_piece, per_line, _, _ = STAGE_WORK[item.stage]
        material = sum(
            (
                costs[use.component] * use.quantity * (1 + scrap_percent(parts.get(use.component)) / 100)
                for use in item.uses
            ),
            Decimal(0),
        )
        costs[item.code] = (material + Decimal(per_piece) + Decimal(per_line) * len(item.uses)).quantize(MONEY)
    return costs


def boms(plan: Design) -> tuple[list[Bom], list[BomLine]]:
    """Write the designs as BOMs and their lines."""
    heads, lines = [], []
    for item in plan.made.values():
        heads.append(Bom(parent=item.code, note="" if item.stage != "PK" else "虚拟件，领料时展开"))
        lines += [
            BomLine(
                parent=item.code,
                component=use.component,
                quantity=use.quantity,
                scrap_percent=scrap_percent(plan.parts.get(use.component)),
                operation=OPERATIONS[item.stage],
                designators=use.designators,
                consumable=use.consumable,
            )
            for use in item.uses
        ]
    return heads, lines
