# Everything that is needed is set up on the way; a second run finds it done and goes straight on.

PYTHON ?= python3
SET_UP := $(PYTHON) .ci/set_up.py
WORKERS ?= 2

help:
	@echo "make draw [FILE=drawing.svg]   open the canvas"
	@echo "make test [WORKERS=2]          lint, type-check and run every test"
	@echo "make lint                      ruff and mypy alone"
	@echo "make models [MAGENTA=DIR]      remake the default model and datasets/, from data to folder (hours)"
	@echo "make bench                     measure, and write docs/benchmarks.md"

draw:
	@$(SET_UP) draw
	@$(PYTHON) -m gui.virtual_screen .venv/bin/python -m gui $(if $(FILE),"$(FILE)")

test: lint
	.venv/bin/python -m pytest -n $(WORKERS) --dist loadfile

lint:
	@$(SET_UP) test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

bench:
	@$(SET_UP) test
	@.venv/bin/python benchmarks/_all.py

models:
	@$(SET_UP) test
	.venv/bin/python saved_models/remake.py quickdraw $(if $(MAGENTA),--magenta "$(MAGENTA)")
	.venv/bin/python datasets/remake.py

.PHONY: help draw test lint bench models
