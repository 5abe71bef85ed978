# Millrace's few commands. Each does the set-up it needs (scripts/setup, silent when nothing is missing).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PIPELINE ?= medallion
FOR ?= 60
FILTER ?=
SIZES ?= 1m 10m
RUNS ?= 3
export MILLRACE_BENCH ?= $(abspath ../shared/bench)
export PKG_CONFIG_PATH := $(CURDIR)/.deps/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

PYTHON := .deps/venv/bin/python
# Both kinds run even where the first one fails. FILTER names Swift tests, so it leaves the checkers' own out.
RUN_TESTS = status=0; swift test --skip-build $(if $(FILTER),--filter '$(FILTER)') || status=1; \
    $(if $(FILTER),:,$(PYTHON) -m unittest discover -s Tests/Oracle -p '*_tests.py') || status=1; exit $$status

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name text; do \
	    printf '  make %-10s %s\n' "$$name" "$$text"; done

.PHONY: build
build: ## the release program at bin/millrace
	@scripts/setup
	@$(MAKE) --no-print-directory program

# Copied, not linked: a program that is running keeps its file while the next one is built.
.PHONY: program
program:
	@swift build -c release --static-swift-stdlib --product millrace
	@mkdir -p bin
	@cmp -s .build/release/millrace bin/millrace || \
	    { cp .build/release/millrace bin/millrace.new && mv bin/millrace.new bin/millrace; }
	@scripts/link-libraries bin
	@ln -sfn ../.deps/bin/duckdb bin/duckdb
	@! ldd bin/millrace | grep 'not found' || { echo "bin/millrace lacks the libraries above" >&2; exit 1; }

.PHONY: demo
demo: build ## simulate a shop and watch a pipeline: PIPELINE=medallion FOR=60 (seconds; 0: until Ctrl-C)
	@scripts/setup $(if $(DATABASE_URL),,$(if $(filter csv-to-postgres sessions,$(PIPELINE)),--database))
	@bin/millrace demo $(PIPELINE) --for $(FOR)

.PHONY: test
test: test-build ## every fast test: FILTER=Name for some
	@$(RUN_TESTS)

.PHONY: test-full
test-full: test-build ## the slow suites too: kills, power loss, ten million events
	@export MILLRACE_FULL=1; $(RUN_TESTS)

.PHONY: test-build
test-build:
	@scripts/setup --tests
	@$(MAKE) --no-print-directory program
	@swift build --build-tests
	@scripts/link-libraries .build/debug

.PHONY: data
data: ## the benchmark's input files in .deps/data: SIZES="1m 10m"
	@scripts/setup --tests
	@Tests/Oracle/make_data.sh $(SIZES)

.PHONY: bench
bench: ## Millrace beside DuckDB and Spark on the same files, start-up, latency: SIZES="1m 10m" RUNS=3
	@scripts/setup --bench
	@$(MAKE) --no-print-directory program
	@Tests/Oracle/make_data.sh 1k 1m $(SIZES)
	@echo "## From the start of the process"
	@$(PYTHON) Benchmarks/startup.py
	@echo "## From a file's appearance, 5,000 events a second, the full pipeline"
	@$(PYTHON) Benchmarks/latency.py
	@echo "## The server: what idle queries cost, and how fast it answers"
	@$(PYTHON) Benchmarks/server.py
	@echo "## The embedded broker, through librdkafka"
	@$(PYTHON) Benchmarks/broker.py
	@echo "## Kafka → SQL → Kafka"
	@$(PYTHON) Benchmarks/kafka.py
	@echo "## The PostgreSQL sink beside psql, psycopg and asyncpg"
	@$(PYTHON) Benchmarks/postgres.py --runs $(RUNS)
	@echo "## The operators of the language, each alone"
	@$(PYTHON) Benchmarks/operators.py --runs $(RUNS)
	@echo "## Whole processes over the same files"
	@$(PYTHON) Benchmarks/run.py --sizes $(SIZES) --runs $(RUNS)

.PHONY: format
format: ## the sources as .swift-format says, in place
	@swift format --in-place --parallel --recursive Package.swift Sources Tests

.PHONY: lint
lint: ## what `make format` would change, and the tidy test
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests
	@$(MAKE) --no-print-directory test FILTER=TidyTests

.PHONY: clean
clean: ## removes what was built, not .deps
	@rm -rf .build bin
