# make run: the app.  make test: checks and all tests.  Both make .venv first, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests that count what a server does in a time: one after the other, each has the machine to
# itself. The others run side by side, a browser's each with a server of its own, and each process
# with one thread: threads that wait for each other are slow.
SIDE_BY_SIDE := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: run test check benchmark screenshot abuse audit clean

run: $(READY)
	@echo "Serving on http://localhost:8501 (Ctrl+C stops it)"
	$(BIN)/streamlit run app.py

test: $(READY) check
	$(SIDE_BY_SIDE) --ignore=tests/browser --ignore=tests/load
	$(SIDE_BY_SIDE) tests/browser
	$(BIN)/python -m pytest tests/load

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

benchmark: $(READY)
	$(BIN)/pip install --quiet --no-deps -r tests/benchmarks/requirements.txt
	$(BIN)/python -m tests.benchmarks

screenshot: $(READY)
	$(BIN)/python -m tests.browser.screenshot

abuse: $(READY)
	$(BIN)/python -m tests.abuse.pictures --corpus sdist

# Known faults of everything that is installed; what cannot be looked up is an error too.
audit: $(READY)
	$(PYTHON) -m venv .audit
	.audit/bin/pip install --quiet pip-audit
	.audit/bin/pip-audit --strict --path $(wildcard $(VENV)/lib/python*/site-packages)

$(READY): requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/pip install -r requirements.txt
	touch $(READY)

clean:
	rm -rf $(VENV) .audit
