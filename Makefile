# Tallystick's commands for those who work on it. `make` or `make help` lists them.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += --no-builtin-rules --no-print-directory

DATA     ?= data/sample
FUZZTIME ?= 30s
BENCH    ?= .
# The package that takes longest is begun first.
PKG      ?= ./internal/engine/duckdb ./...
EVENTS   ?= 5000000
RUNS     ?= 3
ROWS     ?= 10000000

.PHONY: help build web web-check e2e e2e-quick screenshots bench-web run sample test long lint bench bench-code bench-import bench-ingest bench-export fuzz clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

build: $(if $(shell command -v npm),web) ## build bin/tallystick, stamped with its version and commit, with the web app where npm is
	go build -trimpath -buildvcs=auto -o bin/ ./cmd/tallystick

# The programs that the web app is built and tested with. Nothing of them runs while they are installed, and the browser is the system's.
web/node_modules: web/package.json web/package-lock.json
	cd web && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
	touch $@

# What the app is made of; where none of it is newer, nothing is built.
internal/web/dist/index.html: web/node_modules $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/vite.config.ts web/styles.ts web/weight.ts web/tsconfig.json
	cd web && npm run build

web: internal/web/dist/index.html ## build the web app into the folder that the program embeds; needs node 20 and npm

web-check: web/node_modules ## check the web app: format, rules, types, tests, and that its API types are those of docs/openapi.json
	cd web && npm run check && npm test
	cd web && npx openapi-typescript ../docs/openapi.json -o node_modules/.schema.gen.ts && diff -q node_modules/.schema.gen.ts src/api/schema.gen.ts || { echo "run npm run types in web"; exit 1; }

e2e: build ## try the web app in a real browser (chromium) against a real server
	cd web && npm run e2e

e2e-quick: build ## the first of these stories
	cd web && npm run e2e -- --grep @quick

screenshots: build ## put pictures of every page into web/screenshots: three widths, light and dark
	cd web && npm run screenshots

bench-web: build ## open the first dashboard in browsers that know nothing: how long it takes, and how much they are sent
	cd web && npm run bench

run: build ## open the demonstration: a made-up year of several tenants, schedules, past runs, a mailbox, and sign-ins that it prints
	bin/tallystick demo

# The second time everything that the sample holds is a duplicate, and the reports are the same.
sample: build ## import a made-up year into DATA (data/sample) and print the five reports of it, without a server
	mkdir -p $(dir $(DATA))
	bin/tallystick sample | bin/tallystick import --data $(DATA) -
	@echo
	bin/tallystick report tenant-usage --data $(DATA) --all-tenants --from 2025-11-01 --to 2025-11-30
	@echo
	bin/tallystick report billing-usage --data $(DATA) --tenant hudson-savings --from 2025-11-01 --to 2025-11-30
	@echo
	bin/tallystick report service-usage --data $(DATA) --tenant kaufhaus-morgenrot --from 2025-11-01 --to 2025-11-30 --every week --table resolved-conversations
	@echo
	bin/tallystick report session-usage --data $(DATA) --tenant sahyadri-telecom --from 2025-11-01 --to 2025-11-30 --table by-bot
	@echo
	bin/tallystick report room-usage --data $(DATA) --tenant hudson-wealth --from 2025-11-24 --to 2025-11-24

test: ## run all tests, with a sample of each long campaign
	go test -timeout 8m $(PKG)

long: ## run all tests with the long campaigns and all stories in the browser: about an hour
	TALLYSTICK_LONG=1 go test -timeout 6h -count 1 $(PKG)
	$(MAKE) e2e

lint: ## look for what tests don't find: format, vet, staticcheck
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool -modfile=tools/go.mod staticcheck ./...

bench: build ## import EVENTS (5000000) events of every type, and ask every table of the reports, beside hand-written SQL
	go run ./cmd/benchreports -events $(EVENTS)

bench-code: ## run the benchmarks that match BENCH (.) of PKG (./...)
	go test -run '^$$' -bench '$(BENCH)' -benchmem $(PKG)

bench-import: build ## import EVENTS (5000000) made-up events, RUNS (3) times, beside encoding/json alone
	go run ./cmd/benchimport -events $(EVENTS) -runs $(RUNS)

bench-ingest: ## send events over HTTP on loopback, RUNS (3) times: 16 clients with batches of 100, 64 with single events
	go run ./cmd/benchingest -runs $(RUNS)

bench-export: build ## export a table of ROWS (10000000) rows from a server, beside the engine's own CSV writer
	go run ./cmd/benchexport -rows $(ROWS)

fuzz: ## fuzz every decoder for FUZZTIME (30s) each
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9]*' . | sed 's/:func / /' | while read -r file name; do \
		echo "$$name in $$(dirname $$file)"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$(dirname $$file)" </dev/null; \
	done

clean: ## remove what make made
	rm -rf bin data/sample internal/web/dist/assets internal/web/dist/index.html web/node_modules
