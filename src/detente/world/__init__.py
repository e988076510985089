"""The front room: a store read as of a day, and the pairs in it.

Everything here only reads. A `World` holds one view of one provider's events; a `PairView` asks the rooms below for
measures, reasons and forecasts of one pair and returns polars frames (``.to_pandas()`` where pandas is wanted).
"""

from detente.world.opening import default_store_path, find_store
from detente.world.pair import PairView
from detente.world.world import World, open_world

__all__ = ["PairView", "World", "default_store_path", "find_store", "open_world"]
