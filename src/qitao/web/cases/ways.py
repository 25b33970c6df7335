"""The ways out of a case as cards: each with its sentence, its date against today's, its price, whom it harms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qitao.accounts.models import User
from qitao.production.models import Requirement, WorkOrder
from qitao.shortages import options
from qitao.shortages.models import OPEN_STATES, Case, OptionKind
from qitao.shortages.queries import impact
from qitao.web.cases.sentences import ICONS, sentence
from qitao.web.saying import Said


@dataclass(frozen=True, slots=True)
class Card:
    """One way out. `gain_days` against waiting: 0 none; None it gives a date where there was none."""

    option: options.Option
    text: str
    icon: str
    gain_days: int | None
    is_best: bool
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
        """Whether the work order gets its kit any earlier."""
        return self.gain_days is None or self.gain_days > 0

    @property
    def is_partial(self) -> bool:
        return self.option.kind == OptionKind.PARTIAL

    @property
    def part(self) -> Decimal:
        """How many of the order a partial build gives now."""
        return Decimal(self.option.parameters["quantity"])

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
    today_on: date | None  # the kit date if nothing is done
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
    def wait(self) -> Card | None:
        return next((card for card in self.cards if card.is_wait), None)


def choices_of(case: Case) -> list[Requirement]:
    """Return the requirements that a way out can be looked for: those reported or short, the first served first."""
    return [hit.requirement for hit in impact(case).work_orders if hit.requirement.open_quantity]


def ways_out(
    case: Case, user: User, *, requirement_id: int | None, today: date, refusal: Said | None = None
) -> WaysOut:
    """Return the ways out for one requirement of the case – the named one, or the first."""
    choices = choices_of(case)
    chosen = next((row for row in choices if row.pk == requirement_id), choices[0] if choices else None)
    found = options.compute(chosen, on=today) if chosen is not None else []
    today_on = next((option.kit_on for option in found if option.kind == OptionKind.WAIT), None)
    return WaysOut(
        case=case,
        choices=choices,
        chosen=chosen,
        cards=_cards(found, chosen, today_on) if chosen is not None else [],
        today_on=today_on,
        refusal=refusal,
        may_decide=user.may("shortages.decide") and case.status in OPEN_STATES,
        see_cost=user.may("cost.view"),
    )


def _cards(found: list[options.Option], requirement: Requirement, today_on: date | None) -> list[Card]:
    """Return the cards: what helps the whole order first, then what helps a part of it, then the rest."""
    order = requirement.work_order
    gains = {option.key: _gain(option.kit_on, today_on) for option in found}
    ranked = sorted(found, key=lambda option: _merit(option, gains[option.key]))
    cards = []
    for option in ranked:
        gain = gains[option.key]
        text = sentence(
            option.kind, option.parameters, item=requirement.item, product=order.item, work_order=order.code
        )
        is_best = option is ranked[0] and _merit(option, gain) < NOTHING_GAINED
        cards.append(Card(option, text, ICONS[option.kind], gain, is_best, order))
    return cards


NOTHING_GAINED = 2


def _merit(option: options.Option, gain: int | None) -> int:
    """Return 0 for what brings the whole kit earlier, 1 for a part of it, 2 for what brings nothing, 3 for waiting."""
    if option.kind == OptionKind.WAIT:
        return 3
    if gain == 0 or (gain is not None and gain < 0):
        return NOTHING_GAINED
    return 1 if option.kind == OptionKind.PARTIAL else 0


def _gain(kit_on: date | None, today_on: date | None) -> int | None:
    """Return by how many days a kit date is better than today's; None where there was none and now is."""
    if kit_on is None:
        return 0
    return None if today_on is None else (today_on - kit_on).days
