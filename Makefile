# `make` alone lists the targets. Settings come from the environment or the command line: make run API_PORT=8080

PYTHON3 ?= python3
PYTHON  := .venv/bin/python
DEVSTACK = $(PYTHON) -m devstack
GATEWAY = $(DEVSTACK) exec $(PYTHON) -m gateway_cli
BOOTSTRAP = $(PYTHON3) -I -S devstack/bootstrap.py
TEST_FOLDERS = conftest.py cli/tests core/tests devstack/tests $(wildcard services/*/tests) $(wildcard examples/*/tests) tests benchmarks web/server/tests
PAGES = $(PYTHON3) -I -S devstack/pages.py
REPORT = build/junit.xml

# Without its bytecode every process of the gateway compiles a thousand modules each time it starts.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: browser chart collect helm prometheus pages help run stop status migrate psql invariants test test-unit lint format types bench compose-test lock clean distclean dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the whole gateway; Ctrl-C ends it (DETACH=1 returns once it is healthy)
	@$(BOOTSTRAP) run
	@$(PAGES)
	@exec $(DEVSTACK) run $(if $(DETACH),--detach)

stop: ## stop the gateway that `make run` started
	@$(if $(wildcard $(PYTHON)),exec $(DEVSTACK) stop,echo "not running")

status: ## show its processes, pids, ports and health
	@$(if $(wildcard $(PYTHON)),exec $(DEVSTACK) status,echo "not running")

migrate: ## apply the migrations to the running database (or to DATABASE_URL)
	@$(BOOTSTRAP) run
	@exec $(GATEWAY) migrate

psql: ## open a SQL prompt on the running database (or on DATABASE_URL)
	@$(BOOTSTRAP) run
	@exec $(DEVSTACK) exec sh -c 'exec psql "$$DATABASE_URL"'

invariants: ## check that every inv_* view of the running database is empty
	@$(BOOTSTRAP) run
	@exec $(GATEWAY) invariants

test: dev ## run lint, types and every test: unit, integration, e2e, browser
	@$(MAKE) --no-print-directory -j 3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) lint pages types collect browser helm prometheus
	@mkdir -p build
	$(PYTHON) -m pytest -n 3 --no-loadscope-reorder --junitxml=$(REPORT)

compose-test: dev ## build, kill and scale the containers of docker-compose.yml (needs Docker)
	@mkdir -p build
	$(PYTHON) -m pytest -m compose tests/compose --junitxml=build/junit-compose.xml

test-unit: dev ## run the tests that need no servers or processes
	$(PYTHON) -m pytest -m "not integration and not e2e"

lint: dev ## run ruff, check the format and the import rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-logo

format: dev ## apply ruff's automatic fixes and format
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

types: dev ## run mypy --strict on the packages, then on each folder of tests
	$(PYTHON) -m mypy
	@set -e; for folder in $(wildcard $(TEST_FOLDERS)); do \
	  [ -z "$$(find $$folder -name '*.py' -print -quit)" ] || { echo "mypy $$folder"; $(PYTHON) -m mypy $$folder; }; done

pages: dev ## build the SDK and the pages, check and test them
	@$(PAGES)
	@PATH="$(CURDIR)/.venv/bin:$$PATH"; for script in lint types test; do npm run $$script --workspaces --silent || exit 1; done

browser: ## install Chromium for the browser tests, if possible
	@[ -n "$$CHROMIUM" ] || command -v chromium google-chrome > /dev/null || { \
	  echo "installing chromium"; \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } > /dev/null 2>&1 \
	  || echo "browser tests will be skipped: apt-get install -y chromium"; }

helm: dev ## download helm for the chart's tests, if possible
	@$(PYTHON) tests/chart/get_helm.py

prometheus: dev ## download prometheus and promtool for the alerts' tests, if possible
	@$(PYTHON) tests/observability/get_prometheus.py

# Rewrites the asserts of all tests once, for the processes that share the tests.
collect: dev
	@mkdir -p build
	@$(PYTHON) -m pytest --collect-only -qq > build/collected.txt || { cat build/collected.txt; exit 1; }

chart: helm ## lint the chart and render it with every set of values
	$(PYTHON) -m pytest -n 2 --dist loadfile tests/chart

bench: dev ## measure throughput beside a bare FastAPI, latency, memory, and the checkout page's speed on slow 4G
	$(PYTHON) -m benchmarks
	@$(PAGES) && $(PYTHON) -m pytest -q -s tests/browser/test_page_speed.py

lock: dev ## resolve the newest packages and write requirements/*.txt with their hashes
	@$(PYTHON) devstack/lock.py

clean: ## stop the gateway and remove its data
	@$(if $(wildcard $(PYTHON)),$(DEVSTACK) clean,rm -rf var)
	@rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

distclean: clean ## do the same, and remove .venv
	@rm -rf .venv

dev:
	@$(BOOTSTRAP) dev
