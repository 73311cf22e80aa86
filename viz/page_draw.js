// SPDX-License-Identifier: LGPL-2.1-or-later
// Drawing the map and its miniature.

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

// The pixels of an access in the plot: none outside of it but what makes the smallest visible, and none past an edge.
function markSpan(start, count, width, least) {
	const from = Math.max(0, (start - view.start) / view.scale);
	return [from, Math.min(width, Math.max(from + least, (start + count - view.start) / view.scale))];
}

// In each step of time every class has a row of its own, so none hides another.
function drawFew(context, list, y, width) {
	const size = 5, steps = Math.max(1, Math.floor(TIME / (2 * size)) - 1);
	for (const i of list) {
		const step = Math.round(tiles.when[i] / Math.max(1, data.last) * (steps - 1));
		const [from, to] = markSpan(tiles.start[i], tiles.count[i], width, 4);
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
