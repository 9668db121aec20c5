# Two commands do everything: `make report` and `make test`. Both set up .venv on first use and reuse it afterwards.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: help report test lint types current bench clean

help:
	@echo "make report   judge the catalogue and write reports/generated (sets up $(VENV) on first use)"
	@echo "make test     run the tests"
	@echo "make lint     ruff;  make types: pyright;  make current: are the committed pages what the code makes?"
	@echo "make bench    ratios of speed against stated baselines"

report: $(READY)
	@echo "judging the catalogue; the pages go to reports/generated"
	@$(BIN)/theorems report

test: $(READY)
	@echo "running the tests"
	@$(BIN)/python -m pytest

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/pyright

current: $(READY)
	@$(BIN)/theorems report --compare

bench: $(READY)
	@$(BIN)/python -m tests.benchmarks

$(READY): pyproject.toml constraints.txt
	@echo "setting up $(VENV): a virtual environment with the versions of constraints.txt"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $(READY)

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis
