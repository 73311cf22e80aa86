# SPDX-License-Identifier: LGPL-2.1-or-later
"""TAP: one line a test, and after a failed one what did not agree."""
import sys
import traceback

from lib import images, tools

MOST = 12


class Tap:
    def __init__(self):
        self.ran = self.failed = 0

    def result(self, name, disagreements):
        self.ran += 1
        if not disagreements:
            print(f"ok {self.ran} - {name}", flush=True)
            return
        self.failed += 1
        print(f"not ok {self.ran} - {name}")
        if len(disagreements) > 1:
            print(f"# {len(disagreements)} disagreements")
        for line in disagreements[:MOST]:
            print(f"# {line}")
        if len(disagreements) > MOST:
            print(f"# ... {len(disagreements) - MOST} more", flush=True)

    def finish(self):
        print(f"1..{self.ran}")
        return 1 if self.failed else 0


def for_each_image(check):
    """The main program of an oracle: check(image) yields (name of the test, list of disagreements) for each image, or
    for those that are named on the command line."""
    tap = Tap()
    try:
        chosen = images.all_images(sys.argv[1:])
    except tools.ToolError as error:
        print(error, file=sys.stderr)
        return 2
    for image in chosen:
        try:
            for name, disagreements in check(image):
                tap.result(f"{image.name}: {name}", disagreements)
        except Exception as error:  # an oracle that stumbles has not agreed
            at = traceback.extract_tb(error.__traceback__)[-1]
            tap.result(f"{image.name}: can be checked", [f"{error!r} at {at.filename.rsplit('/', 1)[-1]}:{at.lineno}"])
    return tap.finish()
