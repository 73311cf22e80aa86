// SPDX-License-Identifier: LGPL-2.1-or-later
// The page in a browser: page.mjs HELLO.html MKFS.html HOSTILE.html BIG.html TIMED.html
import {readFileSync} from 'node:fs';
import {launch, modules, open, settled} from './browser.mjs';
import {test, equal, holds, truth, finish} from './checks.mjs';

const [hello, mkfs, hostile, big, timed] = process.argv.slice(2);
const axe = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');
const browser = await launch();

// Where a sector is drawn on the chart.
async function xOf(page, sector) {
	return page.evaluate((at) => {
		const map = document.getElementById('map'), box = map.getBoundingClientRect();
		const width = box.width - 128 - 12;
		return box.left + 128 + (at + 0.5 - Number(map.dataset.start)) / Number(map.dataset.sectors) * width;
	}, sector);
}

async function search(page, words) {
	await page.fill('#query', words);
	await page.press('#query', 'Enter');
	await settled(page);
}

async function place(page, sector) {
	await search(page, String(sector));
	return page.innerText('#place');
}

const viewed = (page) => page.evaluate(() => Number(document.getElementById('map').dataset.sectors));

// How many pixels of the chart have about this colour.
function count(page, r, g, b) {
	return page.evaluate(([red, green, blue]) => {
		const map = document.getElementById('map');
		const bytes = map.getContext('2d').getImageData(0, 0, map.width, map.height).data;
		let n = 0;
		for (let i = 0; i < bytes.length; i += 4)
			n += Math.abs(bytes[i] - red) + Math.abs(bytes[i + 1] - green) + Math.abs(bytes[i + 2] - blue) < 12;
		return n;
	}, [r, g, b]);
}
const WRITE = [0x00, 0x72, 0xb2], READ = [0x1e, 0xbf, 0xa1];

const page = await open(browser, hello);

await test('draws writes and reads', async () => {
	truth(await count(page, ...WRITE) > 50, 'no writes');
	truth(await count(page, ...READ) > 20, 'no reads');
});

await test('tells the stack of a file\'s sector', async () => {
	const words = await place(page, 16488);
	for (const part of ['disk sector 16488', 'part1 sector 14440', 'VG/LV sector 12392, ext4 block 1549', '/hello',
		'inode 12', 'byte 0', '1 access to this sector', 'aligned write of sectors 16488+8'])
		holds(words, part);
	holds(await place(page, 16490), 'byte 1024');
});

await test('tells journal transactions', async () => {
	holds(await place(page, 4192), 'transaction 2: descriptor');
	holds(await place(page, 4200), 'transaction 2: copy of block 21 (inode bitmap, group 0)');
	holds(await place(page, 4248), 'transaction 2: commit');
});

await test('tells inodes and partitions', async () => {
	holds(await place(page, 4392), 'inodes 1-2');
	holds(await place(page, 0), 'mbr');
	holds(await place(page, 1000), 'gap');
});

await test('hover tells the place under the pointer', async () => {
	await search(page, '4264');
	const box = await page.locator('#map').boundingBox();
	await page.mouse.move(await xOf(page, 4266), box.y + 80);
	await settled(page);
	holds(await page.innerText('#place'), 'disk sector 4266');
	holds(await page.innerText('#place'), 'inode bitmap, group 0');
});

await test('zooms from the whole disk to a sector', async () => {
	await page.click('#all');
	await settled(page);
	truth(await viewed(page) >= 81920, 'not the whole disk');
	await page.focus('#map');
	for (let i = 0; i < 30; i++)
		await page.keyboard.press('+');
	await settled(page);
	truth(await viewed(page) < 40, 'still far from a sector');
	const box = await page.locator('#map').boundingBox();
	await page.mouse.move(box.x + 600, box.y + 100);
	await page.mouse.wheel(0, 400);
	await settled(page);
	truth(await viewed(page) > 24, 'the wheel does not zoom out');
});

await test('pans with the pointer', async () => {
	await search(page, '20000');
	const before = await page.getAttribute('#map', 'data-start');
	const box = await page.locator('#map').boundingBox();
	await page.mouse.move(box.x + 600, box.y + 100);
	await page.mouse.down();
	await page.mouse.move(box.x + 400, box.y + 100, {steps: 4});
	await page.mouse.up();
	await settled(page);
	truth(Number(await page.getAttribute('#map', 'data-start')) > Number(before), 'the view did not move');
});

await test('at the whole disk the wheel scrolls the page', async () => {
	const page = await open(browser, hello);
	await page.focus('#map');
	await page.keyboard.press('0');
	await settled(page);
	const prevented = await page.evaluate(() => {
		const turns = [400, -400].map((deltaY) => new WheelEvent('wheel', {deltaY, clientX: 300, cancelable: true}));
		return turns.map((turn) => (document.getElementById('map').dispatchEvent(turn), turn.defaultPrevented));
	});
	equal(String(prevented), 'false,true');
	await page.close();
});

await test('W A S D zoom and move; the address keeps what is looked at', async () => {
	const page = await open(browser, hello);
	await page.focus('#map');
	const whole = await viewed(page);
	for (let i = 0; i < 6; i++)
		await page.keyboard.press('w');
	await page.keyboard.press('d');
	await settled(page);
	const near = await viewed(page);
	truth(near < whole / 4, 'W does not zoom in');
	// The address follows the view a moment later.
	await page.waitForFunction(() => {
		const words = new URLSearchParams(location.hash.slice(1)), {start, sectors} = document.getElementById('map').dataset;
		const from = Number(words.get('from')), to = Number(words.get('to'));
		return Math.abs(from - start) <= 1 && Math.abs(to - from - sectors) <= 2;
	});
	const start = await page.evaluate(() => Number(document.getElementById('map').dataset.start));
	await page.reload();
	await settled(page);
	truth(Math.abs(await viewed(page) - near) <= near / 100 + 2, 'the address does not keep how much is seen');
	truth(Math.abs(await page.evaluate(() => Number(document.getElementById('map').dataset.start)) - start) <= 2,
		'the address does not keep where');
	await page.close();
});

await test('keyboard goes from access to access and says where', async () => {
	await page.focus('#map');
	await page.keyboard.press('Home');
	await page.keyboard.press('n');
	await settled(page);
	holds(await page.textContent('#say'), 'disk sector 4096');
	await page.keyboard.press('End');
	await page.keyboard.press('p');
	await settled(page);
	holds(await page.textContent('#say'), 'disk sector 16488');
});

await test('filters', async () => {
	await page.click('#all');
	await page.click('#filters label:has-text("aligned write (11)") input');
	await settled(page);
	equal(await count(page, ...WRITE) < 150, true);
	await page.click('#filters label:has-text("aligned write (11)") input');
	await settled(page);
});

await test('searches paths and kinds', async () => {
	await search(page, '/hello');
	holds(await page.innerText('#place'), '/hello');
	equal(await page.isVisible('#clear'), true);
	await search(page, 'bitmap');
	equal(await page.locator('#results button').count(), 3);
	await search(page, 'VG/LV');
	holds(await page.innerText('#results'), '/hello');
	await search(page, 'no such thing');
	holds(await page.innerText('#results'), 'nothing found');
	await page.focus('#map');
	await page.keyboard.press('Escape');
	equal(await page.isVisible('#clear'), false);
});

await test('click singles out and shows again', async () => {
	await search(page, '16490');
	const box = await page.locator('#map').boundingBox();
	const x = await xOf(page, 16490);
	await page.mouse.click(x, box.y + 80);
	await settled(page);
	holds(await page.innerText('#clear'), '/hello');
	await page.mouse.click(x, box.y + 80);
	await settled(page);
	equal(await page.isVisible('#clear'), false);
});

await test('legend and tables single out', async () => {
	await page.click('#legend button:has-text("journal")');
	equal(await page.getAttribute('#legend button:has-text("journal")', 'aria-pressed'), 'true');
	await page.click('#tables button:text-is("inode-table")');
	await settled(page);
	holds(await page.innerText('#clear'), 'inode-table');
	await page.click('#clear');
});

await test('tables sort', async () => {
	const first = () => page.innerText('#tables table:has-text("Regions") tbody tr:first-child td:first-child');
	await page.click('#tables table:has-text("Regions") th button:text-is("sectors written")');
	equal(await first(), 'journal');
	equal(await page.getAttribute('#tables table:has-text("Regions") th:has(button:text-is("sectors written"))', 'aria-sort'),
	      'descending');
});

await test('the slider cuts time', async () => {
	await page.click('#all');
	await page.focus('#time');
	await page.keyboard.press('Home');
	await settled(page);
	holds(await page.innerText('#now'), 'up to access 1');
	truth(await count(page, ...WRITE) < 150, 'writes of later accesses are shown');
	await page.keyboard.press('End');
	await settled(page);
	equal(await page.innerText('#now'), 'all');
});

await test('replays', async () => {
	await page.selectOption('#speed', '8');
	await page.click('#play');
	equal(await page.innerText('#play'), 'Pause');
	await page.waitForFunction(() => document.getElementById('now').textContent !== 'all', null, {timeout: 20000});
	await page.waitForFunction(() => document.getElementById('now').textContent === 'all', null, {timeout: 60000});
	equal(await page.innerText('#play'), 'Play');
});

await test('dark and light', async () => {
	const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	const before = await ground();
	await page.click('#theme');
	truth(await ground() !== before, 'the theme did not change');
	await page.click('#theme');
});

await test('prints the picture and the tables without the controls', async () => {
	await page.emulateMedia({media: 'print'});
	equal(await page.isVisible('#map'), false);
	equal(await page.isVisible('#picture svg'), true);
	equal(await page.isVisible('#tables table >> nth=0'), true);
	truth((await page.pdf()).length > 10000, 'no document');
	await page.emulateMedia({media: 'screen'});
});

for (const colorScheme of ['light', 'dark'])
	await test(`accessible, ${colorScheme}`, async () => {
		const other = await open(browser, mkfs, {colorScheme});
		await search(other, '4264');
		await other.evaluate(axe);
		const result = await other.evaluate(() => axe.run());
		equal(result.violations.map((violation) => violation.id + ' ' + violation.nodes[0].html).join(), '');
		equal(other.complaints.join(), '');
	});

await test('hostile names are text', async () => {
	const other = await open(browser, hostile);
	const words = await other.innerText('body');
	for (const part of ['<script>document.title="owned"<', '"><img src=x onerror=alert(1)>', '\\x1b[31mred', '\\xff\\xfe',
		'\\xe2\\x80\\xae', '{{DATA}}'])
		holds(words, part);
	holds(await other.title(), ' on ');
	equal(await other.evaluate(() => document.querySelectorAll('body img').length), 0);
	equal(other.complaints.join(), '');
});

await test('the policy forbids everything else', async () => {
	const blocked = await page.evaluate(() => new Promise((done) => {
		document.addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective));
		const script = document.createElement('script');
		script.textContent = 'document.title = "owned"';
		document.body.append(script);
	}));
	holds(blocked, 'script-src');
	truth(await page.title() !== 'owned', 'a script ran');
	page.complaints.length = 0;
});

const ops = await open(browser, timed);

await test('discards and zeroes have colours of their own', async () => {
	truth(await count(ops, 0x3f, 0x3a, 0x44) > 20, 'no discards');
	truth(await count(ops, 0x82, 0x68, 0x68) > 20, 'no zeroes');
	truth(await count(ops, ...WRITE) > 20 && await count(ops, ...READ) > 20, 'no writes or reads beside them');
	for (const words of ['aligned discard (2)', 'unaligned discard (1)', 'aligned zero (2)', 'unaligned zero (1)'])
		holds(await ops.innerText('#filters'), words);
});

await test('many columns do not break the names of regions', async () => {
	const words = await ops.locator('#tables td button:text-is("lvm-padding")').boundingBox();
	truth(words.height < 30, `${words.height} pixels high`);
});

await test('tells every access to a place, with its time', async () => {
	const words = await place(ops, 16488);
	for (const part of ['aligned write', 'aligned zero', 'aligned discard', 'aligned read', '16488+8', ' s'])
		holds(words, part);
	holds(await place(ops, 30001), 'unaligned discard');
});

await test('the slider tells the time, and pause stops the replay', async () => {
	await ops.focus('#time');
	await ops.keyboard.press('Home');
	await settled(ops);
	holds(await ops.innerText('#now'), ' s');
	await ops.selectOption('#speed', {index: 0});
	await ops.click('#play');
	await ops.waitForFunction(() => document.getElementById('time').value > 0);
	await ops.click('#play');
	equal(await ops.innerText('#play'), 'Play');
	const at = await ops.inputValue('#time');
	await settled(ops);
	equal(await ops.inputValue('#time'), at);
	equal(ops.complaints.join(), '');
});

await test('many accesses: told together, and said so', async () => {
	const other = await open(browser, big);
	holds(await other.innerText('#notes'), 'too many for one page');
	holds(await place(other, 1000000), 'which this page does not tell apart');
	const total = await other.evaluate(() => JSON.parse(document.getElementById('data').textContent).accesses);
	holds(await other.innerText('#filters'), 'aligned write');
	equal(total, 200000);
	equal(other.complaints.join(), '');
});

await test('no complaint and no request', () => equal(page.complaints.join(), ''));

await browser.close();
finish();
