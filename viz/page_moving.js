// SPDX-License-Identifier: LGPL-2.1-or-later
// Moving about, with the pointer and the keys; playing the time.

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
		a: () => setView(view.start - plotWidth() * view.scale / 10, view.scale),
		d: () => setView(view.start + plotWidth() * view.scale / 10, view.scale),
		w: () => zoomAt(at, 1 / 1.5),
		s: () => zoomAt(at, 1.5),
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

// Where the chart can go no further the page scrolls.
function wheel(event) {
	const before = [view.start, view.scale];
	turn(event);
	if (view.start !== before[0] || view.scale !== before[1])
		event.preventDefault();
}

function turn(event) {
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
	if (!tiles.n) {
		byId('say').textContent = 'no access to replay';
		return;
	}
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
