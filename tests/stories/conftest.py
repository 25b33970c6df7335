"""Journeys in a real browser: people and a plant as the screens' tests have them."""

from tests.screens.conftest import arrive, looked_at, plant

__all__ = ["arrive", "looked_at", "plant"]
