# SPDX-License-Identifier: LGPL-2.1-or-later
"""TAP, a line a test."""


class Tap:
    def __init__(self):
        self.ran = self.failed = 0

    def result(self, name, wrong):
        self.ran += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.ran} - {name}")
        for line in wrong.splitlines():
            print(f"# {line}", flush=True)

    def finish(self):
        print(f"1..{self.ran}")
        return 1 if self.failed else 0
