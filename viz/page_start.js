// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens when the page is opened: the last of the modules.

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
heedHash();
window.addEventListener('hashchange', heedHash);
