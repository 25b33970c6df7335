"""Run the benchmarks: `python -m benchmarks [NAME …]`, all of them without names. Exit code 1: a goal is missed."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

import benchmarks


def names() -> list[str]:
    """Return the benchmark modules: those with a `run` of their own."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name for name in found if name != "__main__" and hasattr(_module(name), "run"))


def _module(name: str) -> object:
    return importlib.import_module(f"benchmarks.{name}")


def main() -> int:
    """Run the chosen benchmarks, one after another."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*names(), []], help="which to run (all)")
    chosen = parser.parse_args().name or names()
    met = True
    for name in chosen:
        print(f"== {name}")
        met = bool(_module(name).run()) and met  # type: ignore[attr-defined]
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
