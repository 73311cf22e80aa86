// SPDX-License-Identifier: LGPL-2.1-or-later
// The page's behaviour, behind page_places.js, which says what lies where; viz/page-parts joins the two.

const OPS = ['read', 'write', 'discard', 'zero'];
const byId = (id) => document.getElementById(id);
const map = byId('map'), mini = byId('mini');

function timeText(when) {
	if (!data.hasTime)
		return `access ${when + 1}`;
	return `${(when / 1e9).toFixed(6)} s`;
}

// --- state ---

const view = {start: 0, scale: 1}; // first sector, sectors a pixel
const state = {
	shown: new Array(CLASSES).fill(true),
	until: Infinity,       // the time axis up to here
	cursor: null,          // a sector
	chosen: null,          // {title, has: Uint8Array by name}
	chosenBefore: null,    // how many chosen runs lie before each run
	playing: 0,
};
const GUTTER = 128, RIGHT = 12;
let theme = {};
let pending = 0;

function plotWidth() {
	return Math.max(50, map.clientWidth - GUTTER - RIGHT);
}

function wholeScale() {
	return data.sectors / plotWidth();
}

function setView(start, scale) {
	const width = plotWidth();
	view.scale = Math.min(Math.max(scale, 1 / 48), wholeScale());
	view.start = Math.min(Math.max(0, start), Math.max(0, data.sectors - width * view.scale));
	redraw();
}

function zoomAt(sector, factor) {
	const x = (sector - view.start) / view.scale;
	const scale = Math.min(Math.max(view.scale * factor, 1 / 48), wholeScale());
	setView(sector - x * scale, scale);
}

function show(start, end) {
	const room = Math.max((end - start) * 1.3, 24);
	setView((start + end) / 2 - room / 2, room / plotWidth());
}

const middle = () => view.start + plotWidth() * view.scale / 2;
const isShown = (cls) => cls < CLASSES && state.shown[cls];

function redraw() {
	if (!pending)
		pending = requestAnimationFrame(() => {
			pending = 0;
			draw();
		});
}

// --- sums by pixel ---

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

// --- drawing ---

function readTheme() {
	const style = getComputedStyle(document.documentElement);
	for (const key of ['paper', 'panel', 'ink', 'soft', 'rule', 'accent', 'mark'])
		theme[key] = style.getPropertyValue('--' + key).trim();
	theme.dark = document.documentElement.dataset.theme === 'dark';
}

function prepare(canvas, height) {
	const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth;
	if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
		canvas.width = Math.round(width * ratio);
		canvas.height = Math.round(height * ratio);
		canvas.style.height = height + 'px';
	}
	const context = canvas.getContext('2d', {alpha: false, willReadFrequently: true});
	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	context.direction = 'ltr';
	context.fillStyle = theme.paper;
	context.fillRect(0, 0, width, height);
	return context;
}

const familyColour = (family) => data.families[family][theme.dark ? 2 : 1];
const WEIGHTS = [1, 4, 4, 6, 6, 6, 9, 6, 3, 5, 1];

// The run that stands for a pixel: of those in it, the one a reader looks for most.
function runOfPixel(from, to) {
	let best = runAt(Math.max(0, from)), weight = -1;
	for (let i = best, seen = 0; i < runs.n && runs.start[i] < to && seen < 48; i++, seen++) {
		const family = data.names[runs.name[i]][1];
		const score = WEIGHTS[family] + (state.chosen && state.chosen.has[runs.name[i]] ? 20 : 0);
		if (score > weight) {
			weight = score;
			best = i;
		}
	}
	return best;
}

// [{from, to, name}]: the pixels of what is in view, neighbours with one name joined.
function stretches(start, scale, width) {
	const list = [];
	for (let x = 0; x < width;) {
		const from = start + x * scale;
		if (from >= data.sectors)
			break;
		const i = runOfPixel(from, from + scale), name = runs.name[i];
		let to = Math.max(x + 1, Math.ceil((runEnd(i) - start) / scale - 0.001));
		if (runEnd(i) < from + scale)
			to = x + 1;
		// A run that begins inside its last pixel shares it with the next one.
		to = Math.min(to, width);
		const last = list[list.length - 1];
		if (last && last.name === name)
			last.to = to;
		else
			list.push({from: x, to, name});
		x = to;
	}
	return list;
}

const deviceRows = [];

function findDevices() {
	let deepest = 0;
	for (const frame of data.frames)
		deepest = Math.max(deepest, frame.length / 2);
	for (let depth = deepest > 1 ? 1 : 0; depth < Math.min(deepest, 5); depth++) {
		const spans = [];
		for (let i = 0; i < runs.n; i++) {
			const frame = data.frames[runs.frame[i]];
			const device = frame.length > 2 * depth ? frame[2 * depth] : -1;
			const last = spans[spans.length - 1];
			if (last && last.device === device)
				last.end = runEnd(i);
			else
				spans.push({device, start: runs.start[i], end: runEnd(i)});
		}
		deviceRows.push(spans.filter((span) => span.device >= 0));
	}
}

// The first of the words that fits, or what of the last one fits, if that is enough to know it by.
function fitText(context, words, x, y, room) {
	if (room < 22)
		return;
	const fits = words.find((word) => context.measureText(word).width <= room);
	if (fits !== undefined) {
		context.fillText(fits, x, y);
		return;
	}
	let cut = words[words.length - 1].slice(0, Math.ceil(room / 5));
	while (cut.length >= 4 && context.measureText(cut + '\u2026').width > room)
		cut = cut.slice(0, -1);
	if (cut.length >= 4)
		context.fillText(cut + '\u2026', x, y);
}

function drawDevices(context, y, width) {
	for (const spans of deviceRows) {
		context.font = 'bold 12px "DejaVu Sans", Verdana, sans-serif';
		for (const span of spans) {
			const from = Math.max(0, (span.start - view.start) / view.scale);
			const to = Math.min(width, (span.end - view.start) / view.scale);
			if (to <= 0 || from >= width || to <= from)
				continue;
			context.fillStyle = theme.panel;
			context.strokeStyle = theme.soft;
			context.fillRect(GUTTER + from, y, Math.max(1, to - from), 17);
			context.strokeRect(GUTTER + from + 0.5, y + 0.5, Math.max(1, to - from - 1), 16);
			context.fillStyle = theme.ink;
			fitText(context, [data.devices[span.device][0]], GUTTER + from + 5, y + 13, to - from - 8);
		}
		y += 20;
	}
	return y;
}

function drawRegions(context, list, y) {
	context.font = '12px "DejaVu Sans", Verdana, sans-serif';
	for (const stretch of list) {
		const name = data.names[stretch.name], wide = stretch.to - stretch.from;
		context.fillStyle = data.families[name[1]][2];
		context.fillRect(GUTTER + stretch.from, y, wide, 6);
		context.fillStyle = theme.dark ? theme.panel : data.families[name[1]][1];
		context.fillRect(GUTTER + stretch.from, y + 6, wide, 20);
		if (wide > 3) {
			context.fillStyle = theme.soft;
			context.fillRect(GUTTER + stretch.from, y, 1, 26);
		}
		context.fillStyle = theme.ink;
		fitText(context, name[4] < 0 ? [name[0], name[3]] : [name[0]], GUTTER + stretch.from + 4, y + 20, wide - 6);
	}
	return y + 30;
}

function drawAxis(context, width) {
	const last = Math.ceil(view.start + width * view.scale);
	const steps = width / Math.max(110, 9 * String(last).length + 16), wanted = width * view.scale / steps;
	const power = 2 ** Math.max(0, Math.ceil(Math.log2(wanted)));
	context.font = '12px "DejaVu Sans", Verdana, sans-serif';
	context.fillStyle = theme.soft;
	context.fillText('sector', 8, 15);
	for (let at = Math.ceil(view.start / power) * power; at < view.start + width * view.scale; at += power) {
		const x = GUTTER + (at - view.start) / view.scale;
		context.fillRect(x, 18, 1, 5);
		if (x + 9 * String(at).length < GUTTER + width + RIGHT)
			context.fillText(String(at), x, 15);
	}
	return 24;
}

const laneClasses = [2, 3, 0, 1, 4, 5, 6, 7].filter((cls) => cls < 4 || requestsOf(cls) > 0);
const LANE = 34;

function requestsOf(cls) {
	const at = Math.floor(cls / 2) * 3;
	return cls % 2 ? data.totals[at + 2] : data.totals[at] - data.totals[at + 2];
}

function drawLaneHead(context, cls, y) {
	context.fillStyle = theme.rule;
	context.fillRect(GUTTER, y + LANE - 1, plotWidth(), 1);
	shape(context, cls, 8, y + 12, 9, 9);
	context.fillStyle = theme.ink;
	context.font = '11px "DejaVu Sans", Verdana, sans-serif';
	context.fillText(data.classes[cls][0], 21, y + 20);
}

// Discards and zeroes are dark, so on a dark ground they are lightened.
function classColour(cls) {
	const colour = data.classes[cls][1];
	if (!theme.dark || cls < 4)
		return colour;
	return '#' + [1, 3, 5].map((at) => Math.round(parseInt(colour.slice(at, at + 2), 16) * 0.4 + 153)
		.toString(16).padStart(2, '0')).join('');
}

// Aligned accesses are bars, unaligned ones triangles.
function shape(context, cls, x, y, w, h) {
	context.fillStyle = classColour(cls);
	if (cls % 2 === 0) {
		context.fillRect(x, y, w, h);
		return;
	}
	context.beginPath();
	context.moveTo(x, y + h);
	context.lineTo(x + w, y + h);
	context.lineTo(x + w / 2, y);
	context.fill();
}

function drawSectors(context, y, width) {
	const first = Math.floor(view.start), n = Math.ceil(width * view.scale) + 1, size = 1 / view.scale;
	const found = sums(recordsNow(), first, 1, n);
	for (const cls of laneClasses) {
		drawLaneHead(context, cls, y);
		context.save();
		context.beginPath();
		context.rect(GUTTER, y, width, LANE);
		context.clip();
		for (let i = 0; i < n && isShown(cls); i++)
			if (found[cls][i] > 0)
				shape(context, cls, GUTTER + (first + i - view.start) * size + 0.5, y + 5, size - 1, LANE - 8);
		context.restore();
		y += LANE;
	}
	return y;
}

function drawBars(context, y, width) {
	const found = sums(recordsNow(), view.start, view.scale, width);
	let most = 1;
	for (const cls of laneClasses)
		for (let x = 0; x < width; x++)
			most = Math.max(most, found[cls][x]);
	for (const cls of laneClasses) {
		drawLaneHead(context, cls, y);
		context.fillStyle = classColour(cls);
		const step = cls % 2 ? 3 : 1;
		context.beginPath();
		for (let x = 0; x < width && isShown(cls); x += step) {
			let sum = found[cls][x];
			for (let i = 1; i < step && x + i < width; i++)
				sum = Math.max(sum, found[cls][x + i]);
			if (sum < 1e-9)
				continue;
			const h = 6 + (LANE - 10) * Math.log1p(sum) / Math.log1p(most), bottom = y + LANE - 1;
			if (step === 1) {
				context.fillRect(GUTTER + x, bottom - h, 1, h);
			} else {
				context.moveTo(GUTTER + x - 0.5, bottom);
				context.lineTo(GUTTER + x + 3.5, bottom);
				context.lineTo(GUTTER + x + 1.5, bottom - h);
			}
		}
		context.fill();
		y += LANE;
	}
	return y;
}

const TIME = 180;

function visibleRecords(records, width) {
	const end = view.start + width * view.scale, list = [];
	for (let i = 0; i < records.n; i++)
		if (isShown(records.cls[i]) && records.when[i] <= state.until && records.start[i] < end &&
		    records.start[i] + records.count[i] > view.start)
			list.push(i);
	return list;
}

// In each step of time every class has a row of its own, so none hides another.
function drawFew(context, list, y, width) {
	const size = 5, steps = Math.max(1, Math.floor(TIME / (2 * size)) - 1);
	for (const i of list) {
		const step = Math.round(tiles.when[i] / Math.max(1, data.last) * (steps - 1));
		const from = Math.max(0, (tiles.start[i] - view.start) / view.scale);
		const to = Math.min(width, from + Math.max(4, tiles.count[i] / view.scale));
		const top = y + step * 2 * size + (tiles.cls[i] >> 1 === 0 ? size : 0);
		shape(context, tiles.cls[i], GUTTER + from, top, to - from, size - 0.5);
	}
}

function rgb(cls) {
	const value = parseInt(classColour(cls).slice(1), 16);
	return [value >> 16, value >> 8 & 255, value & 255];
}

// Many: sums by pixel, the stronger the more.
function drawMany(context, list, y, width) {
	const size = 2, steps = Math.max(1, Math.floor(TIME / (laneClasses.length * size)) - 1);
	const columns = Math.ceil(width / 2), rows = laneClasses.length, cells = new Float64Array(steps * rows * columns);
	let most = 1;
	for (const i of list) {
		const step = Math.round(tiles.when[i] / Math.max(1, data.last) * (steps - 1));
		const first = (step * rows + laneClasses.indexOf(tiles.cls[i])) * columns;
		const from = Math.floor(Math.max(0, (tiles.start[i] - view.start) / view.scale) / 2);
		const end = (tiles.start[i] + tiles.count[i] - view.start) / view.scale / 2;
		const to = Math.min(columns, Math.max(from + 1, Math.ceil(end)));
		for (let x = from; x < to; x++) {
			cells[first + x] += tiles.sectors[i] / Math.max(1, to - from);
			most = Math.max(most, cells[first + x]);
		}
	}
	// Pixels are set one by one and then scaled up, which is far quicker than as many rectangles.
	const image = new ImageData(columns, steps * rows), colours = laneClasses.map(rgb);
	for (let at = 0; at < cells.length; at++) {
		if (!cells[at])
			continue;
		const colour = colours[Math.floor(at / columns) % rows];
		image.data[4 * at] = colour[0];
		image.data[4 * at + 1] = colour[1];
		image.data[4 * at + 2] = colour[2];
		image.data[4 * at + 3] = 255 * (0.15 + 0.85 * (Math.log1p(cells[at]) / Math.log1p(most)) ** 2);
	}
	const small = document.createElement('canvas');
	small.width = columns;
	small.height = steps * rows;
	small.getContext('2d').putImageData(image, 0, 0);
	context.imageSmoothingEnabled = false;
	context.drawImage(small, GUTTER, y, columns * 2, steps * rows * size);
}

function drawTime(context, y, width) {
	const list = visibleRecords(tiles, width);
	if (list.length < 1500)
		drawFew(context, list, y, width);
	else
		drawMany(context, list, y, width);
	context.fillStyle = theme.soft;
	context.font = '11px "DejaVu Sans", Verdana, sans-serif';
	context.fillText(timeText(0), 8, y + 12);
	context.fillText(timeText(data.last), 8, y + TIME - 4);
	context.fillText(data.hasTime ? 'time \u2193' : 'sequence \u2193', 8, y + TIME / 2);
	if (state.until !== Infinity) {
		context.fillStyle = theme.accent;
		context.fillRect(GUTTER, y + Math.min(1, state.until / Math.max(1, data.last)) * (TIME - 2), width, 1.5);
	}
	return y + TIME;
}

// Veils what is not singled out.
function drawVeil(context, list, top, bottom) {
	if (!state.chosen)
		return;
	context.save();
	context.globalAlpha = 0.8;
	context.fillStyle = theme.paper;
	for (const stretch of list)
		if (!state.chosen.has[stretch.name])
			context.fillRect(GUTTER + stretch.from, top, stretch.to - stretch.from, bottom - top);
	context.restore();
}

function drawCursor(context, bottom, width) {
	if (state.cursor === null)
		return;
	const x = (state.cursor - view.start) / view.scale;
	if (x < -1 || x > width)
		return;
	context.fillStyle = theme.accent;
	context.globalAlpha = 0.35;
	context.fillRect(GUTTER + x, 0, Math.max(1.5, 1 / view.scale), bottom);
	context.globalAlpha = 1;
}

function mapHeight() {
	return 24 + deviceRows.length * 20 + 30 + laneClasses.length * LANE + 8 + TIME + 8;
}

function draw() {
	if (map.clientWidth < 1 || mini.clientWidth < 1)
		return;
	const width = Math.floor(plotWidth()), height = mapHeight(), context = prepare(map, height);
	const list = stretches(view.start, view.scale, width);
	let y = drawAxis(context, width);
	y = drawDevices(context, y, width);
	const top = y;
	y = drawRegions(context, list, y);
	y = view.scale < 1 / 5 && finest === 1 ? drawSectors(context, y, width) : drawBars(context, y, width);
	y = drawTime(context, y + 8, width);
	drawVeil(context, list, top, y);
	drawCursor(context, y, width);
	drawMini();
	map.dataset.start = Math.floor(view.start);
	map.dataset.sectors = Math.ceil(width * view.scale);
}

// The whole disk, drawn anew only when what it shows has changed.
const miniKept = {key: '', image: document.createElement('canvas')};

function paintMini(width) {
	const context = prepare(mini, 44), scale = data.sectors / width;
	for (const stretch of stretches(0, scale, width)) {
		context.fillStyle = data.families[data.names[stretch.name][1]][2];
		context.fillRect(stretch.from, 30, stretch.to - stretch.from, 14);
	}
	const found = sums(recordsNow(), 0, scale, width);
	for (const cls of laneClasses) {
		context.fillStyle = classColour(cls);
		const half = (x) => isShown(cls ^ 1) && found[cls ^ 1][x] > 0;
		for (let x = 0; x < width && isShown(cls); x++)
			if (found[cls][x] > 0)
				context.fillRect(x, (cls >> 1 === 0 ? 16 : 2) + (half(x) && cls % 2 ? 6 : 0), 1, half(x) ? 6 : 12);
	}
	miniKept.image.width = mini.width;
	miniKept.image.height = mini.height;
	miniKept.image.getContext('2d').drawImage(mini, 0, 0);
}

function drawMini() {
	const width = mini.clientWidth, scale = data.sectors / width;
	const key = [width, state.shown, state.until, theme.paper, state.chosen && state.chosen.title].join();
	if (miniKept.key !== key) {
		paintMini(width);
		miniKept.key = key;
	}
	const context = prepare(mini, 44);
	context.drawImage(miniKept.image, 0, 0, width, 44);
	context.strokeStyle = theme.accent;
	context.lineWidth = 2;
	context.strokeRect(view.start / scale + 1, 1, Math.max(3, plotWidth() * view.scale / scale - 2), 42);
}

// --- the panel ---

function element(tag, text, parent) {
	const made = document.createElement(tag);
	if (text !== undefined)
		made.textContent = text;
	if (parent)
		parent.append(made);
	return made;
}

function button(text, act, parent) {
	const made = element('button', text, parent);
	made.type = 'button';
	made.addEventListener('click', act);
	return made;
}

const ACCESSES_SHOWN = 30;

function accessesAt(sector, width, panel) {
	const list = element('ul');
	let n = 0, requests = 0, sectors = 0;
	for (let i = 0; i < bins.n; i++) {
		if (bins.start[i] >= sector + width || bins.start[i] + bins.count[i] <= sector || !isShown(bins.cls[i]))
			continue;
		if (exact && bins.when[i] > state.until)
			continue;
		requests += bins.requests[i];
		sectors += bins.sectors[i];
		if (exact && n++ < ACCESSES_SHOWN)
			element('li', `${timeText(bins.when[i])}: ${data.classes[bins.cls[i]][0]} of sectors ` +
				`${bins.start[i]}+${bins.count[i]}`, list);
	}
	const where = exact ? (width > 1 ? `these ${width} sectors` : 'this sector')
			    : `the ${Math.max(finest, width)} sectors around here, which this page does not tell apart`;
	if (!requests && !sectors)
		element('p', `No access to ${where}.`, panel);
	else
		element('p', exact ? `${requests} ${requests === 1 ? 'access' : 'accesses'} to ${where}:`
				   : `${requests} accesses begin in ${where}; ${sectors} sectors moved.`, panel);
	if (n > ACCESSES_SHOWN)
		element('li', `and ${n - ACCESSES_SHOWN} more`, list);
	panel.append(list);
}

function tell(sector) {
	const panel = byId('place'), layers = stackOf(sector);
	panel.replaceChildren();
	let item = panel;
	for (const layer of layers)
		item = element('li', layer, element('ol', undefined, item));
	accessesAt(sector, Math.max(1, Math.floor(view.scale)), panel);
	return layers.join('; ');
}

function moveCursor(sector, aloud) {
	state.cursor = Math.min(Math.max(0, Math.floor(sector)), data.sectors - 1);
	const words = tell(state.cursor);
	if (aloud)
		byId('say').textContent = words;
	redraw();
}

// --- singling out ---

function choose(title, matches, zoom) {
	const has = new Uint8Array(data.names.length);
	let first = -1, last = -1, any = false;
	data.names.forEach((name, i) => {
		has[i] = matches(name, i) ? 1 : 0;
		any = any || has[i] === 1;
	});
	for (let i = 0; i < runs.n; i++)
		if (has[runs.name[i]]) {
			first = first < 0 ? i : first;
			last = i;
		}
	if (!any || first < 0) {
		byId('say').textContent = `${title}: this page does not know where it lies`;
		return;
	}
	state.chosen = {title, has};
	byId('clear').hidden = false;
	byId('clear').textContent = `Show everything, not only ${title}`;
	markLegend();
	if (zoom) {
		show(runs.start[first], runEnd(last));
		state.cursor = runs.start[first];
		tell(state.cursor);
	}
	byId('say').textContent = `singled out ${title}`;
	redraw();
}

function chooseName(index, zoom) {
	choose(data.names[index][0], (name, i) => i === index, zoom);
}

function clearChoice() {
	state.chosen = null;
	byId('clear').hidden = true;
	byId('say').textContent = 'everything is shown';
	markLegend();
	redraw();
}

const legendButtons = [];

function markLegend() {
	for (const [index, made] of legendButtons)
		made.setAttribute('aria-pressed', String(Boolean(state.chosen && state.chosen.has[index])));
}

const requestsIn = (counters) => counters[0] + counters[3] + counters[6] + counters[9];

function countsText(counters) {
	const parts = [];
	OPS.forEach((op, i) => {
		if (counters[3 * i])
			parts.push(`${counters[3 * i]} ${op}${counters[3 * i] === 1 ? '' : op === 'zero' ? 'es' : 's'}` +
				   (counters[3 * i + 2] ? ` (${counters[3 * i + 2]} unaligned)` : ''));
	});
	return parts.join(', ');
}

function makeLegend() {
	const list = byId('legend');
	const order = data.names.map((name, i) => i).sort((a, b) =>
		requestsIn(data.names[b][5]) - requestsIn(data.names[a][5]) || a - b).slice(0, 150);
	for (const index of order) {
		const name = data.names[index], item = element('li', undefined, list);
		const made = button('', () => state.chosen && state.chosen.has[index] && state.chosen.title === name[0]
			? clearChoice() : chooseName(index, true), item);
		const swatch = element('span', undefined, made);
		swatch.className = 'swatch';
		swatch.style.background = data.families[name[1]][2];
		element('bdi', name[0], made);
		const counts = countsText(name[5]);
		if (counts)
			element('span', counts, made);
		made.setAttribute('aria-pressed', 'false');
		legendButtons.push([index, made]);
	}
}

// --- search ---

function found(title, act) {
	const results = byId('results');
	button(title, act, element('li', undefined, results));
	results.hidden = false;
}

function search(query) {
	const results = byId('results'), word = query.trim().toLowerCase();
	results.replaceChildren();
	results.hidden = true;
	if (!word)
		return;
	if (/^(0x[0-9a-f]+|[0-9]+)$/.test(word)) {
		goTo(Number(word));
		return;
	}
	const matches = [];
	const kind = word.replace(/ /g, '-');
	data.names.forEach((name, i) => {
		const exactly = name[0].toLowerCase() === word || name[0].toLowerCase().endsWith(': ' + word) ||
			name[3] === kind || data.devices[name[2]][0].toLowerCase() === word;
		if (exactly || name[0].toLowerCase().includes(word) || name[3].includes(kind))
			matches.push([exactly ? 0 : 1, i]);
	});
	matches.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
	if (matches.length > 1)
		found(`all ${matches.length}`, () => {
			const all = new Set(matches.map((match) => match[1]));
			choose(query.trim(), (name, i) => all.has(i), true);
		});
	for (const match of matches.slice(0, 40))
		found(data.names[match[1]][0], () => chooseName(match[1], true));
	if (matches.length === 1)
		chooseName(matches[0][1], true);
	byId('say').textContent = matches.length ? `${matches.length} found` : 'nothing found';
	if (!matches.length)
		found('nothing found', () => byId('query').focus());
}

function goTo(sector) {
	if (sector >= data.sectors) {
		found(`the disk ends at sector ${data.sectors}`, () => byId('query').focus());
		return;
	}
	show(sector - 12, sector + 13);
	moveCursor(sector, true);
}

// --- moving about ---

// The nearest access before or behind a sector.
function jump(direction) {
	const from = state.cursor === null ? middle() : state.cursor;
	let best = -1;
	for (let i = 0; i < bins.n; i++) {
		const at = bins.start[i];
		if (!isShown(bins.cls[i]) || (direction > 0 ? at <= from : at >= from))
			continue;
		if (best < 0 || (direction > 0 ? at < best : at > best))
			best = at;
	}
	if (best < 0) {
		byId('say').textContent = 'no further access';
		return;
	}
	if (best < view.start || best > view.start + plotWidth() * view.scale)
		setView(best - plotWidth() * view.scale / 2, view.scale);
	moveCursor(best, true);
}

function sectorAt(event) {
	return view.start + (event.clientX - map.getBoundingClientRect().left - GUTTER) * view.scale;
}

const drag = {x: 0, start: 0, on: false, moved: false};

function pointerDown(event) {
	Object.assign(drag, {x: event.clientX, start: view.start, on: true, moved: false});
	map.setPointerCapture(event.pointerId);
}

function pointerMove(event) {
	if (drag.on) {
		drag.moved = drag.moved || Math.abs(event.clientX - drag.x) > 3;
		if (drag.moved)
			setView(drag.start - (event.clientX - drag.x) * view.scale, view.scale);
		return;
	}
	const sector = sectorAt(event);
	if (sector >= view.start && sector < data.sectors)
		moveCursor(sector, false);
}

function pointerUp(event) {
	const sector = sectorAt(event);
	if (drag.on && !drag.moved && sector >= view.start && sector < data.sectors) {
		const index = runs.name[runOfPixel(sector, sector + view.scale)];
		moveCursor(sector, false);
		if (state.chosen && state.chosen.has[index])
			clearChoice();
		else
			chooseName(index, false);
	}
	drag.on = false;
}

function keyDown(event) {
	const step = Math.max(1, view.scale) * (event.shiftKey ? plotWidth() / 10 : 1);
	const at = state.cursor === null ? Math.floor(middle()) : state.cursor;
	const keys = {
		ArrowLeft: () => event.shiftKey ? setView(view.start - step, view.scale) : walk(at - step),
		ArrowRight: () => event.shiftKey ? setView(view.start + step, view.scale) : walk(at + step),
		ArrowUp: () => zoomAt(at, 1 / 1.5),
		ArrowDown: () => zoomAt(at, 1.5),
		'+': () => zoomAt(at, 1 / 1.5),
		'=': () => zoomAt(at, 1 / 1.5),
		'-': () => zoomAt(at, 1.5),
		'0': () => setView(0, wholeScale()),
		Home: () => walk(0),
		End: () => walk(data.sectors - 1),
		n: () => jump(1),
		p: () => jump(-1),
		Enter: () => chooseName(runs.name[runAt(at)], false),
		Escape: clearChoice,
	};
	const act = keys[event.key];
	if (!act || event.ctrlKey || event.metaKey || event.altKey)
		return;
	event.preventDefault();
	act();
}

function walk(sector) {
	moveCursor(sector, true);
	if (state.cursor < view.start || state.cursor >= view.start + plotWidth() * view.scale)
		setView(state.cursor - plotWidth() * view.scale / 2, view.scale);
}

function wheel(event) {
	event.preventDefault();
	if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
		setView(view.start + event.deltaX * view.scale, view.scale);
	else
		zoomAt(sectorAt(event), Math.exp(Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 100) / 300));
}

function miniMove(event) {
	if (event.buttons & 1) {
		const sector = (event.clientX - mini.getBoundingClientRect().left) / mini.clientWidth * data.sectors;
		setView(sector - plotWidth() * view.scale / 2, view.scale);
	}
}

// --- time ---

const slider = byId('time');

function setTime(part, keepSlider) {
	state.until = part >= 1000 ? Infinity : Math.floor(data.last * part / 1000);
	if (!keepSlider)
		slider.value = String(Math.round(part));
	byId('now').textContent = state.until === Infinity ? 'all' : `up to ${timeText(state.until)}`;
	redraw();
}

function stop() {
	cancelAnimationFrame(state.playing);
	state.playing = 0;
	byId('play').textContent = 'Play';
	byId('play').setAttribute('aria-pressed', 'false');
}

// The whole trace in ten seconds at speed 1.
function play() {
	let part = Number(slider.value) >= 1000 ? 0 : Number(slider.value), before = 0;
	byId('play').textContent = 'Pause';
	byId('play').setAttribute('aria-pressed', 'true');
	const step = (now) => {
		part += before ? (now - before) / 10 * Number(byId('speed').value) : 0;
		before = now;
		setTime(Math.min(part, 1000));
		if (part >= 1000)
			stop();
		else
			state.playing = requestAnimationFrame(step);
	};
	state.playing = requestAnimationFrame(step);
}

// --- tables ---

const ROWS_FIRST = 200;

function compare(a, b) {
	if (typeof a === 'number' && typeof b === 'number')
		return a - b;
	return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

// columns: words; rows: {cells, act}; cells that are numbers sort as numbers.
function makeTable(title, columns, rows) {
	if (!rows.length)
		return;
	const box = element('div', undefined, byId('tables')), table = element('table', undefined, box);
	box.className = 'scroll';
	box.tabIndex = 0;
	box.setAttribute('role', 'region');
	box.setAttribute('aria-label', title);
	element('caption', title, table);
	const head = element('tr', undefined, element('thead', undefined, table));
	const body = element('tbody', undefined, table);
	let shown = ROWS_FIRST, more = null;
	const fill = () => {
		body.replaceChildren(...rows.slice(0, shown).map(makeRow));
		if (more)
			more.hidden = shown >= rows.length;
	};
	columns.forEach((column, i) => {
		const cell = element('th', undefined, head);
		cell.scope = 'col';
		if (typeof rows[0].cells[i] !== 'number')
			cell.className = 'word';
		button(column, () => {
			const down = cell.getAttribute('aria-sort') === 'descending';
			for (const other of head.children)
				other.removeAttribute('aria-sort');
			cell.setAttribute('aria-sort', down ? 'ascending' : 'descending');
			rows.sort((a, b) => (down ? 1 : -1) * compare(a.cells[i], b.cells[i]));
			fill();
		}, cell);
	});
	if (rows.length > shown)
		more = button(`Show all ${rows.length} rows`, () => {
			shown = rows.length;
			fill();
		}, box);
	fill();
}

function makeRow(row) {
	const made = document.createElement('tr');
	row.cells.forEach((cell, i) => {
		const box = element('td', undefined, made);
		if (typeof cell !== 'number')
			box.className = 'word';
		if (i === 0 && row.act)
			button(cell, row.act, box);
		else
			box.textContent = cell;
	});
	return made;
}

const COUNTS = ['reads', 'sectors read', 'unaligned reads', 'writes', 'sectors written', 'unaligned writes',
	'discards', 'sectors discarded', 'unaligned discards', 'zeroes', 'sectors zeroed', 'unaligned zeroes'];

function makeTables() {
	// Reads and writes always; discards and zeroes when there are any.
	const cut = (columns) => columns.filter((column, i) => i < 6 || data.totals[i - i % 3] > 0);
	const counts = cut(COUNTS);
	makeTable('Regions', ['region', 'device', 'file system'].concat(counts), data.regions.map((region) => ({
		cells: [region[2], data.devices[region[0]][0], region[1]].concat(cut(region[3])),
		act: () => choose(`${data.devices[region[0]][0]} ${region[2]}`,
				  (name) => name[2] === region[0] && name[3] === region[2], true),
	})));
	makeTable(data.moreFiles ? `Files (the ${data.files.length} with most traffic; ${data.moreFiles} more are in the report)`
				 : 'Files',
		  ['file', 'device', 'inode'].concat(counts), data.files.map((file) => ({
		cells: [file[2] || `<${file[1]}>`, data.devices[file[0]][0], file[1]].concat(cut(file[3])),
		act: () => choose(file[2] || `inode ${file[1]}`,
				  (name) => name[2] === file[0] && name[4] === file[1] && isOfInode(name[3]), true),
	})));
	makeTable(`Alignment of writes to ${data.unit * 512} bytes`,
		  ['device', 'writes', 'unaligned', 'partial blocks'].concat(data.causes.map((cause) => 'cause: ' + cause)),
		  data.alignment.map((device) => ({cells: [data.devices[device[0]][0]].concat(device.slice(1))})));
}

const isOfInode = (kind) => !data.groupKinds.includes(kind);

// What the labels stand or fall with comes before them.
function makeWarnings() {
	for (const warning of data.warnings || [])
		element('p', 'Warning: ' + warning, byId('warnings'));
}

function makeNotes() {
	const notes = data.notes.slice();
	if (!exact)
		notes.push(`${data.accesses} accesses are too many for one page, so they are added up: where, in steps of ` +
			   `${finest} sectors; when, in steps of ${2 ** data.placeShift} sectors and ` +
			   `${data.hasTime ? (2 ** data.timeShift / 1e9).toPrecision(3) + ' s' : 2 ** data.timeShift + ' accesses'}.`);
	if (data.sectors > 2 ** 51)
		notes.push('On a disk as large as this, sectors are told to within a few sectors only.');
	if (data.joined)
		notes.push(`Small regions that lie closer than ${data.coarse} sectors are joined in ${data.joined} places.`);
	if (notes.length) {
		element('h3', 'Notes', byId('notes'));
		const list = element('ul', undefined, byId('notes'));
		for (const note of notes)
			element('li', note, list);
	}
}

// --- start ---

const swatches = []; // of the filters: context and class

function makeFilters() {
	for (const cls of laneClasses) {
		const label = element('label', undefined, byId('filters')), box = element('input', undefined, label);
		box.type = 'checkbox';
		box.checked = true;
		box.addEventListener('change', () => {
			state.shown[cls] = box.checked;
			redraw();
		});
		const swatch = element('canvas', undefined, label);
		swatch.width = swatch.height = 12;
		swatch.className = 'swatch';
		swatch.style.border = swatch.style.margin = '0';
		swatches.push([swatch.getContext('2d'), cls]);
		element('span', `${data.classes[cls][0]} (${requestsOf(cls)})`, label);
	}
	if (data.flushes)
		element('span', `flushes (${data.flushes})`, byId('filters'));
}

function setTheme(dark) {
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
	readTheme();
	for (const [context, cls] of swatches) {
		context.clearRect(0, 0, 12, 12);
		shape(context, cls, 0, 0, 12, 12);
	}
	redraw();
}

function listen() {
	map.addEventListener('pointerdown', pointerDown);
	map.addEventListener('pointermove', pointerMove);
	map.addEventListener('pointerup', pointerUp);
	map.addEventListener('pointercancel', () => drag.on = false);
	map.addEventListener('wheel', wheel, {passive: false});
	map.addEventListener('keydown', keyDown);
	map.addEventListener('focus', () => state.cursor === null && moveCursor(middle(), true));
	mini.addEventListener('pointerdown', miniMove);
	mini.addEventListener('pointermove', miniMove);
	byId('in').addEventListener('click', () => zoomAt(state.cursor === null ? middle() : state.cursor, 1 / 2));
	byId('out').addEventListener('click', () => zoomAt(middle(), 2));
	byId('all').addEventListener('click', () => setView(0, wholeScale()));
	byId('next').addEventListener('click', () => jump(1));
	byId('previous').addEventListener('click', () => jump(-1));
	byId('clear').addEventListener('click', clearChoice);
	byId('play').addEventListener('click', () => state.playing ? stop() : play());
	byId('theme').addEventListener('click', () => setTheme(!theme.dark));
	byId('search').addEventListener('submit', (event) => {
		event.preventDefault();
		search(byId('query').value);
	});
	slider.addEventListener('input', () => {
		stop();
		setTime(Number(slider.value), true);
	});
	new ResizeObserver(() => setView(view.start, view.scale)).observe(map);
}

findDevices();
makeFilters();
makeLegend();
makeWarnings();
makeNotes();
makeTables();
listen();
setTheme(window.matchMedia('(prefers-color-scheme: dark)').matches);
setTime(1000);
setView(0, wholeScale());
