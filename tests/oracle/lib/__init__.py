# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the oracles share.

An oracle is a program tests/oracle/*.test that holds what blkmap says of the test images against what another tool says
of them. Nothing here reads an on-disk format where a tool can be asked instead."""
