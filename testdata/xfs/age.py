#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: age.py DIRECTORY SEED STEPS

What months of use do to a file system, in short: files and directories are made, written in pieces, cut, punched, cloned,
renamed, linked, given attributes and removed, by chance but the same at each run."""
import fcntl
import os
import random
import shutil
import sys

FICLONE = 0x40049409
root, chance, steps = sys.argv[1], random.Random(int(sys.argv[2])), int(sys.argv[3])
dirs, files, made = [root], [], 0


def new_name():
    global made
    made += 1
    return f"{'a-longer-name-of-' * chance.choice((0, 0, 1, 5))}{made}"


def write(path, pieces):
    with open(path, "r+b" if os.path.exists(path) else "wb") as file:
        for _ in range(pieces):
            file.seek(chance.randrange(64) * chance.choice((512, 4096, 20000)))
            file.write(b"x" * chance.choice((100, 4096, 9000, 70000)))
        if chance.random() < 0.2:
            file.flush()
            os.fsync(file.fileno())


def create():
    path = os.path.join(chance.choice(dirs), new_name())
    write(path, chance.choice((0, 1, 1, 2, 8)))
    files.append(path)


def some_file():
    return chance.choice(files)


def clone():
    path = os.path.join(chance.choice(dirs), new_name())
    with open(some_file(), "rb") as source, open(path, "wb") as target:
        try:
            fcntl.ioctl(target, FICLONE, source.fileno())
        except OSError:
            pass
    files.append(path)


def rename():
    old, new = some_file(), os.path.join(chance.choice(dirs), new_name())
    os.rename(old, new)
    files[files.index(old)] = new


def link():
    path = os.path.join(chance.choice(dirs), new_name())
    os.link(some_file(), path)
    files.append(path)


def remove():
    path = some_file()
    os.unlink(path)
    files.remove(path)


def remove_many():
    if len(dirs) > 8:
        path = chance.choice(dirs[1:])
        shutil.rmtree(path)
        dirs[:] = [each for each in dirs if each != path and not each.startswith(path + "/")]
        files[:] = [each for each in files if not each.startswith(path + "/")]


def fill_directory():
    path = os.path.join(chance.choice(dirs), new_name())
    os.mkdir(path)
    dirs.append(path)
    for _ in range(chance.choice((3, 40, 400))):
        name = os.path.join(path, new_name())
        open(name, "wb").close()
        files.append(name)


def attribute():
    os.setxattr(some_file(), f"user.{chance.randrange(40)}", b"v" * chance.choice((3, 60, 900, 3000)))


def cut():
    path = some_file()
    os.truncate(path, os.path.getsize(path) // 2)


def symlink():
    os.symlink("t" * chance.choice((5, 90, 700)), os.path.join(chance.choice(dirs), new_name()))


ACTIONS = [create] * 8 + [lambda: write(some_file(), chance.choice((1, 4, 20)))] * 6 + [remove] * 6 + [
    rename, rename, link, clone, clone, cut, cut, attribute, attribute, symlink, fill_directory, remove_many]
for _ in range(5):
    create()
for step in range(steps):
    if not files:
        create()
    try:
        chance.choice(ACTIONS)()
    except OSError as error:
        if error.errno != 28:
            raise
        remove_many()
    if step % 500 == 499:
        os.sync()
