"""The planning core: columns in, columns out. Knows no database and no web.

>>> from qitao.engine import Plant, clear_to_build       # doctest: +SKIP
>>> kits = clear_to_build(Plant.from_folder("my-plant"))  # doctest: +SKIP
"""

from qitao.engine.plant import NEVER, OrderKind, Plant, PlantRefused, SupplyKind

__all__ = ["NEVER", "OrderKind", "Plant", "PlantRefused", "SupplyKind"]
