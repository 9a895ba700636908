# SPDX-License-Identifier: GPL-2.0-only
#
# What people type. Kbuild is what the kernel's build system reads; the rest
# is in the directories' own makefiles and scripts.

# The kernel to build for: this machine's, or else Debian's stock kernel, whose
# headers are then fetched into the cache.
KERNEL ?= 6.1
RUNNING := /lib/modules/$(shell uname -r)/build
KDIR ?= $(if $(wildcard $(RUNNING)/Makefile),$(RUNNING),$(STOCK))
STOCK = $(shell selftests/vm/kernel.sh --path build $(KERNEL))

PREFIX ?= /usr/local
PACKAGES ?= packages

all: module tools

help:
	@echo "Build"
	@echo "  all           gwlb.ko and the tools (default)"
	@echo "  module        gwlb.ko, for KDIR=$$(echo '$(RUNNING)')"
	@echo "  tools         tools/gwlbctl/gwlbctl, tools/gwlb-healthd/gwlb-healthd"
	@echo "  install       the tools with man pages and units, under PREFIX"
	@echo "  dist          the source of what is committed, the same each time"
	@echo "  deb, rpm      packages: the module's source for DKMS, the tools"
	@echo "  image         an appliance: a disk of Debian 12 with both packages, for"
	@echo "                an AMI or QEMU; as root (docs/operations.md)"
	@echo "  regen         what is generated from uapi/gwlb.yaml"
	@echo "  pictures      docs/*.svg, drawn from the templates"
	@echo "  clean         removes what was built"
	@echo "Try"
	@echo "  demo          both architectures at work, in a guest; ARCH=single or"
	@echo "                ARCH=separated for one of them"
	@echo "Test"
	@echo "  check         everything; as root on Debian 12, installs what it needs"
	@echo "  check-long    all there is, for hours; KEEP=DIR to go on with it"
	@echo "  check-fast    style and unit tests, no guest, under a minute"
	@echo "  check-cfn     only the CloudFormation templates, no guest"
	@echo "  check-guest   only what runs in a guest; TESTS=t_... to choose"
	@echo "  check-lab     only the two architectures in a guest; CASES=... to choose"
	@echo "  bench         instructions per packet, in a guest; CASES=... to choose;"
	@echo "                bench-results/ gets them as JSON"
	@echo "  bench-check   the same, and whether it is as selftests/bench/figures.json"
	@echo "                has it"
	@echo "  bench-native  ns per packet with caches as they are, no guest"
	@echo "  deps          installs what check and demo need"
	@echo "  hooks         makes git run the style checks before each commit"
	@echo "Variables"
	@echo "  KDIR          build directory of the kernel to build for"
	@echo "  KERNEL        which of selftests/vm/kernels guests boot (6.1)"
	@echo "  V=1           show commands"

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	$(MAKE) -C tools/gwlbctl
	$(MAKE) -C tools/gwlb-healthd

install:
	$(MAKE) -C tools/gwlbctl install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	$(MAKE) -C tools/gwlb-healthd install PREFIX=$(PREFIX) \
		DESTDIR=$(DESTDIR)
	$(MAKE) -C packaging install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

# What is committed, and packages of what is here
dist:
	packaging/dist.sh $(PACKAGES)

deb:
	packaging/deb.sh $(PACKAGES)

rpm:
	packaging/rpm.sh $(PACKAGES)

image:
	packaging/image.sh $(PACKAGES)

regen:
	tools/ynl/regen.sh

pictures:
	selftests/cfn/draw.py single-vpc >docs/single-vpc.svg
	selftests/cfn/draw.py separated-vpc >docs/separated-vpc.svg

deps:
	selftests/deps.sh

demo: deps
	selftests/demo.sh $(ARCH)

# The first one builds what the others need.
LAYERS = build kernel lab guest debug tools native unit cfn static packages mutant \
	packets messages chaos fuzz

# In parts what takes longest, so that less is lost when a run ends early
LONG_LAYERS = mutant:1-of-4 mutant:2-of-4 mutant:3-of-4 mutant:4-of-4 \
	debug:module debug:programs debug:chance chaos:debug chaos:kcsan \
	matrix:6.12 matrix:7.x matrix:6.1-arm64 faults coverage soak

check: deps
	selftests/lanes.sh $(LAYERS)

check-long: deps
	LONG=1 FUZZ_SECONDS=300 selftests/lanes.sh \
		$(filter-out mutant,$(LAYERS)) $(LONG_LAYERS)

check-fast:
	selftests/check.sh style unit

check-cfn:
	selftests/check.sh cfn

check-guest:
	selftests/check.sh guest $(if $(TESTS),,tools)

check-lab:
	selftests/check.sh lab

bench: deps
	selftests/bench/bench.sh $(CASES)

# A bar that is missed is no reason not to compare.
bench-check: deps
	-selftests/bench/bench.sh
	selftests/bench/check.py bench-results/bench.json \
		selftests/bench/figures.json

bench-native:
	$(MAKE) -C selftests/bench/native run

hooks:
	git config core.hooksPath selftests/hooks

# Without a kernel there is nothing of a kernel's to clean.
clean:
	$(MAKE) -C tools/gwlbctl clean
	$(MAKE) -C tools/gwlb-healthd clean
	$(MAKE) -C selftests clean
	$(MAKE) -C selftests/bench clean
	$(RM) -r gwlb.ko gwlb.o gwlb.mod gwlb.mod.c gwlb.mod.o modules.order \
		Module.symvers .gwlb.* .Module.symvers.cmd .modules.order.cmd
	find module -name '*.o' -delete -o -name '.*.cmd' -delete

.PHONY: all help module tools install dist deb rpm image regen pictures deps \
	demo check check-long check-fast check-cfn check-guest check-lab bench \
	bench-check bench-native hooks clean
