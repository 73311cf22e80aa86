// SPDX-License-Identifier: LGPL-2.1-or-later
// Holds a PNG's pixels against the scene it was drawn from, and its text chunks against what they should say:
// png.mjs PICTURE.png SCENE.txt KEY=VALUE...
import {readFileSync} from 'node:fs';
import {inflateSync} from 'node:zlib';
import {test, equal, truth, finish} from './checks.mjs';

const SCALE = 1.5;
const STRONG = ['#0072b2', '#d82a0f', '#1ebfa1', '#f2ae10', '#3f3a44', '#1d1d91', '#826868', '#630000'];

function decode(file) {
	const bytes = readFileSync(file), texts = {}, parts = [];
	let width, height;
	for (let at = 8; at < bytes.length;) {
		const length = bytes.readUInt32BE(at), type = bytes.toString('latin1', at + 4, at + 8);
		const body = bytes.subarray(at + 8, at + 8 + length);
		if (type === 'IHDR')
			[width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
		else if (type === 'IDAT')
			parts.push(body);
		else if (type === 'tEXt')
			texts[body.toString('latin1', 0, body.indexOf(0))] = body.toString('latin1', body.indexOf(0) + 1);
		else if (type === 'iTXt')
			texts[body.toString('latin1', 0, body.indexOf(0))] = body.toString('utf8', body.indexOf(0) + 5);
		at += 12 + length;
	}
	return {width, height, texts, pixels: unfilter(inflateSync(Buffer.concat(parts)), width, height)};
}

function paeth(a, b, c) {
	const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
	return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

function unfilter(raw, width, height) {
	const stride = width * 3, out = Buffer.alloc(stride * height);
	for (let y = 0; y < height; y++) {
		const filter = raw[y * (stride + 1)];
		for (let x = 0; x < stride; x++) {
			const a = x >= 3 ? out[y * stride + x - 3] : 0, b = y ? out[(y - 1) * stride + x] : 0;
			const c = x >= 3 && y ? out[(y - 1) * stride + x - 3] : 0;
			const add = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
			out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + add;
		}
	}
	return out;
}

const [file, scene, ...texts] = process.argv.slice(2);
const picture = decode(file), lines = readFileSync(scene, 'utf8').split('\n');

function pixel(x, y) {
	const at = (Math.floor(y * SCALE) * picture.width + Math.floor(x * SCALE)) * 3;
	return '#' + picture.pixels.toString('hex', at, at + 3);
}

await test('size', () => {
	const [, width, height] = lines[0].split(' ').map(Number);
	equal(picture.width, Math.ceil(width * SCALE));
	equal(picture.height, Math.ceil(height * SCALE));
});

await test('every access has its colour in its middle', () => {
	let seen = 0;
	for (const line of lines) {
		const [type, x, y, w, h, colour] = line.split(' ');
		if ((type !== 'rect' && type !== 'triangle') || !STRONG.includes(colour) || Number(w) < 4)
			continue;
		equal(pixel(Number(x) + w / 2, Number(y) + h * (type === 'triangle' ? 0.75 : 0.5)), colour);
		seen++;
	}
	truth(seen > 50, `only ${seen} accesses`);
});

for (const text of texts)
	await test('chunk ' + text, () => {
		const at = text.indexOf('=');
		equal(picture.texts[text.slice(0, at)], text.slice(at + 1));
	});
finish();
