# SPDX-License-Identifier: LGPL-2.1-or-later
# make             the program, at ./blkmap
# make check       builds and runs all tests (./check also installs what they need)
# make install     honours DESTDIR and prefix; so does make uninstall
# make asan        ./blkmap-asan, with AddressSanitizer and UBSan
# make tsan        ./blkmap-tsan, with ThreadSanitizer
# make fuzz        runs the fuzz targets on their seeds and damaged forms of them
# make libfuzzer   the same targets for clang's libFuzzer
# make analyze     gcc -fanalyzer, clang-tidy, cppcheck
# make bench       how fast it is, beside other tools (bench/run)
# make format      lays the code out with clang-format

VERSION := 0.1.0
prefix ?= /usr/local
bindir ?= $(prefix)/bin
datadir ?= $(prefix)/share
mandir ?= $(datadir)/man
zshdir ?= $(datadir)/zsh/site-functions
ifeq ($(origin CC),default)
CC := gcc
endif
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
WERROR ?=
BUILD ?= build

PACKAGES := ext2fs devmapper smartcols json-c blkid libnbd libarchive libpcre2-8 libtracefs pangocairo cairo libpng libseccomp
ROOMS := base layout trace query analyzer parts reports viz record cli
SOURCES := $(sort $(wildcard $(addsuffix /*.c,$(ROOMS)) $(addsuffix /*/*.c,$(ROOMS))))
LIBRARY := $(filter-out cli/main.c,$(SOURCES))
UNITS := $(sort $(wildcard tests/unit/*_test.c))

WARNINGS := -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wundef
BASE_FLAGS := -std=c17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DBLKMAP_VERSION='"$(VERSION)"' -I. \
	$(WARNINGS) $(WERROR)
# Each asks pkg-config at most once, and only where something is built.
PACKAGE_FLAGS = $(eval PACKAGE_FLAGS := $$(shell $$(PKG_CONFIG) --cflags $$(PACKAGES)))$(PACKAGE_FLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $$(shell $$(PKG_CONFIG) --libs $$(PACKAGES)) -lcom_err)$(PACKAGE_LIBS)
COMPILE = $(CC) $(BASE_FLAGS) $(PACKAGE_FLAGS) $(CFLAGS) $(CPPFLAGS)
LINK_LIBS = $(LDFLAGS) $(PACKAGE_LIBS) -lpthread -lm

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

all: blkmap

blkmap: $(BUILD)/blkmap
	cp -f $< $@

$(BUILD)/blkmap: $(call objects,$(SOURCES)) $(BUILD)/viz/page_parts.o
	$(CC) $(CFLAGS) -o $@ $^ $(LINK_LIBS)

$(BUILD)/libblkmap.a: $(call objects,$(LIBRARY)) $(BUILD)/viz/page_parts.o
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/viz/page_parts.c: viz/page-parts viz/page.html viz/page.css $(sort $(wildcard viz/page_*.js))
	@mkdir -p $(@D)
	viz/page-parts > $@.new
	mv -f $@.new $@

$(BUILD)/viz/page_parts.o: $(BUILD)/viz/page_parts.c
	$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o $(BUILD)/libblkmap.a
	$(CC) $(CFLAGS) -o $@ $< $(BUILD)/libblkmap.a $(LINK_LIBS) -lcmocka

# What tests/oracle asks of the library itself.
ORACLES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/oracle/*.c))
$(ORACLES): %: %.o $(BUILD)/libblkmap.a
	$(CC) $(CFLAGS) -o $@ $< $(BUILD)/libblkmap.a $(LINK_LIBS)

# What bench/ needs to make its disks.
$(BUILD)/bench/%: $(BUILD)/bench/%.o
	$(CC) $(CFLAGS) -o $@ $< $(LINK_LIBS)

units: $(patsubst %.c,$(BUILD)/%,$(UNITS)) $(ORACLES)

check: all units
	BUILD=$(BUILD) tests/run

asan:
	$(MAKE) BUILD=$(BUILD)/asan CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -DSANDBOX_DEFAULT=false' \
		$(BUILD)/asan/blkmap
	cp -f $(BUILD)/asan/blkmap blkmap-asan

tsan:
	$(MAKE) BUILD=$(BUILD)/tsan CFLAGS='-O1 -g -fsanitize=thread -DPART_GROUPS=1 -DSANDBOX_DEFAULT=false' $(BUILD)/tsan/blkmap
	cp -f $(BUILD)/tsan/blkmap blkmap-tsan

# fuzz/: each target as a plain program with ASan and UBSan, run on its seeds and some damaged forms of each.
FUZZERS := fuzz_trace fuzz_disk fuzz_mended fuzz_saved fuzz_filter
FUZZ_SHARED := run target walk sectors mend
FUZZ_FORMS ?= 100
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

$(BUILD)/fuzz_%: $(BUILD)/fuzz/%.o $(FUZZ_SHARED:%=$(BUILD)/fuzz/%.o) $(BUILD)/libblkmap.a
	$(CC) $(CFLAGS) -o $@ $^ $(LINK_LIBS)

fuzzers: $(addprefix $(BUILD)/,$(FUZZERS))

$(BUILD)/seeds/made: fuzz/make-seeds testdata/traces/index.txt layout/saved/format.h tests/unit/filter_test.c | blkmap
	rm -rf $(@D)
	fuzz/make-seeds $(@D)
	touch $@

fuzz: $(BUILD)/seeds/made
	$(MAKE) BUILD=$(BUILD)/fuzzing CFLAGS='$(FUZZ_FLAGS)' fuzzers
	for target in $(FUZZERS); do \
		$(BUILD)/fuzzing/$$target -n $(FUZZ_FORMS) $(BUILD)/seeds/$${target#fuzz_}/* || exit 1; \
	done

# The same targets for clang's libFuzzer, to be run by hand: build/libfuzzer/fuzz_trace_libfuzzer CORPUS build/seeds/trace
$(BUILD)/fuzz_%_libfuzzer: $(BUILD)/fuzz/%.o $(patsubst %,$(BUILD)/fuzz/%.o,$(filter-out run,$(FUZZ_SHARED))) $(BUILD)/libblkmap.a
	$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LINK_LIBS)

libfuzzer: $(BUILD)/seeds/made
	$(MAKE) BUILD=$(BUILD)/libfuzzer CC=clang CFLAGS='$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link' \
		$(patsubst %,$(BUILD)/libfuzzer/%_libfuzzer,$(FUZZERS))

analyze: analyze-gcc analyze-tidy analyze-cppcheck

analyze-gcc:
	$(MAKE) BUILD=$(BUILD)/analyze CFLAGS='-O1 -fanalyzer' WERROR=-Werror $(BUILD)/analyze/blkmap

# What gcc 12's analyzer gets wrong, file by file: memory that an array or the caller took over, the guard of a loop
# (X != NULL && i < n), and results of scan_* that cannot be NULL where they are used.
TAKES_OVER := analyzer/inodes cli/sandbox layout/disk/chain layout/overlay layout/saved/read layout/saved/saved \
	layout/volumes/lvm_pv record/disk record/nbd trace/trace trace/formats/strace \
	trace/formats/strace_pending
$(patsubst %,build/analyze/%.o,$(TAKES_OVER)): override CFLAGS += -Wno-analyzer-malloc-leak
build/analyze/analyzer/usage_results.o build/analyze/layout/ext/past_inodes.o: \
	override CFLAGS += -Wno-analyzer-possible-null-dereference
build/analyze/trace/formats/biosnoop.o build/analyze/layout/saved/saved.o: \
	override CFLAGS += -Wno-analyzer-null-dereference
build/analyze/trace/formats/strace_call.o: override CFLAGS += -Wno-analyzer-null-argument

analyze-tidy:
	clang-tidy --quiet --warnings-as-errors='*' $(SOURCES) -- $(BASE_FLAGS) $(PACKAGE_FLAGS)

# What cppcheck 2.10 gets wrong here: memory that an array took over, texts that a callee fills, and the
# guard of a loop.  gcc -fanalyzer looks for the same.
CPPCHECK_WRONG := --suppress=memleak --suppress=ctuuninitvar --suppress=ctuPointerArith \
	--suppress=uninitvar:layout/tables/mbr.c

analyze-cppcheck:
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr $(CPPCHECK_WRONG) \
		--error-exitcode=1 -D_GNU_SOURCE -DBLKMAP_VERSION='""' -I. $(SOURCES)

bench: all
	BUILD=$(BUILD) bench/run

format:
	clang-format -i $(wildcard $(addsuffix /*.[ch],$(ROOMS)) $(addsuffix /*/*.[ch],$(ROOMS)) tests/unit/*.[ch])

install: blkmap
	install -D -m 755 blkmap $(DESTDIR)$(bindir)/blkmap
	for page in docs/man/*.[1-9]; do \
		install -D -m 644 "$$page" "$(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/}" || exit 1; \
	done
	install -D -m 644 docs/completion/blkmap.bash $(DESTDIR)$(datadir)/bash-completion/completions/blkmap
	install -D -m 644 docs/completion/_blkmap $(DESTDIR)$(zshdir)/_blkmap
	install -D -m 644 docs/completion/blkmap.fish $(DESTDIR)$(datadir)/fish/vendor_completions.d/blkmap.fish

uninstall:
	rm -f $(DESTDIR)$(bindir)/blkmap
	for page in docs/man/*.[1-9]; do \
		rm -f "$(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/}" || exit 1; \
	done
	rm -f $(DESTDIR)$(datadir)/bash-completion/completions/blkmap $(DESTDIR)$(zshdir)/_blkmap \
		$(DESTDIR)$(datadir)/fish/vendor_completions.d/blkmap.fish

clean:
	rm -rf $(BUILD) blkmap blkmap-asan blkmap-tsan

.PHONY: all units check asan tsan fuzz fuzzers libfuzzer analyze analyze-gcc analyze-tidy analyze-cppcheck format bench install uninstall clean
.SECONDARY:
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)
