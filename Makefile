# A thin front to meson, ninja and the scripts that do the work.
BUILD = build
FUZZ_SECONDS = 60

.PHONY: help lab build check fresh bench fuzz lint analyze clean

help:
	@echo 'make lab     install what is missing, build, start a region on this machine (2 min)'
	@echo 'make check   every test, from a clean clone, as root (12 min)'
	@echo 'make fresh   a new Debian in memory, and in it what README says, as root (10 min)'
	@echo 'make bench   the figures, each beside what it is compared with'
	@echo 'make fuzz    every fuzz target for FUZZ_SECONDS ($(FUZZ_SECONDS)) seconds'
	@echo 'make lint    clang-format, clang-tidy, cppcheck, shellcheck; make check runs it too'
	@echo 'make analyze the analyzer of clang, which takes ten times as long (5 min)'
	@echo 'make build   the programs, in $(BUILD)/'
	@echo 'make clean   removes the builds; lab/down takes a lab away'

lab:
	@echo 'make lab: installs what is missing, builds, starts a region here; about 2 minutes the first time'
	@tools/deps lab
	@EIC_LAB_BUILD='$(BUILD)' lab/up check
	@$(MAKE) -s --no-print-directory build
	@EIC_LAB_BUILD='$(BUILD)' lab/up

build: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet programs

$(BUILD)/build.ninja:
	@meson setup $(BUILD) --buildtype=release -Doptimization=2 -Dwerror=false >/dev/null

check:
	@tools/check

fresh:
	@tools/fresh

bench:
	@tools/deps bench
	@$(MAKE) -s --no-print-directory build
	@tools/bench $(BUILD)

fuzz:
	@tools/deps check
	@tools/fuzz $(FUZZ_SECONDS)

lint:
	@tools/deps check
	@$(MAKE) -s --no-print-directory build
	@tools/lint $(BUILD)

analyze:
	@tools/deps check
	@$(MAKE) -s --no-print-directory build
	@tools/lint-tidy $(BUILD) --analyze

clean:
	rm -rf build build-gcc build-clang build-fuzz
