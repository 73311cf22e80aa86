// SPDX-License-Identifier: LGPL-2.1-or-later
// Search.

function found(title, act) {
	const results = byId('results');
	button(title, act, element('li', undefined, results));
	results.hidden = false;
}

function search(query) {
	const results = byId('results'), word = query.trim().toLowerCase();
	results.replaceChildren();
	results.hidden = true;
	if (!word)
		return;
	if (/^(0x[0-9a-f]+|[0-9]+)$/.test(word)) {
		goTo(Number(word));
		return;
	}
	const matches = [];
	const kind = word.replace(/ /g, '-');
	data.names.forEach((name, i) => {
		const exactly = name[0].toLowerCase() === word || name[0].toLowerCase().endsWith(': ' + word) ||
			name[3] === kind || data.devices[name[2]][0].toLowerCase() === word;
		if (exactly || name[0].toLowerCase().includes(word) || name[3].includes(kind))
			matches.push([exactly ? 0 : 1, i]);
	});
	matches.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
	if (matches.length > 1)
		found(`all ${matches.length}`, () => {
			const all = new Set(matches.map((match) => match[1]));
			choose(query.trim(), (name, i) => all.has(i), true);
		});
	for (const match of matches.slice(0, 40))
		found(data.names[match[1]][0], () => chooseName(match[1], true));
	if (matches.length === 1)
		chooseName(matches[0][1], true);
	byId('say').textContent = matches.length ? `${matches.length} found` : 'nothing found';
	if (!matches.length)
		found('nothing found', () => byId('query').focus());
}

function goTo(sector) {
	if (sector >= data.sectors) {
		found(`the disk ends at sector ${data.sectors}`, () => byId('query').focus());
		return;
	}
	show(sector - 12, sector + 13);
	moveCursor(sector, true);
}
