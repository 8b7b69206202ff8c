# make run     start everything: http://127.0.0.1:8000 (PORT= chooses another port)
# make demo    fill the database with an invented programme (SIZE= applications, SEED=)
# make test    lint, types and every test
# make quick   the fast tests alone (ARGS= goes to pytest)
# make lint    lint and types
# make bench   each figure beside its yardstick from the same run (SIZE= applications, 10,000 unless told)
# make prove   the races and kills at full size, which may take hours (ROUNDS= of each race, 50 unless told)

PYTHON ?= python3
SEED ?= 1204
export PORT

.PHONY: run demo test quick lint bench prove
.SILENT:

run:
	$(PYTHON) -I launchpad/install.py requirements.txt
	exec .venv/bin/python -m launchpad.start --stop-with-parent

demo:
	$(PYTHON) -I launchpad/install.py requirements.txt
	.venv/bin/python -m launchpad.demo --size $(or $(SIZE),1000) --seed $(SEED)

test: lint
	.venv/bin/python -m launchpad.assets
	.venv/bin/python -m pytest $(ARGS)

quick:
	$(PYTHON) -I launchpad/install.py requirements-dev.txt
	.venv/bin/python -m pytest -m "not slow" $(ARGS)

lint:
	$(PYTHON) -I launchpad/install.py requirements-dev.txt
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy

bench:
	$(PYTHON) -I launchpad/install.py requirements.txt
	.venv/bin/python -m launchpad.assets
	.venv/bin/python -m bench --size $(or $(SIZE),10000) $(ARGS)

prove:
	$(PYTHON) -I launchpad/install.py requirements-dev.txt
	PROVE=1 ROUNDS=$(or $(ROUNDS),50) .venv/bin/python -m pytest -m proves $(ARGS)
