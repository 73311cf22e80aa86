// SPDX-License-Identifier: LGPL-2.1-or-later
// What is looked at in the page's address, so that it can be sent to someone: #from=SECTOR&to=SECTOR&time=PART.

let hashTimer = 0;

function hashOfView() {
	const from = Math.round(view.start), to = Math.round(view.start + plotWidth() * view.scale);
	const time = state.until === Infinity ? '' : `&time=${slider.value}`;
	return view.scale >= wholeScale() && !time ? '' : `#from=${from}&to=${to}${time}`;
}

// Not at every step of a drag: browsers allow only so many changes.
function keepHash() {
	if (!hashTimer)
		hashTimer = setTimeout(() => {
			hashTimer = 0;
			if (!state.playing && hashOfView() !== location.hash)
				history.replaceState(null, '', hashOfView() || location.pathname + location.search);
		}, 300);
}

// Numbers that make no sense are as if they were not there.
function heedHash() {
	const words = new URLSearchParams(location.hash.slice(1));
	const from = Number(words.get('from')), to = Number(words.get('to')), time = Number(words.get('time') ?? 1000);
	if (words.has('from') && from >= 0 && to > from && to - from <= 2 * data.sectors)
		setView(from, (to - from) / plotWidth());
	if (time >= 0 && time <= 1000)
		setTime(time);
}
