"""The ways out of a case as cards: each with its sentence, its date against today's, its price, whom it harms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from qitao.accounts.models import User
from qitao.kernel.quantity import ZERO
from qitao.planning.models import SupplyKind
from qitao.production.models import Requirement, WorkOrder
from qitao.shortages import options
from qitao.shortages.models import OPEN_STATES, Case, OptionKind
from qitao.shortages.queries import impact
from qitao.web.cases.sentences import ICONS, sentence
from qitao.web.saying import Said


@dataclass(frozen=True, slots=True)
class Card:
    """One way out. `gain_days` against waiting: 0 none; None it gives a date where there was none.

    `is_counted_on`: the plan's date already rests on it, though nobody has done it yet.
    """

    option: options.Option
    text: str
    icon: str
    gain_days: int | None
    is_best: bool
    is_counted_on: bool
    order: WorkOrder

    @property
    def title(self) -> str:
        """What kind of way out it is."""
        return str(OptionKind(self.option.kind).label)

    @property
    def is_wait(self) -> bool:
        return self.option.kind == OptionKind.WAIT

    @property
    def helps_it(self) -> bool:
        """Whether the work order, or a part of it, gets its kit any earlier – or only so as the plan says."""
        return self.is_counted_on or self.is_partial or self.gain_days is None or self.gain_days > 0

    @property
    def is_partial(self) -> bool:
        return self.option.kind == OptionKind.PARTIAL

    @property
    def part(self) -> Decimal:
        """How many of the order a partial build gives now."""
        return Decimal(self.option.parameters["quantity"])

    @property
    def worth(self) -> Decimal | None:
        """What the goods of a purchase cost, of which `option.cost` is only what is more than usual."""
        worth = self.option.parameters.get("worth")
        return Decimal(worth) if worth else None

    @property
    def currency(self) -> str:
        """In which `worth` is."""
        return str(self.option.parameters.get("currency", ""))

    @property
    def anchor(self) -> str:
        """A name of it that can be an id."""
        return "".join(letter if letter.isalnum() else "-" for letter in self.option.key)


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The options panel: the requirements to choose from, the chosen one, its cards, the best first."""

    case: Case
    choices: list[Requirement]
    chosen: Requirement | None
    cards: list[Card]
    today_on: date | None  # the kit date as the plan has it
    lacks: bool  # whether the chosen requirement still lacks anything that nobody has taken for it
    decided: int  # how many decisions the case has by now
    refusal: Said | None
    may_decide: bool
    see_cost: bool

    @property
    def ways(self) -> list[Card]:
        """What brings (a part of) the kit earlier."""
        return [card for card in self.cards if not card.is_wait and card.helps_it]

    @property
    def idle(self) -> list[Card]:
        """What could be done but brings the kit no earlier."""
        return [card for card in self.cards if not card.is_wait and not card.helps_it]

    @property
    def rests_on_more(self) -> bool:
        """Whether the plan's date needs something that nobody has done yet."""
        return any(card.is_counted_on for card in self.cards)

    @property
    def wait(self) -> Card | None:
        return next((card for card in self.cards if card.is_wait), None)


def choices_of(case: Case) -> list[Requirement]:
    """Return the requirements that a way out can be looked for: those reported or short, the first served first."""
    return [hit.requirement for hit in impact(case).work_orders if hit.requirement.open_quantity]


def ways_out(
    case: Case, user: User, *, requirement_id: int | None, today: date, refusal: Said | None = None
) -> WaysOut:
    """Return the ways out for one requirement of the case – the named one, or the first."""
    decided, choices = case.decisions.count(), choices_of(case)
    chosen = next((row for row in choices if row.pk == requirement_id), choices[0] if choices else None)
    found = options.compute(chosen, on=today) if chosen is not None else []
    today_on = next((option.kit_on for option in found if option.kind == OptionKind.WAIT), None)
    return WaysOut(
        case=case,
        choices=choices,
        chosen=chosen,
        cards=_cards(found, chosen, today_on, today=today) if chosen is not None else [],
        today_on=today_on,
        lacks=chosen is not None and options.lacking(chosen, on=today) > 0,
        decided=decided,
        refusal=refusal,
        may_decide=user.may("shortages.decide") and case.status in OPEN_STATES,
        see_cost=user.may("cost.view"),
    )


def _cards(found: list[options.Option], requirement: Requirement, today_on: date | None, *, today: date) -> list[Card]:
    """Return the cards: what helps the whole order first, then what helps a part of it, then the rest."""
    order, counted_on = requirement.work_order, _counted_on(requirement, today)
    cards = []
    for option in found:
        text = sentence(
            option.kind, option.parameters, item=requirement.item, product=order.item, work_order=order.code
        )
        gain, counted = _gain(option.kit_on, today_on), _is_counted_on(option, counted_on)
        cards.append(Card(option, text, ICONS[option.kind], gain, False, counted, order))
    cards.sort(key=_merit)
    if cards and _merit(cards[0]) < NOTHING_GAINED:
        cards[0] = replace(cards[0], is_best=True)
    return cards


NOTHING_GAINED = 2


def _merit(card: Card) -> int:
    """Return 0 for what brings the whole kit earlier, 1 for a part of it, 2 for what brings nothing, 3 for waiting."""
    if card.is_wait:
        return 3
    if not card.helps_it:
        return NOTHING_GAINED
    return 1 if card.is_partial else 0


@dataclass(frozen=True, slots=True)
class CountedOn:
    """What the present plan covers a requirement from though nobody has decided it."""

    warehouses: set[int]
    items: set[int]
    other_bin: bool  # stock of its own warehouse that is neither on its pick list nor reserved for it


def _counted_on(requirement: Requirement, today: date) -> CountedOn:
    pegs = list(requirement.pegs.filter(kind=SupplyKind.STOCK).values_list("supply_id", "item", "quantity"))
    home, own = requirement.work_order.warehouse_id, requirement.item_id
    at_home = sum((quantity for place, item, quantity in pegs if (place, item) == (home, own)), ZERO)
    return CountedOn(
        warehouses={place for place, _item, _quantity in pegs if place != home},
        items={item for _place, item, _quantity in pegs if item != own},
        other_bin=at_home > requirement.open_quantity - options.lacking(requirement, on=today),
    )


def _is_counted_on(option: options.Option, counted_on: CountedOn) -> bool:
    """Tell whether the plan's date already rests on an option that nobody has carried out."""
    if option.kind == OptionKind.TRANSFER:
        return option.parameters["from_warehouse"] in counted_on.warehouses
    if option.kind == OptionKind.OTHER_BIN:
        return counted_on.other_bin
    return option.kind == OptionKind.SUBSTITUTE and option.parameters["substitute"] in counted_on.items


def _gain(kit_on: date | None, today_on: date | None) -> int | None:
    """Return by how many days a kit date is better than today's; None where there was none and now is."""
    if kit_on is None:
        return 0
    return None if today_on is None else (today_on - kit_on).days
