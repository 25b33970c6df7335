# Needs only make and Python 3.11 or newer; everything else is installed into .venv, locked by name, version and hash.
#
#   make demo     run Qitao with the demo factory           make check   lint, types, layers, translations
#   make test     every test, real database and browser     make bench   the speed goals
#   make mutants  plants bugs: do the tests bite?           make model    STEPS=200000: Qitao against its model
#   make storm    ROUNDS=1000: 64 who want five pieces
#   make lock     resolve the requirements anew             make wheel   build the package

SHELL := /bin/sh
.DEFAULT_GOAL := demo
.PHONY: demo test check lint layers types words migrations mutants model storm bench lock wheel assets translations browser clean

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
UV := UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy $(BIN)/uv
PYTEST_ARGS ?= -n 2 --dist loadfile

# What `make demo` installs is part of what the other targets install; once that is in .venv it stays there.
NEEDS_DEV := $(filter-out demo assets translations,$(or $(MAKECMDGOALS),demo)) $(wildcard .venv/.stamp-dev)
LOCKED := $(if $(strip $(NEEDS_DEV)),dev,demo)

demo: .venv/.stamp-$(LOCKED) assets translations
	@exec $(BIN)/qitao demo $(ARGS)

test: .venv/.stamp-dev assets translations browser
	env -u DJANGO_SETTINGS_MODULE -u DATABASE_URL $(BIN)/pytest $(PYTEST_ARGS) $(ARGS)

check: lint layers types words migrations

lint: .venv/.stamp-dev
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

layers: .venv/.stamp-dev
	$(BIN)/lint-imports --no-logo

types: .venv/.stamp-dev
	$(BIN)/mypy

words: .venv/.stamp-dev
	$(BIN)/python -m qitao.project.translations check

migrations: .venv/.stamp-dev
	$(BIN)/qitao django makemigrations --check --dry-run

mutants: .venv/.stamp-dev assets translations
	env -u DJANGO_SETTINGS_MODULE -u DATABASE_URL $(BIN)/python -m tests.mutants $(ARGS)

STEPS ?= 20000
model: .venv/.stamp-dev assets translations
	env -u DJANGO_SETTINGS_MODULE -u DATABASE_URL MODEL_STEPS=$(STEPS) $(BIN)/pytest -q -s tests/invariants/test_model.py $(ARGS)

ROUNDS ?= 1000
storm: .venv/.stamp-dev assets translations
	env -u DJANGO_SETTINGS_MODULE -u DATABASE_URL STORM_ROUNDS=$(ROUNDS) $(BIN)/pytest -q -s tests/invariants/test_storm.py $(ARGS)

bench: .venv/.stamp-dev
	$(BIN)/python -m benchmarks $(ARGS)

assets: .venv/.stamp-$(LOCKED)
	@$(BIN)/python tools/assets.py

translations: .venv/.stamp-$(LOCKED)
	@$(BIN)/python -m qitao.project.translations compile

browser:
	@sh tools/browser.sh

wheel: .venv/.stamp-dev
	$(UV) build --wheel --no-build-isolation --python $(BIN)/python

clean:
	rm -rf .venv build dist frontend/node_modules src/qitao/web/static/dist

# The environment: uv by pip, then exactly what is locked, then Qitao itself as an editable install.

.venv/.stamp-uv: requirements/bootstrap.txt
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

.venv/.stamp-%: .venv/.stamp-uv requirements/%.txt pyproject.toml
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements/$*.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

# Names, versions and hashes only: no address of any index is written down.

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: .venv/.stamp-uv
	$(COMPILE) --group bootstrap -o requirements/bootstrap.txt
	$(COMPILE) pyproject.toml --extra trial --group dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra trial --group build --constraint requirements/dev.txt -o requirements/demo.txt
	$(COMPILE) pyproject.toml --extra trial --constraint requirements/dev.txt -o requirements/trial.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt -o requirements/base.txt
