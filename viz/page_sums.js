// SPDX-License-Identifier: LGPL-2.1-or-later
// Sums of accesses by pixel.

const recordsNow = () => state.until === Infinity ? bins : tiles;

// The records that may lie in [start, end): all of a list in order of time, or a part of one in order of
// address, whose records are all of one size.
function rangeOf(records, start, end) {
	if (exact || records !== bins)
		return [0, records.n];
	const find = (at) => {
		let low = 0, high = records.n;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (records.start[middle] < at)
				low = middle + 1;
			else
				high = middle;
		}
		return low;
	};
	return [find(start - finest + 1), find(end)];
}

// Sectors moved, by class, in each of n stretches of `scale` sectors from `start` on.
function sums(records, start, scale, n) {
	const out = [];
	for (let cls = 0; cls < CLASSES; cls++)
		out.push(new Float64Array(n + 1));
	const slopes = out.map(() => new Float64Array(n + 1));
	const [first, last] = rangeOf(records, start, start + n * scale);
	for (let i = first; i < last; i++) {
		const cls = records.cls[i];
		if (cls >= CLASSES || records.when[i] > state.until)
			continue;
		const from = (records.start[i] - start) / scale, to = from + records.count[i] / scale;
		if (to <= 0 || from >= n)
			continue;
		addSpan(out[cls], slopes[cls], Math.max(from, 0), Math.min(to, n), records.sectors[i] / (to - from));
	}
	for (let cls = 0; cls < CLASSES; cls++)
		for (let x = 0, sum = 0; x < n; x++) {
			sum += slopes[cls][x];
			out[cls][x] += sum;
		}
	return out;
}

// `density` a pixel from `from` to `to`: the parts of pixels at the ends, and a step up and down between.
function addSpan(points, slopes, from, to, density) {
	const first = Math.floor(from), last = Math.floor(to);
	if (first === last) {
		points[first] += (to - from) * density;
		return;
	}
	points[first] += (first + 1 - from) * density;
	slopes[first + 1] += density;
	slopes[last] -= density;
	points[last] += (to - last) * density;
}
