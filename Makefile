# Fang'an: `make run` on a fresh machine sets everything up and runs October 2022.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
MONTH ?= 2022-10
PORT ?= 3000
# sqlfluff compiles the models; what it writes stays out of the tree
SQLFLUFF := FANGAN_WAREHOUSE=:memory: DBT_TARGET_PATH=$(CURDIR)/var/lint DBT_LOG_PATH=$(CURDIR)/var/lint $(BIN)/sqlfluff
export PYTHONUTF8 := 1
# where a machine says not to keep bytecode, each process compiles the project anew: 0.3 s of CPU
export PYTHONDONTWRITEBYTECODE :=
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

.PHONY: help setup spark-setup spark-test run demo test test-slow test-office half-year two-years bench bench-growth bench-scale bench-matching bench-lookup mutations dev docs site screenshots lint lint-types lint-sql lint-style format

help: ## show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: .venv/installed ## create .venv from the lock file (done by every other target)

# uv installs the lock file in a quarter of pip's time. It comes from the lock file too, and is given
# pip's index, which it would not read by itself.
.venv/installed: requirements.lock pyproject.toml
	@echo "Setting up .venv (once; a minute or so) …"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.11 to 3.13 is needed; choose one with: make PYTHON=python3.12 run"; exit 2; }
	@$(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true)}}; \
		if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all: \
			--compile-bytecode -r requirements.lock && \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

spark-setup: .venv-spark/installed ## create .venv-spark with dbt on Apache Spark (half a gigabyte; needs Java 17)

# pyspark comes as source: its wheel is built with the locked setuptools
.venv-spark/installed: requirements-spark.lock | setup
	@command -v java >/dev/null || [ -n "$$JAVA_HOME" ] \
		|| { echo "Java is needed: apt-get install openjdk-17-jre-headless"; exit 2; }
	@echo "Setting up .venv-spark (once; half a gigabyte) …"
	@$(BIN)/python -m venv .venv-spark
	@index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true)}}; \
		if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
		sed -n '/^setuptools==/,/[^\\]$$/p' requirements-spark.lock > .venv-spark/setuptools.txt && \
		$(BIN)/uv pip install --quiet --python .venv-spark/bin/python --require-hashes -r .venv-spark/setuptools.txt && \
		$(BIN)/uv pip install --quiet --python .venv-spark/bin/python --require-hashes \
			--no-build-isolation-package pyspark --compile-bytecode -r requirements-spark.lock
	@touch $@

spark-test: spark-setup ## build the models on a Spark cluster of this machine and compare with DuckDB
	@$(BIN)/python -m pytest -n 0 -q -rs -m "spark_cluster or not slow" tests/engines

run: setup ## run October 2022 (or MONTH=2022-11) and print the table
	@$(BIN)/fangan month $(MONTH)

demo: setup ## make a simulated home in var/demo to try every command in
	@$(BIN)/fangan demo

test: setup ## run all tests but the slow ones, and say which were skipped and why
	@$(BIN)/python -m pytest -rs

test-slow: setup ## run the slow ones: the whole simulated city with planted faults
	@$(BIN)/python -m pytest -n 0 -m slow

test-office: setup ## open the bulletin's files in LibreOffice (skipped with a message without it)
	@$(BIN)/python -m pytest -n 0 -rs -m office

half-year: setup ## let a bureau's services live through half a year, killed again and again (half an hour)
	@FANGAN_HALF_YEAR_SEED=$${SEED:-20} $(BIN)/python -m pytest -n 0 -s -m slow tests/reliability/test_services.py

two-years: setup ## run 24 months of the whole simulated city; every identity of the marts holds
	@FANGAN_TWO_YEARS_MONTHS=24 FANGAN_TWO_YEARS_SCALE=$${FANGAN_TWO_YEARS_SCALE:-1} $(BIN)/python -m pytest -n 0 -q tests/month/test_two_years.py

bench: setup ## measure a whole simulated city beside the floor (about ten minutes)
	@$(BIN)/python tests/benchmarks/bench.py $(BENCH)

bench-growth: setup ## run 24 months in one home: CPU of a month and MiB by folder (about half an hour)
	@$(BIN)/python tests/benchmarks/growth.py $(BENCH)

bench-scale: setup ## months of 0.25 to 10 cities, by executor and engine (about an hour)
	@PYTHONPATH=tests $(BIN)/python tests/benchmarks/scale.py $(BENCH)

bench-matching: setup ## match 1.85 million codes with as many door plates (about ten minutes)
	@$(BIN)/python tests/benchmarks/matching.py $(BENCH)

bench-lookup: setup ## look buildings up among 1.85 million codes, 200 a second (about three minutes)
	@$(BIN)/python tests/benchmarks/lookup.py $(BENCH)

mutations: setup ## read 20,000 damaged files (about six minutes), hits per class printed
	@FANGAN_MUTATIONS=$${FANGAN_MUTATIONS:-20000} $(BIN)/python -m pytest -n 0 -s -q tests/ingest/test_mutations.py

dev: setup ## start Dagster's webserver and daemon on 127.0.0.1:3000 (or PORT=3001)
	@$(BIN)/fangan dev --port $(PORT)

docs: setup ## write the pages made from the code: reference, metrics, glossary, architecture
	@$(BIN)/python -m orchestration.reference.metrics
	@$(BIN)/python -m orchestration.reference.glossary
	@$(BIN)/python -m orchestration.handbook
	@$(BIN)/python docs/architecture.py

site: setup ## build docs/ as a site that opens without a network: var/site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

screenshots: run demo ## take the README's pictures again (Debian: chromium, libreoffice-calc, poppler-utils)
	@$(BIN)/python docs/screenshots.py

lint: setup ## check style, types, SQL and layers
	@$(MAKE) --no-print-directory -j 2 lint-types lint-sql lint-style

lint-types: setup
	@$(BIN)/mypy

lint-sql: setup
	@$(SQLFLUFF) lint --disable-progress-bar --processes 0 dbt_project/models dbt_project/tests
	@$(SQLFLUFF) lint --disable-progress-bar --templater raw expectations/sql

lint-style: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

format: setup ## rewrite Python and SQL in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(SQLFLUFF) fix --disable-progress-bar dbt_project/models dbt_project/tests
	@$(SQLFLUFF) fix --disable-progress-bar --templater raw expectations/sql
