#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""palette.py SCENE: how far apart the colours of the classes in a scene's key are, for all who look at them.

Colour blindness is simulated with the matrices of Machado, Oliveira and Fernandes, "A physiologically-based model
for simulation of color vision deficiency" (2009), severity 1.0, on linear RGB. Distances are CIEDE2000, after
Sharma, Wu and Dalal (2005). Prints TAP."""
import math
import sys

VISION = {
    'usual': ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    'protanopia': ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    'deuteranopia': ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    'tritanopia': ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def seen(rgb, matrix):
    return [min(1, max(0, sum(m * c for m, c in zip(row, rgb)))) for row in matrix]


def lab(rgb):
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    f = []
    for row, full in zip(rows, white):
        t = sum(m * c for m, c in zip(row, rgb)) / full
        f.append(t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def distance(one, two):
    (l1, a1, b1), (l2, a2, b2) = one, two
    c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - math.sqrt(c7 / (c7 + 25 ** 7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    dh = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    h = (h1 + h2) / 2 if abs(h1 - h2) <= 180 else (h1 + h2 + 360) / 2 % 360
    if not c1 * c2:
        h = h1 + h2
    t = (1 - 0.17 * math.cos(math.radians(h - 30)) + 0.24 * math.cos(math.radians(2 * h)) +
         0.32 * math.cos(math.radians(3 * h + 6)) - 0.20 * math.cos(math.radians(4 * h - 63)))
    l, c = (l1 + l2) / 2, (c1 + c2) / 2
    sl = 1 + 0.015 * (l - 50) ** 2 / math.sqrt(20 + (l - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    rt = (-math.sin(math.radians(60 * math.exp(-((h - 275) / 25) ** 2))) * 2 * math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)))
    big_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    x, y, z = (l2 - l1) / sl, (c2 - c1) / sc, big_h / sh
    return math.sqrt(x * x + y * y + z * z + rt * y * z)


def key_of(scene):
    """[(shape, colour, class)] from the shapes that stand before the texts "aligned write: N"."""
    found, last = [], None
    with open(scene, encoding='utf-8') as lines:
        for line in lines:
            words = line.split()
            if words[0] in ('rect', 'triangle'):
                last = words[0], words[5]
            elif words[0] == 'text' and last and line.rstrip().split(' "')[-1].split(':')[0].endswith(
                    (' write', ' read', ' discard', ' zero')):
                found.append(last + (line.rstrip().split(' "')[-1].split(':')[0],))
                last = None
    return found


def least(key, matrix, wanted):
    """The nearest two of the classes of which `wanted` says that they are compared."""
    pairs = [(distance(lab(seen(linear(a[1]), matrix)), lab(seen(linear(b[1]), matrix))), a[2], b[2])
             for i, a in enumerate(key) for b in key[i + 1:] if wanted(a, b)]
    return min(pairs)


def main():
    results = []

    def check(what, good, why=''):
        results.append(good)
        print(f"{'ok' if good else 'not ok'} {len(results)} - {what}")
        if not good:
            print(f'# {why}')

    # Pairs 1, 3 and 18 of the data that the authors of the formula give for testing it.
    for one, two, expected in (((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
                               ((50, 2.8361, -74.02), (50, 0, -82.7485), 3.4412),
                               ((50, 2.5, 0), (73, 25, -18), 27.1492)):
        check(f'the distance is the published one, {expected}', abs(distance(one, two) - expected) < 1e-3,
              distance(one, two))
    key = key_of(sys.argv[1])
    check('the key names all eight classes', len({name for _, _, name in key}) == 8, key)
    for shape, _, name in key:
        check(f'{name} has its shape', (shape == 'triangle') == name.startswith('unaligned'), shape)
    for vision, matrix in VISION.items():
        found = least(key, matrix, lambda a, b: 'discard' not in a[2] + b[2] and 'zero' not in a[2] + b[2])
        check(f'reads and writes are far apart, {vision}', found[0] >= 20, found)
        found = least(key, matrix, lambda a, b: True)
        check(f'no two are hard to tell, {vision}', found[0] >= 15, found)
    print(f'1..{len(results)}')
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
