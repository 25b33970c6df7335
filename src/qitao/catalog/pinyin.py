"""The initials by which Chinese names are typed and found: 白色硅胶管 → bsgjg."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

LONGEST = 200


def initials(name: str) -> str:
    """Return the pinyin initials of `name`, other letters and digits as they are, in lower case, without blanks.

    >>> initials("标签 A4")
    'bqa4'
    """
    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return "".join(letter for letter in letters if letter.isalnum())[:LONGEST]
