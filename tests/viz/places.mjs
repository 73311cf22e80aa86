// SPDX-License-Identifier: LGPL-2.1-or-later
// Every run of the page, told by the page's own code, against what blkmap lookup says of its first and its last
// sector: places.mjs BLKMAP SCRATCH IMAGE...
import {execFileSync} from 'node:child_process';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {basename} from 'node:path';

const [blkmap, scratch, ...images] = process.argv.slice(2);
const code = readFileSync('viz/page_places.js', 'utf8');
const bulk = {encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'ignore']};

function pageOf(image) {
	const trace = `${scratch}/place.qtr`, page = `${scratch}/place.html`;
	writeFileSync(trace, `S ${Math.floor(statSync(image).size / 512)}\nR 0 8\n`);
	execFileSync(blkmap, ['draw', trace, image, '-o', page], bulk);
	const json = readFileSync(page, 'utf8').match(/<script[^>]*id="data"[^>]*>([^]*?)<\/script>/)[1];
	const document = {getElementById: () => ({textContent: json})};
	return Function('document', `${code}\nreturn {data, runs, runEnd, runAt, offsetText, logAt, stackOf};`)(document);
}

function lookUp(image, sectors) {
	return execFileSync(blkmap, ['lookup', '--json', image, '-'], {...bulk, input: sectors.join('\n') + '\n'})
		.trimEnd().split('\n').map((line) => JSON.parse(line));
}

// What a look-up says, and what the page says in the same words.
function told(page, i, sector, place) {
	const {data, runs} = page, name = data.names[runs.name[i]], frame = data.frames[runs.frame[i]];
	const log = place.kind === 'journal' ? page.logAt(sector) : null;
	const owner = data.groupKinds.includes(place.kind) ? place.group : place.kind === 'journal' ? undefined : place.inode;
	const into = log ? Math.floor((sector - log.start) / data.devices[frame[frame.length - 2]][3]) : 0;
	const words = page.stackOf(sector).join('\n');
	const flags = (place.flags || []).join(', ');
	return [
		['kind', place.kind, name[3]],
		['device', place.device, data.devices[name[2]][0]],
		['stack', place.stack.join(), frame.filter((id, j) => j % 2 === 0).map((id) => data.devices[id][0]).join()],
		['device_start', 'device_start' in place ? place.device_start + sector - place.start : -1,
			frame[frame.length - 1] === null ? -1 : sector - frame[frame.length - 1]],
		['owner', owner ?? -1, name[4]],
		['flags', flags, data.flags.filter((word, bit) => runs.flags[i] >> bit & 1).join(', ')],
		['flags in words', true, words.includes(flags ? ` (${flags})` : '')],
		['path in words', true, place.kind === 'journal' || !/^[ -~]*$/.test(place.path || '') ||
			/[\\<]/.test(place.path || '') || words.includes(place.path || '')],
		['block in words', true, !('block' in place) || words.includes(`${place.fs} block ${place.block}`)],
		['offset', 'offset' in place ? `byte ${place.offset}` : !place.inodes ? ''
			: place.inodes[0] === place.inodes[1] ? `inode ${place.inodes[0]}` : `inodes ${place.inodes.join('-')}`,
		page.offsetText(i, sector)],
		['journal type', place.journal?.type, log ? data.logTypes[log.type] : undefined],
		['transaction', place.journal?.tid ?? -1, log ? log.tid : -1],
		['target', place.journal?.target ?? -1, !log ? -1 : log.target < 0 ? -1 : log.target + into],
	].filter(([what, lookup, here]) => lookup !== here).map((row) => `sector ${sector}: ${row.join(' | ')}`);
}

let number = 0, failed = 0, runs = 0;
function tell(good, name, why) {
	console.log(`${good ? 'ok' : 'not ok'} ${++number} - ${name}`);
	failed += !good;
	for (const line of good ? [] : why.slice(0, 5))
		console.log('# ' + line);
}

for (const image of images) {
	const page = pageOf(image), where = [];
	for (let i = 0; i < page.runs.n; i++)
		if (!page.runs.joined[i] && page.runs.start[i] < page.data.diskSectors)
			where.push([i, page.runs.start[i]], [i, page.runEnd(i) - 1]);
	const places = where.length ? lookUp(image, where.map(([, sector]) => sector)) : [];
	const wrong = where.flatMap(([i, sector], at) => told(page, i, sector, places[at]));
	runs += where.length / 2;
	tell(!wrong.length && places.length === where.length, `${basename(image)}: the page says of every run what lookup does`,
	     wrong);
}
tell(runs > 1000, 'there are runs to compare', [`${runs}`]);
console.log(`1..${number}`);
process.exitCode = failed ? 1 : 0;
