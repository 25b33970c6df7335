"""The planning core: columns in, columns out. Knows no database and no web.

A plant comes from a folder of CSV files (`Plant.from_folder`) or row by row (`PlantBuilder`);
`qitao.engine.clear_to_build` answers for all its orders. Importing this package loads no compiler.
"""

from qitao.engine.plant import NEVER, Fault, ItemKind, OrderKind, Plant, PlantRefused, SupplyKind
from qitao.engine.plant_builder import PlantBuilder

__all__ = ["NEVER", "Fault", "ItemKind", "OrderKind", "Plant", "PlantBuilder", "PlantRefused", "SupplyKind"]
