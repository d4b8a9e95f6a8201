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

.PHONY: help demo taste install test format clippy tests torture byzantine fuzz bench build needs rust

help: ## What each command does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1|/' | column -t -s '|'

rust:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it with rustup (version 1.95, or a newer one with Unicode 17), then run this again." >&2; exit 1; }

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

demo: build ## Two banks try to finance one invoice (your own: FILES="invoice.xml altered.xml other.xml")
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
torture: needs byzantine fuzz ## What takes longer than `make test` allows
	$(CARGO) build --release --workspace --locked
	$(CARGO) test --release --workspace --locked --features sealane-tests/torture -- --nocapture

byzantine: needs ## Validators whose engine lies, among honest ones; compiles the node once more, with that engine
	$(CARGO) build --release --workspace --locked
	$(CARGO) clippy --release -p sealane-byzantine --features engine --all-targets --locked -- -D warnings
	$(CARGO) test --release -p sealane-byzantine --features engine --locked -- --test-threads 1 --nocapture

# libFuzzer with coverage of this workspace's and all other Rust code; every target begins with its seeds and finds, and
# goes on with what earlier runs on this machine came to. SEALANE_FUZZ_SECONDS is the time of each.
FUZZ := $(TARGET)/fuzz
HOST = $(shell rustc -vV | sed -n 's/^host: //p')
COVERAGE = -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
	-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1
fuzz: needs ## Every decoder of bytes from outside, a minute each
	@[ -d "$(FUZZ)/$(HOST)" ] || echo "Compiling with libFuzzer's instruments: 15 to 25 minutes the first time on two cores."
	RUSTFLAGS="$(COVERAGE)" $(CARGO) build --release --locked -p sealane-fuzz --features engine --target $(HOST) --target-dir "$(FUZZ)"
	@for target in $$(grep -o 'name: "[a-z-]*"' fuzz/src/lib.rs | cut -d'"' -f2); do \
		folder="$(FUZZ)/corpus/$$target"; mkdir -p "$$folder" "$(FUZZ)/finds"; \
		echo "Fuzzing $$target for $${SEALANE_FUZZ_SECONDS:-60} seconds."; \
		SEALANE_FUZZ=$$target SEALANE_FUZZ_SEEDS="$$folder" "$(FUZZ)/$(HOST)/release/sealane-fuzz" "$$folder" \
			-max_total_time=$${SEALANE_FUZZ_SECONDS:-60} -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 -max_len=65536 -verbosity=0 \
			-print_final_stats=1 -artifact_prefix="$(FUZZ)/finds/$$target-" || { \
			echo "$$target: what was found is in $(FUZZ)/finds; write it into fuzz/finds.txt (target, xxd -p, what is wrong) when it is mended." >&2; exit 1; }; \
	done

bench: needs ## The figures of benches/RESULTS.md, measured on this machine
	$(CARGO) bench --workspace --locked

# `make taste FILE` passes the file as a goal: there is nothing to make of it.
%.xml %.json:
	@:
