/* SPDX-License-Identifier: Apache-2.0 */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// A button in a heading sorts its table: by data-sort of the cells if they have one, else by their text. Rows of a
// group stay together. The order is kept for the next visit, if the browser keeps anything for a file.
const kept = table => `${location.pathname} ${table.id}`;
const key = (row, column) => row.cells[column]?.dataset.sort ?? row.cells[column]?.textContent.trim() ?? '';
const compare = (a, b) => isNaN(a) || isNaN(b) || a === '' || b === '' ? a.localeCompare(b) : a - b;

function sort(table, column, order) {
  const sign = order === 'ascending' ? 1 : -1;
  const by = (a, b) => compare(key(a, column), key(b, column)) * sign;
  for (const body of table.tBodies) {
    body.append(...all('tr.total', body), ...[...body.rows].filter(row => !row.matches('.total')).sort(by));
  }
  table.tBodies[0].before(...[...table.tBodies].sort((a, b) => by(a.rows[0], b.rows[0])));
  for (const heading of table.tHead.rows[0].cells) heading.removeAttribute('aria-sort');
  table.tHead.rows[0].cells[column].setAttribute('aria-sort', order);
}

for (const heading of all('th.sort')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener('click', () => {
    const table = heading.closest('table');
    const order = heading.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
    sort(table, heading.cellIndex, order);
    try { localStorage[kept(table)] = JSON.stringify([heading.cellIndex, order]); } catch {}
  });
}
for (const table of all('table[id]')) {
  try {
    const [column, order] = JSON.parse(localStorage[kept(table)]);
    if (table.tHead.rows[0].cells[column]?.matches('.sort')) sort(table, column, order);
  } catch {}
}

// The first row of a group has its totals, and a button that folds the others. What has failed begins open.
function fold(body, closed) {
  body.classList.toggle('closed', closed);
  body.querySelector('button.fold').setAttribute('aria-expanded', !closed);
}
const groups = all('tbody.group');
for (const body of groups) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'fold';
  button.setAttribute('aria-label', `rows of ${body.rows[0].cells[0].textContent.trim()}`);
  body.rows[0].cells[0].prepend(button);
  button.addEventListener('click', () => fold(body, !body.matches('.closed')));
  fold(body, !body.matches('.open'));
}

// A ticked box hides what is no hole; a text hides what contains it neither itself nor in the name of its group.
// Controls are for the table that data-for names, or for the whole page. What is left of a group is shown.
for (const controls of all('.controls')) {
  const only = controls.querySelector('.only'), text = controls.querySelector('.filter');
  const scope = controls.dataset.for ? document.getElementById(controls.dataset.for) : document;
  const contains = (item, wanted) => item.textContent.toLowerCase().includes(wanted);
  const filter = () => {
    const wanted = text?.value.toLowerCase() ?? '';
    for (const item of all('[data-hole]', scope)) {
      const total = item.closest('tbody.group')?.rows[0];
      item.hidden = only?.checked && item.dataset.hole === '0'
        || !(contains(item, wanted) || total && contains(total, wanted));
    }
    for (const body of all('tbody.group', scope)) {
      body.hidden = all('[data-hole]', body).every(item => item.hidden);
      fold(body, only?.checked || wanted ? false : !body.matches('.open'));
    }
  };
  only?.addEventListener('change', filter);
  text?.addEventListener('input', filter);
  controls.querySelector('.unfold')?.addEventListener('click', () => {
    const closed = all('tbody.group', scope).some(body => body.matches('.closed'));
    for (const body of all('tbody.group', scope)) fold(body, !closed);
  });
}

// A table that is wider than its box is shown as a list, in which each cell names its column.
const tables = all('.scroll > table').filter(table => !table.matches('.source, .matrix'));
for (const table of tables.filter(table => table.tHead)) {
  const names = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
  for (const row of [...table.tBodies].flatMap(body => [...body.rows])) {
    for (const cell of row.cells) if (cell.colSpan === 1 && names[cell.cellIndex]) cell.dataset.column = names[cell.cellIndex];
  }
}
function fit() {
  for (const table of tables) {
    table.classList.remove('list');
    table.classList.toggle('list', table.parentElement.scrollWidth > table.parentElement.clientWidth);
  }
}
addEventListener('resize', fit);
document.addEventListener('toggle', fit, true);
fit();

// n and p, or the buttons, go to the next and to the previous hole that is shown.
function go(step) {
  const holes = all('[data-hole="1"]').filter(item => item.offsetParent !== null);
  if (!holes.length) return;
  const here = holes.indexOf(document.activeElement);
  const place = here < 0 ? (step > 0 ? 0 : holes.length - 1) : (here + step + holes.length) % holes.length;
  holes[place].tabIndex = -1;
  holes[place].focus({preventScroll: true});
  holes[place].scrollIntoView({block: 'center'});
  for (const output of all('output.place')) output.textContent = `${place + 1} of ${holes.length}`;
}
for (const button of all('button[data-step]')) button.addEventListener('click', () => go(Number(button.dataset.step)));
if (all('button[data-step]').length) {
  addEventListener('keydown', event => {
    if (event.target.matches('input, textarea') || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'n' || event.key === 'p') go(event.key === 'n' ? 1 : -1);
  });
}

// A button behind each command copies it.
async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch {
    // Not every browser hands the clipboard to a page that is a file.
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
for (const code of all('code.command')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'copy';
  button.setAttribute('aria-label', `copy ${code.textContent}`);
  button.addEventListener('click', async () => {
    await copy(code.textContent);
    button.textContent = 'copied';
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  });
  code.after(button);
}

// Not every browser opens the box around the target of a link.
function show(hash) {
  const target = hash ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  target?.closest('details')?.setAttribute('open', '');
  const body = target?.closest('tbody.group');
  if (body) fold(body, false);
}
addEventListener('click', event => show(event.target.hash ?? ''));
show(location.hash);
