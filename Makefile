# Two commands matter: `make demo` and `make test`. Everything installs into .venv and nowhere else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DAY    ?= 60

.PHONY: demo test soak mutants check bench install install-dev clean

demo: install
	@$(BIN)/python main.py demo --day $(DAY)

# Without bytecode every worker would compile every test anew, which doubles the work of collecting them.
test: install-dev
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest

# The long runs, and what scales at twenty times its usual size: about 35 minutes on two cores, never more than 45.
# The longest is among the flows, so they come first.
soak: install-dev
	@env -u PYTHONDONTWRITEBYTECODE PURSER_SOAK=20 timeout 2700 $(BIN)/python -m pytest tests/flows tests/faults tests/unit

# Switches off one guard at a time, in a copy, and expects its test to fail; `python -m tests.mutants --only exit` tries some.
mutants: install-dev
	@$(BIN)/python -m tests.mutants

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

bench: install-dev
	$(BIN)/python -m tests.bench

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

# Bytecode is compiled here because a first start without it takes three times as long.
$(VENV)/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Purser needs Python 3.11 or newer: make demo PYTHON=python3.12"; exit 1; }
	@echo "Installing into $(VENV); the first time this takes a minute or two."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib trading chatbot main.py || true
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Installing what the tests need."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
