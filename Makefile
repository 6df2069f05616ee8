# daypass: everything a fresh Debian machine with Swift 6.3 needs is done from here.
#   make demo    install what is missing, build, play the main job on the example
#   make test    install what is missing, build, run every test
#   make fuzz    look for inputs that break what reads strangers' bytes, FUZZ_SECONDS (60) for each
#                reader (Tests/Fuzz/README.md), and for histories, MODEL_HISTORIES (5000) of them, that
#                the second verifier judges otherwise (Tests/Model/README.md)
#   make bench   measure every bar side by side with what it is held against (docs/performance.md)
#   make growth  draw how each command grows with history and with what is live (docs/growth-*.svg)
#   make faults  kill daypass and everything it runs at every kind of write, and let the disk fail
#   make load    twenty people over ssh for LOAD_SECONDS (600): what landed, what was lost, how long
#   make scenarios   write down anew what the commands print (Tests/ScenarioTests/Scenarios)
SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
LOAD_SECONDS ?= 600
# libgit2 and friends are read and written through Debian's own packages; jq checks that every file
# daypass writes is what `jq -S .` prints.
PACKAGES := libgit2-dev libsodium-dev libssl-dev zlib1g-dev pkg-config jq git openssh-client make
# Servers that the tests start on the loopback, as themselves; never as services of the machine.
# strace tells what a command starts, and python3 runs the second verifier (Tests/Model).
TEST_PACKAGES := openssh-server nginx-light fcgiwrap openssl strace \
  python3 python3-cryptography python3-yaml
# What a sweep is measured against.
BENCH_PACKAGES := python3 python3-sqlalchemy python3-sqlalchemy-ext
DEBUG_BINARY = .build/debug/daypass
RELEASE_DIRECTORY = .build-release
RELEASE_BINARY = $(RELEASE_DIRECTORY)/release/daypass

.PHONY: demo test attack-binary model-binary faults load fuzz scenarios lint format bench growth bench-binary release static install deps test-deps build clean

demo: build
	@Tests/Demo/demo.sh $(DEBUG_BINARY)

# In seven passes: programs that are waited for with a time limit do not share the machine with the
# tests that compute.
test: test-deps attack-binary model-binary
	swift build --build-tests
	swift test --skip-build --filter GitStoreTests
	swift test --skip-build --filter CommandTests
	swift test --skip-build --filter ScenarioTests
	swift test --skip-build --filter '^AttackTests\.'
	swift test --skip-build --filter '^FaultTests\.'
	swift test --skip-build --filter '^ModelTests\.'
	swift test --skip-build --skip GitStoreTests --skip CommandTests --skip ScenarioTests --skip '^AttackTests\.' \
	  --skip '^FaultTests\.' --skip '^ModelTests\.'

# kill -9 at every write of every command (of many alike the first, the middle and the last), a failing
# disk at each, 500 kills at random: two hours. FAULTS=every leaves none of those alike out, and takes
# a day or two. `make test` does some of each (docs/reliability.md).
FAULTS ?= all
faults: test-deps attack-binary
	swift build --build-tests
	DAYPASS_FAULTS=$(FAULTS) swift test --skip-build --filter '^FaultTests\.'

# Twenty people over ssh for LOAD_SECONDS, and what became of everything they did.
load: test-deps attack-binary
	swift build --build-tests
	DAYPASS_BINARY=$(CURDIR)/$(RELEASE_BINARY) DAYPASS_LOAD_SECONDS=$(LOAD_SECONDS) swift test --skip-build --filter CrowdTests

# The optimised program, which Tests/AttackTests attack and Tests/FaultTests kill: what people install,
# not what is debugged.
attack-binary: deps
	swift build -c release --scratch-path $(RELEASE_DIRECTORY) --product daypass

# Makes the histories that Tests/Model and this program judge: optimised, to make thousands.
model-binary: deps
	swift build -c release --scratch-path $(RELEASE_DIRECTORY) --product daypass-model

# A minute each takes ten minutes in all; the tests ask the same of the corpus in less.
fuzz: test-deps model-binary
	Tests/Fuzz/fuzz.sh
	Tests/Model/fuzz.sh

# Read what `git diff` then shows as a user would: the scenarios are what daypass says to people.
scenarios: deps
	swift build --build-tests
	DAYPASS_RECORD=1 swift test --skip-build --filter ScenarioTests
	@git --no-pager diff --stat -- Tests/ScenarioTests/Scenarios

build: deps
	swift build --product daypass

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

format:
	swift format --in-place --recursive Sources Tests Package.swift

# Ratios of two things measured side by side in one run; see docs/performance.md, also for the settings
# BENCH_TRANSITIONS (100000), BENCH_LONG, BENCH_LIVE, BENCH_IDLE, BENCH_CLOSED, BENCH_BRANCHES. Ends with an error where
# a bar is not met, after all of them.
bench: bench-binary
	@Tests/install-packages.sh --without-services $(BENCH_PACKAGES)
	@status=0; \
	$(RELEASE_DIRECTORY)/release/daypass-bench verify $(RELEASE_BINARY) || status=1; \
	$(RELEASE_DIRECTORY)/release/daypass-bench all $(RELEASE_BINARY) || status=1; \
	exit $$status

growth: bench-binary
	$(RELEASE_DIRECTORY)/release/daypass-bench growth $(RELEASE_BINARY) docs

bench-binary: deps
	swift build -c release --scratch-path $(RELEASE_DIRECTORY) --product daypass
	swift build -c release --scratch-path $(RELEASE_DIRECTORY) --product daypass-bench

# The Swift runtime is linked in; the C libraries are Debian's, which Debian patches.
release: deps
	swift build -c release --scratch-path $(RELEASE_DIRECTORY) --static-swift-stdlib --product daypass
	strip -o $(RELEASE_DIRECTORY)/daypass $(RELEASE_BINARY)
	@ls -l $(RELEASE_DIRECTORY)/daypass

# One file that needs no shared library: it starts in a third of the time (docs/performance.md). What
# Debian patches in its C libraries reaches it only when it is built anew, and nothing can be preloaded
# into it, so that the tests run the other one. libgit2's Kerberos, which daypass never uses, has no
# static library: its functions end the process. Of mbedTLS's functions ours come first
# (Sources/GitStore/NoAuthorities.swift).
NO_KERBEROS := $(foreach name,gss_display_status gss_release_buffer gss_delete_sec_context \
  gss_import_name gss_release_name gss_init_sec_context gss_indicate_mechs gss_release_oid_set \
  GSS_C_NT_HOSTBASED_SERVICE,-Xlinker --defsym=$(name)=abort)
static: deps
	swift build -c release --scratch-path $(RELEASE_DIRECTORY) --static-swift-stdlib --product daypass
	swiftc -static-executable -emit-executable -o $(RELEASE_DIRECTORY)/daypass-static -module-name daypass \
	  -Xlinker --gc-sections -Xlinker --defsym=main=daypass_main -Xlinker --allow-multiple-definition \
	  $(NO_KERBEROS) @$(RELEASE_DIRECTORY)/release/daypass.product/Objects.LinkFileList \
	  $(filter-out -pthread,$(shell pkg-config --static --libs libgit2 libsodium libcrypto 2>/dev/null))
	strip $(RELEASE_DIRECTORY)/daypass-static
	@ls -l $(RELEASE_DIRECTORY)/daypass-static

install: release
	install -D -m 0755 $(RELEASE_DIRECTORY)/daypass $(DESTDIR)$(PREFIX)/bin/daypass

clean:
	rm -rf .build .build-fuzz $(RELEASE_DIRECTORY)

# Installs missing Debian packages as root or through sudo; says what to do where neither works.
deps:
	@command -v swift >/dev/null || { echo "daypass needs Swift 6.3: https://www.swift.org/install" >&2; exit 1; }
	@Tests/install-packages.sh $(PACKAGES)

test-deps: deps
	@Tests/install-packages.sh --without-services $(TEST_PACKAGES)
