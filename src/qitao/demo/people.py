"""The people of the demo factory. Their passwords are no secret: the sign-in page of a demo shows them."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "qitao-demo"  # noqa: S105 - meant to be known


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs in. `warehouses` are those the person works in, the home warehouse first; empty: all."""

    username: str
    name: str
    role: str
    does: str
    language: str = "zh-hans"
    warehouses: tuple[str, ...] = ()
    password: str = PASSWORD


PEOPLE: tuple[Person, ...] = (
    Person("picker", "周建华", "picker", "picks in the raw-material store", warehouses=("RM01", "LS-SMT", "LS-DIP")),
    Person("picker2", "罗美玲", "picker", "picks for assembly and packing", warehouses=("FG01", "LS-ASM")),
    Person("picker-hz", "黃志明", "picker", "runs the second plant's store", "zh-hant", ("HZ01",)),
    Person("leader", "谢伟", "line_leader", "leads the SMT and through-hole lines"),
    Person("leader2", "韦丽萍", "line_leader", "leads assembly and packing"),
    Person("planner", "林晓彤", "planner", "plans the main plant"),
    Person("buyer", "吳淑芬", "buyer", "chases and buys", "zh-hant"),
    Person("warehouse", "马国栋", "warehouse_manager", "answers for stock and its accuracy"),
    Person("manager", "Daniel Foster", "manager", "runs the plant", "en"),
    Person("admin", "覃海峰", "administrator", "keeps the system"),
)
