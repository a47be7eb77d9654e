# Everything a person or a robot types. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := .venv/bin/python
PORT ?= 8000
ATLAS ?= atlas

.PHONY: help run test test-clients lint format types messages build serve check wheel test-wheel vendor foreign-tiles data bench bench-parts lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: .venv/run vendor build serve ## everything on a fresh machine: environment, build, serve on port 8000

test: .venv/dev vendor foreign-tiles tests/node_modules/.installed tests/lighthouse/node_modules/.installed ## every test but Debian's programs, with coverage
	scripts/chromium
	$(PYTHON) -m pytest -m "not clients" --cov --cov-report=term

test-clients: .venv/dev vendor tests/node_modules/.installed ## the programs that read the tiles: browsers' maps, QGIS, GDAL, nginx
	scripts/chromium
	scripts/test-clients

lint: .venv/dev ## ruff: lint and format
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

format: .venv/dev ## rewrite the code in the project's format
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

types: .venv/dev ## mypy --strict
	$(PYTHON) -m mypy

messages: .venv/dev ## bring the catalogues of messages up to date with the code and the data
	$(PYTHON) -m scripts.messages
	.venv/bin/mapsvc messages

build: .venv/run ## build and publish a release of the bundled data into ./atlas
	.venv/bin/mapsvc build --atlas $(ATLAS)

serve: .venv/run vendor ## serve ./atlas on port 8000 (PORT=... for another)
	.venv/bin/mapsvc serve --atlas $(ATLAS) --port $(PORT)

check: .venv/run ## verify the release in ./atlas
	.venv/bin/mapsvc check --atlas $(ATLAS)

wheel: .venv/dev vendor ## the installable package, data and front end inside, into dist/
	rm -rf dist
	$(PYTHON) -m build --wheel --no-isolation --outdir dist

test-wheel: wheel ## install the wheel outside the repository, build and serve with it
	scripts/test-wheel

data: .venv/dev ## derive boundaries/ and datasets/ again: make data SOURCES=folder
	@test -n "$(SOURCES)" || { echo "Say where the source files are: make data SOURCES=folder"; exit 1; }
	$(PYTHON) -m derivations.california.boundaries "$(SOURCES)"
	$(PYTHON) -m derivations.california.datasets "$(SOURCES)"

bench: .venv/bench benchmarks/node_modules/.installed ## the tiles beside other servers, into docs/benchmarks.md
	scripts/bench-packages
	scripts/bench-martin
	$(PYTHON) -m benchmarks.tiles

bench-parts: .venv/dev vendor tests/lighthouse/node_modules/.installed ## measure the parts: points, values, disclosure, tiles, pages
	for file in benchmarks/bench_*.py; do PYTHONPATH=. $(PYTHON) "$$file"; done

lock: .venv/dev ## pin every dependency again from pyproject.toml
	scripts/lock

vendor: static/vendor/.installed ## front-end libraries, through npm

static/vendor/.installed: static/package.json static/package-lock.json static/vendor.mjs | .venv/run
	scripts/vendor

foreign-tiles: tests/tiles/foreign/node_modules/.installed ## vector tiles of others that tests judge, through npm

tests/tiles/foreign/node_modules/.installed: tests/tiles/foreign/package-lock.json | .venv/run
	scripts/foreign-tiles

tests/node_modules/.installed: tests/package.json tests/package-lock.json | .venv/run
	scripts/test-vendor

tests/lighthouse/node_modules/.installed: tests/lighthouse/package.json tests/lighthouse/package-lock.json | .venv/run
	scripts/lighthouse

benchmarks/node_modules/.installed: benchmarks/package.json benchmarks/package-lock.json | .venv/run
	scripts/bench-vendor

.venv/run: lock/run.txt pyproject.toml
	scripts/environment run

.venv/dev: lock/dev.txt pyproject.toml
	scripts/environment dev

.venv/bench: lock/bench.txt pyproject.toml
	scripts/environment bench

clean: ## remove what was installed and built, the atlas excepted
	rm -rf .venv .tools dist static/vendor static/node_modules tests/node_modules tests/lighthouse/node_modules tests/tiles/foreign/node_modules benchmarks/node_modules .mypy_cache .ruff_cache .pytest_cache
