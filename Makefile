# `make demo` shows Ferma with a demonstration company; `make run` starts it with an empty base.
# PORT=8001 and CUSTOMERS=20000 change the two numbers that matter. Everything is made in .venv, node_modules and var.

.PHONY: demo run test check format bench lock messages
.DEFAULT_GOAL := demo

ifdef PORT
export PORT
endif
ifdef CUSTOMERS
export CUSTOMERS
endif
# Each program that is started would compile all its modules anew.
unexport PYTHONDONTWRITEBYTECODE
PYTHON := .venv/bin/python
SETUP := @command -v python3 >/dev/null || { echo "Ferma needs Python 3.11 or newer: install python3."; exit 1; }; \
	python3 scripts/setup.py

demo:
	$(SETUP)
	@exec $(PYTHON) manage.py serve --demo

run:
	$(SETUP)
	@exec $(PYTHON) manage.py serve

# ARGS="tests/customers -k phone" picks tests.
test:
	$(SETUP) dev
	@$(PYTHON) -m pytest $(or $(ARGS),-n 3 --dist worksteal)

check:
	$(SETUP) dev
	@$(PYTHON) scripts/check.py

format:
	$(SETUP) dev
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format --quiet .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

bench:
	$(SETUP) dev
	@$(PYTHON) -m bench $(ARGS)

messages:
	$(SETUP) dev
	@$(PYTHON) manage.py messages

# Writes requirements/*.txt from requirements/*.in, and package-lock.json from package.json.
lock:
	$(SETUP) dev
	@for name in base dev node; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only --ignore-scripts
