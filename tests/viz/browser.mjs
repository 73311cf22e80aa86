// SPDX-License-Identifier: LGPL-2.1-or-later
// A headless Chromium with no network, and pages in it that remember what they complained about.
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import {resolve} from 'node:path';

// What tests/viz/package.json names is installed below the build directory (tests/viz/page.test).
export const modules = createRequire(resolve(process.env.BUILD || 'build', 'node/require.js'));
const {chromium} = modules('playwright-core');

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch() {
	return chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: flags});
}

export async function open(browser, file, options = {}) {
	const page = await browser.newPage({viewport: {width: 1300, height: 1000}, ...options});
	page.complaints = [];
	page.on('console', (message) => message.type() === 'error' || message.type() === 'warning'
		? page.complaints.push(message.text()) : 0);
	page.on('pageerror', (error) => page.complaints.push(error.message));
	page.on('dialog', (dialog) => {
		page.complaints.push('dialog: ' + dialog.message());
		dialog.dismiss();
	});
	page.on('request', (request) => {
		if (!request.url().startsWith('file:'))
			page.complaints.push('request: ' + request.url());
	});
	await page.goto(pathToFileURL(resolve(file)).href, {timeout: 120000});
	await settled(page);
	return page;
}

// Two frames: what was asked to be drawn is drawn.
export function settled(page) {
	return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
