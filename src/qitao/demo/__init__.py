"""The demo factory: an electronics maker generated from a seed, with a story in tomorrow's shift.

`generate` is pure (no Django, no clock); `load` is the only module here that touches the database.
"""

from qitao.demo.factory import SEED, generate

__all__ = ["SEED", "generate"]
