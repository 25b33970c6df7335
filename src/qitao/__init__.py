"""Qitao (齐套): foresee, settle and prevent material shortages in a factory."""

__version__ = "0.1.0"
