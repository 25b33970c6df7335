"""The end of the chain of seals at some time, as people and files note it: NUMBER:HASH."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal and the hash that it carried when it was noted."""

    seal: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seal}:{self.hash}"


def parse(text: str) -> Anchor:
    """Read an anchor as `qitao verify` prints it, NUMBER:HASH; raises ValueError."""
    number, _, digest = text.strip().partition(":")
    if not (number.isascii() and number.isdecimal() and len(digest) == 64 and bytes.fromhex(digest)):
        raise ValueError(f"{text!r} is no anchor; give one as `qitao verify` printed it, NUMBER:HASH")
    return Anchor(int(number), digest.lower())
