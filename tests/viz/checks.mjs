// SPDX-License-Identifier: LGPL-2.1-or-later
// TAP for the tests in JavaScript.
let run = 0, failed = 0;

export async function test(name, body) {
	run++;
	try {
		await body();
		console.log(`ok ${run} - ${name}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${run} - ${name}\n# ${error.message.replace(/\n/g, '\n# ')}`);
	}
}

export function equal(is, should) {
	if (is !== should)
		throw new Error(`is ${JSON.stringify(is)}, should be ${JSON.stringify(should)}`);
}

export function holds(text, part) {
	if (!text.includes(part))
		throw new Error(`${JSON.stringify(text)} does not hold ${JSON.stringify(part)}`);
}

export function truth(value, what) {
	if (!value)
		throw new Error(what);
}

export function finish() {
	console.log(`1..${run}`);
	process.exitCode = failed ? 1 : 0;
}
