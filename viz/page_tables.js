// SPDX-License-Identifier: LGPL-2.1-or-later
// Tables, warnings and notes.

const ROWS_FIRST = 200;

function compare(a, b) {
	if (typeof a === 'number' && typeof b === 'number')
		return a - b;
	return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

// columns: words; rows: {cells, act}; cells that are numbers sort as numbers.
function makeTable(title, columns, rows) {
	if (!rows.length)
		return;
	const box = element('div', undefined, byId('tables')), table = element('table', undefined, box);
	box.className = 'scroll';
	box.tabIndex = 0;
	box.setAttribute('role', 'region');
	box.setAttribute('aria-label', title);
	element('caption', title, table);
	const head = element('tr', undefined, element('thead', undefined, table));
	const body = element('tbody', undefined, table);
	let shown = ROWS_FIRST, more = null;
	const fill = () => {
		body.replaceChildren(...rows.slice(0, shown).map(makeRow));
		if (more)
			more.hidden = shown >= rows.length;
	};
	columns.forEach((column, i) => {
		const cell = element('th', undefined, head);
		cell.scope = 'col';
		if (typeof rows[0].cells[i] !== 'number')
			cell.className = 'word';
		button(column, () => {
			const down = cell.getAttribute('aria-sort') === 'descending';
			for (const other of head.children)
				other.removeAttribute('aria-sort');
			cell.setAttribute('aria-sort', down ? 'ascending' : 'descending');
			rows.sort((a, b) => (down ? 1 : -1) * compare(a.cells[i], b.cells[i]));
			fill();
		}, cell);
	});
	if (rows.length > shown)
		more = button(`Show all ${rows.length} rows`, () => {
			shown = rows.length;
			fill();
		}, box);
	fill();
}

function makeRow(row) {
	const made = document.createElement('tr');
	row.cells.forEach((cell, i) => {
		const box = element('td', undefined, made);
		if (typeof cell !== 'number')
			box.className = 'word';
		if (i === 0 && row.act)
			button(cell, row.act, box);
		else
			box.textContent = cell;
	});
	return made;
}

const COUNTS = ['reads', 'sectors read', 'unaligned reads', 'writes', 'sectors written', 'unaligned writes',
	'discards', 'sectors discarded', 'unaligned discards', 'zeroes', 'sectors zeroed', 'unaligned zeroes'];

function makeTables() {
	// Reads and writes always; discards and zeroes when there are any.
	const cut = (columns) => columns.filter((column, i) => i < 6 || data.totals[i - i % 3] > 0);
	const counts = cut(COUNTS);
	makeTable('Regions', ['region', 'device', 'file system'].concat(counts), data.regions.map((region) => ({
		cells: [region[2], data.devices[region[0]][0], region[1]].concat(cut(region[3])),
		act: () => choose(`${data.devices[region[0]][0]} ${region[2]}`,
				  (name) => name[2] === region[0] && name[3] === region[2], true),
	})));
	makeTable(data.moreFiles ? `Files (the ${data.files.length} with most traffic; ${data.moreFiles} more are in the report)`
				 : 'Files',
		  ['file', 'device', 'inode'].concat(counts), data.files.map((file) => ({
		cells: [file[2] || `<${file[1]}>`, data.devices[file[0]][0], file[1]].concat(cut(file[3])),
		act: () => choose(file[2] || `inode ${file[1]}`,
				  (name) => name[2] === file[0] && name[4] === file[1] && isOfInode(name[3]), true),
	})));
	makeTable(`Alignment of writes to ${data.unit * 512} bytes`,
		  ['device', 'writes', 'unaligned', 'partial blocks'].concat(data.causes.map((cause) => 'cause: ' + cause)),
		  data.alignment.map((device) => ({cells: [data.devices[device[0]][0]].concat(device.slice(1))})));
}

const isOfInode = (kind) => !data.groupKinds.includes(kind);

// What the labels stand or fall with comes before them.
function makeWarnings() {
	for (const warning of data.warnings || [])
		element('p', 'Warning: ' + warning, byId('warnings'));
}

function makeNotes() {
	const notes = data.notes.slice();
	if (!exact)
		notes.push(`${data.accesses} accesses are too many for one page, so they are added up: where, in steps of ` +
			   `${finest} sectors; when, in steps of ${2 ** data.placeShift} sectors and ` +
			   `${data.hasTime ? (2 ** data.timeShift / 1e9).toPrecision(3) + ' s' : 2 ** data.timeShift + ' accesses'}.`);
	if (data.sectors > 2 ** 51)
		notes.push('On a disk as large as this, sectors are told to within a few sectors only.');
	if (data.joined)
		notes.push(`Small regions that lie closer than ${data.coarse} sectors are joined in ${data.joined} places.`);
	if (notes.length) {
		element('h3', 'Notes', byId('notes'));
		const list = element('ul', undefined, byId('notes'));
		for (const note of notes)
			element('li', note, list);
	}
}
