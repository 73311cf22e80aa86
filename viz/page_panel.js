// SPDX-License-Identifier: LGPL-2.1-or-later
// The panel: what lies under the cursor, and singling out a kind, a file or a device.

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
