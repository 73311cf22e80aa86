// SPDX-License-Identifier: LGPL-2.1-or-later
// What is looked at: the run of sectors, the time, and what is singled out.

const OPS = ['read', 'write', 'discard', 'zero'];
const byId = (id) => document.getElementById(id);
const map = byId('map'), mini = byId('mini');

function timeText(when) {
	if (!data.hasTime)
		return `access ${when + 1}`;
	return `${(when / 1e9).toFixed(6)} s`;
}


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
			keepHash();
		});
}
