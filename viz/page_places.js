// SPDX-License-Identifier: LGPL-2.1-or-later
// What the page knows of every sector, from the data in the element "data" (see page_data.c).  All of it is text
// of the disk's side, which is only ever put where text goes.  tests/viz/places.mjs runs this file by itself.

const data = JSON.parse(document.getElementById('data').textContent);
const FLUSH = 8, CLASSES = 8;
// --- unpacking ---

// Calls take(next) until the bytes are used up; next() gives one number.
function unpack(base64, take) {
	const bytes = atob(base64);
	let at = 0;
	const next = () => {
		let value = 0, scale = 1, byte;
		do {
			byte = bytes.charCodeAt(at++);
			value += (byte & 127) * scale;
			scale *= 128;
		} while (byte & 128);
		return value;
	};
	while (at < bytes.length)
		take(next);
}

const signed = (value) => value % 2 ? -(value - 1) / 2 - 1 : value / 2;

function unpackRuns() {
	const runs = {start: [], name: [], flags: [], joined: [], frame: [], base: []};
	let start = 0;
	unpack(data.runs, (next) => {
		start += next();
		const name = next(), bits = data.flags.length;
		runs.start.push(start);
		runs.name.push(name >>> bits + 1);
		runs.flags.push(name >>> 1 & (1 << bits) - 1);
		runs.joined.push(name & 1);
		runs.frame.push(next());
		runs.base.push(next());
	});
	runs.start = Float64Array.from(runs.start);
	runs.name = Uint32Array.from(runs.name);
	runs.n = runs.start.length;
	return runs;
}

// Records: `sectors` moved by `requests` of a class in [start, start + count) from `when` on.
function emptyRecords() {
	return {start: [], count: [], cls: [], when: [], sectors: [], requests: []};
}

function addRecord(to, start, count, cls, when, sectors, requests) {
	to.start.push(start);
	to.count.push(count);
	to.cls.push(cls);
	to.when.push(when);
	to.sectors.push(sectors);
	to.requests.push(requests);
}

function typed(records) {
	for (const key of ['start', 'count', 'when', 'sectors', 'requests'])
		records[key] = Float64Array.from(records[key]);
	records.cls = Uint8Array.from(records.cls);
	records.n = records.start.length;
	return records;
}

function unpackHits() {
	const hits = emptyRecords();
	let start = 0, when = 0;
	unpack(data.hits, (next) => {
		const cls = next();
		start = Math.max(0, start + signed(next()));
		const count = next();
		when += signed(next());
		addRecord(hits, start, count, cls, when, count, cls === FLUSH ? 0 : 1);
	});
	return typed(hits);
}

function unpackCells(base64, shift, timeBits, timeShift) {
	const cells = emptyRecords();
	const size = 2 ** shift, times = 2 ** timeBits;
	let key = 0;
	unpack(base64, (next) => {
		key += next();
		const requests = next(), sectors = next();
		const place = Math.floor(key / times);
		addRecord(cells, Math.floor(place / CLASSES) * size, size, place % CLASSES,
			  Math.max(0, (key % times) * 2 ** timeShift - data.timeSkew), sectors, requests);
	});
	return typed(cells);
}

// Runs of journal blocks: what they hold, of which transaction, copies of which blocks.
function unpackLog() {
	const log = [];
	let start = 0;
	unpack(data.log, (next) => {
		start += next();
		log.push({start, sectors: next(), type: next(), tid: next() - 1, target: next() - 1});
	});
	return log;
}

const runs = unpackRuns();
const log = unpackLog();
const exact = data.exact;
const hits = exact ? unpackHits() : null;
const bins = exact ? hits : unpackCells(data.bins, data.binShift, 0, 0);
const tiles = exact ? hits : unpackCells(data.tiles, data.placeShift, data.timeBits, data.timeShift);
const finest = exact ? 1 : 2 ** data.binShift;

// --- what is at a place ---

const runEnd = (i) => i + 1 < runs.n ? runs.start[i + 1] : data.sectors;

function runAt(sector) {
	let low = 0, high = runs.n;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if (runs.start[middle] <= sector)
			low = middle;
		else
			high = middle;
	}
	return low;
}

function offsetText(i, sector) {
	const name = data.names[runs.name[i]], base = runs.base[i], into = sector - runs.start[i];
	const device = data.devices[name[2]];
	if (!base || runs.joined[i])
		return '';
	if (name[3] === 'inode-table') {
		const first = base + Math.floor(into * 512 / device[6]);
		const last = base + Math.ceil((into + 1) * 512 / device[6]) - 1;
		return last > first ? `inodes ${first}-${last}` : `inode ${first}`;
	}
	return `byte ${(base - 1 + into) * 512}`;
}

function logAt(sector) {
	let low = 0, high = log.length;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if (log[middle].start <= sector)
			low = middle;
		else
			high = middle;
	}
	return high > 0 && sector >= log[low].start && sector < log[low].start + log[low].sectors ? log[low] : null;
}

// What a journal block holds, in words; i is its run.
function logText(i, sector) {
	const entry = logAt(sector), frame = data.frames[runs.frame[i]];
	if (!entry)
		return '';
	let words = entry.tid >= 0 ? `, transaction ${entry.tid}: ` : ', ';
	if (entry.target < 0)
		return words + data.logTypes[entry.type];
	const device = data.devices[frame[frame.length - 2]], delta = frame[frame.length - 1];
	const target = entry.target + Math.floor((sector - entry.start) / device[3]);
	const home = target * device[3] + delta;
	words += `copy of block ${target}`;
	// Block 0 is logged for the superblock behind the boot block.
	const at = home >= 0 && home < data.sectors ? runAt(target === 0 && device[3] > 2 ? home + 2 : home) : -1;
	if (at >= 0 && !runs.joined[at] && data.names[runs.name[at]][2] === data.names[runs.name[i]][2])
		words += ` (${data.names[runs.name[at]][0]})`;
	return words;
}

// The number of the block that holds a device's sector; -1 for none.
function blockAt(device, at) {
	const jumps = device[7];
	let sector = 0, block = 0;
	for (let j = 0; j < jumps.length && jumps[j] <= at; j += 2)
		[sector, block] = [jumps[j], jumps[j + 1]];
	return block < 0 ? -1 : block + Math.floor((at - sector) / device[3]);
}

// The layers around a sector, outermost first, each in words.
function stackOf(sector) {
	const i = runAt(sector), name = data.names[runs.name[i]], frame = data.frames[runs.frame[i]];
	const layers = [];
	for (let j = 0; j < frame.length; j += 2) {
		const device = data.devices[frame[j]], at = sector - frame[j + 1];
		if (frame[j + 1] === null) {
			layers.push(device[0]);
			continue;
		}
		let words = `${device[0]} sector ${at}`;
		if (device[3] && j + 2 === frame.length && blockAt(device, at) >= 0)
			words += `, ${device[4]} block ${blockAt(device, at)}`;
		layers.push(words);
	}
	let place = runs.joined[i] ? `${name[0]} and other small regions, which this page does not tell apart` : name[0];
	const offset = offsetText(i, sector);
	if (name[4] >= 0 && offset.startsWith('byte'))
		place += `, inode ${name[4]}`;
	const flags = data.flags.filter((word, bit) => runs.flags[i] >> bit & 1);
	if (name[3] === 'journal')
		place += logText(i, sector);
	if (flags.length)
		place += ` (${flags.join(', ')})`;
	layers.push(`${name[3]}: ${place}${offset ? ', ' + offset : ''}`);
	if (sector >= data.diskSectors)
		layers.push('beyond the end of the disk');
	return layers;
}
