// SPDX-License-Identifier: LGPL-2.1-or-later
// How fast a page is in a headless Chromium: node bench/page.mjs PAGE.html, after tests/viz/page.test has
// installed what it needs.
// First paint: from the start of loading to the first frame with the chart on it.  Panning: frames a second
// while the chart is dragged at three zooms, and how long the drawing of one frame takes.
import {statSync} from 'node:fs';
import {launch, open} from '../tests/viz/browser.mjs';

const file = process.argv[2], browser = await launch();
const page = await open(browser, file);

const paint = await page.evaluate(() => {
	const entry = performance.getEntriesByName('first-contentful-paint')[0];
	return entry ? entry.startTime : performance.now();
});
const loaded = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
console.log(`size ${(statSync(file).size / 1e6).toFixed(2)} MB`);
console.log(`first paint ${paint.toFixed(0)} ms, loaded and drawn ${loaded.toFixed(0)} ms`);

// Processor time so far of each kind of Chromium's processes, in seconds: frames a second say little on a busy
// machine.
const session = await browser.newBrowserCDPSession();
async function processorTime() {
	const times = {};
	for (const one of (await session.send('SystemInfo.getProcessInfo')).processInfo)
		times[one.type] = (times[one.type] || 0) + one.cpuTime;
	return times;
}

async function pan(zooms) {
	await page.click('#all');
	await page.focus('#map');
	for (let i = 0; i < zooms; i++)
		await page.keyboard.press('+');
	return page.evaluate(() => new Promise((done) => {
		const map = document.getElementById('map'), box = map.getBoundingClientRect();
		const send = (type, x) => map.dispatchEvent(new PointerEvent(type, {clientX: x, clientY: box.top + 100,
			pointerId: 1, bubbles: true, buttons: 1}));
		map.setPointerCapture = () => {};
		send('pointerdown', box.left + 1000);
		let frames = 0, start = 0;
		const step = (now) => {
			start = start || now;
			if (now - start > 3000) {
				send('pointerup', box.left + 900);
				done(frames * 1000 / (now - start));
				return;
			}
			frames++;
			send('pointermove', box.left + 1000 - frames * 7 % 800);
			requestAnimationFrame(step);
		};
		requestAnimationFrame(step);
	}));
}

for (const zooms of [1, 8, 20, 45]) {
	const before = await processorTime(), rate = await pan(zooms), after = await processorTime();
	const cost = (type) => ((after[type] - before[type]) * 1000 / (rate * 3)).toFixed(1);
	console.log(`panning after ${zooms} zooms: ${rate.toFixed(0)} frames a second; processor time a frame: ` +
		    `page ${cost('renderer')} ms, painting ${cost('GPU')} ms`);
}
await browser.close();
