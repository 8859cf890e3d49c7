# make run: the app.  make test: checks and the tests of minutes.  make test-all: every test.
# All make .venv first, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers
# Each process with one thread: threads that wait for each other are slow.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --durations=10
# A file's tests stay in one process, and so with one server; long files, the browser's, come first.
SIDE_BY_SIDE := $(PYTEST) --numprocesses auto --maxprocesses 4 --dist loadfile \
	--no-loadscope-reorder

.PHONY: run test quick test-peers test-all check benchmark screenshot abuse audit clean

run: $(READY)
	@echo "Serving on http://localhost:8501 (Ctrl+C stops it)"
	$(BIN)/streamlit run app.py

# Types are checked by one process: the tests need not wait for it.
test: $(READY)
	$(MAKE) --jobs=2 check quick

quick: $(READY)
	$(SIDE_BY_SIDE) -m "not slow"

# Our attacks against other libraries', value by value.
test-peers: $(PEERS)
	$(SIDE_BY_SIDE) --dist load tests/benchmarks/test_peers.py tests/benchmarks/test_attack_peers.py

# Those in tests/load count what a server does in a time: one after the other.
test-all: test test-peers
	@echo "The slow tests: half an hour on two processors that do nothing else."
	$(SIDE_BY_SIDE) -m slow --ignore=tests/load --ignore-glob="*_peers.py"
	$(PYTEST) -m slow tests/load

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/oxlint demo/web tests/scripts
	$(BIN)/deno check --quiet demo/web tests/scripts
	$(BIN)/mypy

benchmark: $(PEERS)
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

$(PEERS): $(READY) tests/benchmarks/requirements.txt
	$(BIN)/pip install --quiet --no-deps -r tests/benchmarks/requirements.txt
	touch $(PEERS)

clean:
	rm -rf $(VENV) .audit
