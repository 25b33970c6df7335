"""What a bought part is, and what follows from its role: category, lead time, pack, moisture level, tracking."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """A bought part. `role` is what it does in a design, `pack` the pieces on a full reel, tray or carton."""

    code: str
    name: str
    name_en: str
    spec: str
    role: str
    cost: Decimal
    package: str = ""
    pack: int = 0
    unit: str = "pcs"
    owner: str = ""  # the customer who supplies it free of charge


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What every part of a role has in common; `lead` in calendar days."""

    category: str
    lead: int
    store: str  # the kind of rack it lies in: reel | tray | shelf | pallet | chem
    tracking: str = "none"
    msl: str = ""
    shelf_life: int | None = None
    scrap: str = "0"  # percent lost in production


ROLE_RULES: dict[str, RoleRule] = {
    # the longest prefix of the role wins
    "r": RoleRule("RES-CHIP", 21, "reel", scrap="0.5"),
    "r.shunt": RoleRule("RES-SENSE", 35, "reel", scrap="0.3"),
    "c": RoleRule("CAP-MLCC", 28, "reel", scrap="0.5"),
    "cap.bulk": RoleRule("ECAP-HV", 28, "tray", "lot", shelf_life=730, scrap="0.2"),
    "cap.low": RoleRule("ECAP-LV", 25, "tray", "lot", shelf_life=730, scrap="0.2"),
    "cap.polymer": RoleRule("ECAP-POLY", 35, "tray", "lot", scrap="0.2"),
    "cap": RoleRule("SAFE", 21, "tray"),
    "ind": RoleRule("IND-POWER", 24, "reel", scrap="0.2"),
    "ind.cm": RoleRule("IND-CM", 18, "tray"),
    "bead": RoleRule("IND-BEAD", 21, "reel", scrap="0.5"),
    "core": RoleRule("MAG-CORE", 21, "shelf", scrap="1"),
    "bobbin": RoleRule("MAG-BOBBIN", 14, "shelf", scrap="0.5"),
    "wire": RoleRule("MAG-WIRE", 10, "shelf", scrap="2"),
    "tape": RoleRule("MAG-WIRE", 7, "shelf", scrap="1"),
    "ic": RoleRule("IC-POWER", 70, "reel", "lot", "3", scrap="0.2"),
    "ic.mcu": RoleRule("IC-LOGIC", 84, "tray", "lot", "3", scrap="0.2"),
    "ic.hub": RoleRule("IC-LOGIC", 98, "tray", "lot", "3", scrap="0.2"),
    "ic.video": RoleRule("IC-LOGIC", 98, "tray", "lot", "3", scrap="0.2"),
    "ic.io": RoleRule("IC-LOGIC", 70, "tray", "lot", "3", scrap="0.2"),
    "ic.pd": RoleRule("IC-PROT", 77, "reel", "lot", "3", scrap="0.2"),
    "ic.afe": RoleRule("IC-LOGIC", 91, "tray", "lot", "3", scrap="0.2"),
    "ic.opto": RoleRule("IC-OPTO", 35, "reel", "lot", "1", scrap="0.2"),
    "fet": RoleRule("FET-MOS", 49, "reel", "lot", "1", scrap="0.2"),
    "bjt": RoleRule("FET-BJT", 28, "reel", scrap="0.3"),
    "d": RoleRule("DIO", 28, "reel", "none", "1", scrap="0.3"),
    "freq": RoleRule("FREQ", 28, "reel", scrap="0.3"),
    "prot": RoleRule("PROT", 21, "tray"),
    "conn": RoleRule("CONN", 25, "tray", scrap="0.2"),
    "pcb": RoleRule("PCB", 14, "shelf", "lot", "2", shelf_life=365, scrap="0.3"),
    "cable": RoleRule("CABLE", 12, "pallet"),
    "lead": RoleRule("WIRE", 9, "shelf", scrap="1.5"),
    "plas": RoleRule("PLAS", 10, "pallet", "lot", scrap="0.5"),
    "hw": RoleRule("HW", 12, "shelf", scrap="0.5"),
    "label": RoleRule("LABEL", 5, "shelf", scrap="1"),
    "print": RoleRule("PRINT", 6, "shelf", scrap="0.5"),
    "pack": RoleRule("PACK", 5, "pallet"),
    "chem": RoleRule("CHEM", 10, "chem", "lot", shelf_life=180),
}


def rule_of(role: str) -> RoleRule:
    """Find the rule of a role by its longest known prefix.

    >>> rule_of("ic.mcu").category, rule_of("ic.pwm").category
    ('IC-LOGIC', 'IC-POWER')
    """
    while role not in ROLE_RULES:
        role = role.rpartition(".")[0]
    return ROLE_RULES[role]
