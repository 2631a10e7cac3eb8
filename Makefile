# The stack that the targets work on, and cargo's folder under target/ that its functions run from.
STACK ?= dev
export STACK
stack := python3 infra/local/stack.py

.DEFAULT_GOAL := help
.PHONY: help doctor up down status build deploy demo test watch logs url credentials fmt lint

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

doctor: ## say which prerequisite is missing and how to get it
	@$(stack) doctor

up: ## start the local stack (STACK=dev), deploy to it and print its address
	@$(stack) up
	@$(MAKE) --no-print-directory deploy

down: ## end the local stack and check that no process is left
	@$(stack) down

status: ## list the local stacks of this clone
	@$(stack) status

build:
	cargo build --workspace --bins

deploy: build ## build the functions and deploy what has changed
	@$(stack) deploy

demo: ## show a whole purchase: upload, search, cart, checkout, and a declined card
	@$(MAKE) --no-print-directory up
	@$(stack) demo

test: build ## run all tests on a stack of their own (ARGS="-p acceptance NAME": some of them)
	@$(stack) test $(ARGS)

watch: ## run the functions under `cargo lambda watch` against the running stack's services
	@$(stack) watch $(ARGS)

logs: ## follow a function's log (FN=carts-add-item); without FN, list them
	@$(stack) logs $(FN)

url: ## print the API's base address
	@$(stack) url

credentials: ## print the seeded people's e-mails and passwords
	@$(stack) credentials

fmt: ## format the Rust code
	cargo fmt --all

lint: ## check format, lints and templates
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@$(stack) lint
