"""The examples in the engine's docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import qitao.engine

MODULES = [module.name for module in pkgutil.iter_modules(qitao.engine.__path__, "qitao.engine.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    compiled = [value.py_func for value in vars(module).values() if hasattr(value, "py_func")]
    tests = doctest.DocTestFinder().find(module)
    for function in compiled:
        if function.__module__ == name:
            tests += doctest.DocTestFinder().find(function, globs=vars(module))
    runner = doctest.DocTestRunner()
    for test in tests:
        runner.run(test)
    assert runner.failures == 0


def test_there_are_examples() -> None:
    modules = [importlib.import_module(name) for name in MODULES]
    assert sum(bool(test.examples) for module in modules for test in doctest.DocTestFinder().find(module)) >= 6
