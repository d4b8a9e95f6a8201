# Sealane's commands. `make help` lists them. One cargo profile (release) serves all, because a second one
# would compile RocksDB again.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
CARGO ?= cargo
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
SEALANE := $(TARGET)/release/sealane
PREFIX ?= $(HOME)/.local
NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)

.PHONY: help demo taste install test format clippy tests torture byzantine bench build needs rust

help: ## What each command does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1|/' | column -t -s '|'

rust:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it with rustup (version 1.95 or newer), then run this again." >&2; exit 1; }

# RocksDB's bindings are generated with libclang, the one system package that is needed.
needs: rust
	@if ! { ldconfig -p; ls /usr/lib/llvm-*/lib 2>/dev/null; } | grep -q 'libclang[-.0-9]*\.so' && [ -z "$${LIBCLANG_PATH:-}" ]; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			echo "Installing libclang (RocksDB's bindings need it) with apt-get."; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libclang-dev >/dev/null; \
		else \
			echo "libclang is missing, and RocksDB's bindings need it. Install it (Debian, Ubuntu: sudo apt-get install libclang-dev;" \
			     "Fedora: sudo dnf install clang-devel; macOS: brew install llvm and set LIBCLANG_PATH), then run this again." >&2; exit 1; \
		fi; \
	fi
	@command -v c++ >/dev/null || { echo "A C++ compiler is missing, and RocksDB needs it (Debian: sudo apt-get install g++)." >&2; exit 1; }

build: needs ## Compile everything
	@[ -x "$(SEALANE)" ] || echo "Compiling Sealane and its dependencies. The first time takes 25 to 40 minutes on two cores, most of it RocksDB; later only what changed."
	$(CARGO) build --release --workspace --locked

demo: build ## Two banks try to finance one invoice (FILES="a.xml b.xml" to use your own)
	@$(SEALANE) demo $(FILES)

# A program without the network's part has a folder of its own, so that it does not take the whole one's place.
INVOICE = $(or $(FILE),$(word 2,$(MAKECMDGOALS)),examples/invoice-ubl.xml)
taste: rust ## One invoice sealed, proven and verified without a node (FILE=invoice.xml); no RocksDB
	@[ -r "$(INVOICE)" ] || { echo "There is no file $(INVOICE) that can be read." >&2; exit 2; }
	@[ -x "$(TARGET)/taste/release/sealane" ] || echo "Compiling what sealing and proving need, without RocksDB and gRPC: 3 to 6 minutes the first time on two cores."
	@$(CARGO) build --quiet --release --locked -p sealane --no-default-features --target-dir "$(TARGET)/taste"
	@"$(TARGET)/taste/release/sealane" taste "$(INVOICE)"

install: build ## Put `sealane` where the shell finds it (PREFIX=~/.local: PREFIX/bin)
	@install -d "$(PREFIX)/bin" && install -m 755 "$(SEALANE)" "$(PREFIX)/bin/sealane"
	@echo "Installed $(PREFIX)/bin/sealane."
	@[ "$$(command -v sealane)" = "$(PREFIX)/bin/sealane" ] || echo "Your shell does not find it there: add $(PREFIX)/bin to PATH (export PATH=\"$(PREFIX)/bin:\$$PATH\")."

test: format clippy tests ## The one gate: format, clippy, tidy, tests; what CI runs

format: rust
	$(CARGO) fmt --all --check

clippy: needs
	@[ -d "$(TARGET)/release" ] || echo "The first compilation takes 25 to 40 minutes on two cores, most of it RocksDB."
	$(CARGO) clippy --release --workspace --all-targets --locked -- -D warnings

tests: needs
	$(CARGO) build --release --workspace --locked
ifeq ($(NEXTEST),yes)
	$(CARGO) nextest run --release --workspace --locked
else
	$(CARGO) test --release --workspace --locked
endif

# SEALANE_TEST_SECONDS (600) and SEALANE_TEST_RACES (100) say how long, SEALANE_TEST_SEED repeats a run's choices.
torture: needs byzantine ## What takes longer than `make test` allows
	$(CARGO) build --release --workspace --locked
	$(CARGO) test --release --workspace --locked --features sealane-tests/torture -- --nocapture

byzantine: needs ## Validators whose engine lies, among honest ones; compiles the node once more, with that engine
	$(CARGO) build --release --workspace --locked
	$(CARGO) clippy --release -p sealane-byzantine --features engine --all-targets --locked -- -D warnings
	$(CARGO) test --release -p sealane-byzantine --features engine --locked -- --test-threads 1 --nocapture

bench: needs ## The figures of benches/RESULTS.md, measured on this machine
	$(CARGO) bench --workspace --locked

# `make taste FILE` passes the file as a goal: there is nothing to make of it.
%.xml %.json:
	@:
