// A box above each long table that hides the rows without the words typed.
(() => {
  'use strict';
  const LONG = 10;
  for (const table of document.querySelectorAll('table[data-filter]')) {
    const rows = table.querySelectorAll('tbody tr:not(.group)');
    if (rows.length < LONG) continue;
    const box = document.createElement('input');
    box.type = 'search';
    box.className = 'filter';
    box.placeholder = 'Filter rows';
    box.setAttribute('aria-label', 'Filter rows of the table ' + (table.caption ? table.caption.textContent : ''));
    box.addEventListener('input', () => {
      const wanted = box.value.trim().toLowerCase();
      for (const row of rows) {
        const text = row.textContent + ' ' + (row.parentElement.dataset.of || '');
        row.hidden = !text.toLowerCase().includes(wanted);
      }
      for (const body of table.tBodies) {
        body.hidden = ![...body.rows].some((row) => !row.hidden && !row.classList.contains('group'));
      }
    });
    (table.closest('.scroll') || table).before(box);
  }
})();
