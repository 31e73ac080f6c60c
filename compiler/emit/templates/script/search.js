// Search: `/` begins, the arrows choose, Enter opens, Esc ends. The index is a script, loaded when somebody begins to search, so that
// it works from a folder and costs nobody else anything.
(() => {
  'use strict';
  const SHOWN = 30;

  // How the index was made and is asked; `search_index.rs` cuts words at the same places.
  const OPTIONS = {
    fields: ['name', 'place', 'text'],
    tokenize: (text) => text.split(/[^\p{Alphabetic}\p{N}]+/u).filter((word) => word !== ''),
    processTerm: (word) => word.toLowerCase(),
    searchOptions: {
      prefix: true,
      fuzzy: (word) => (word.length > 4 ? 0.2 : false),
      combineWith: 'AND',
      boost: { name: 5, place: 1.5 },
      // Broad things before their parts, and a name typed in full before everything it begins.
      boostDocument: (id, term, shown) => (BROAD.has(shown.k) ? 1.4 : 1) * (shown.n.toLowerCase() === term ? 2 : 1),
    },
  };
  const BROAD = new Set(['object', 'system', 'sync', 'queue', 'team', 'page']);

  const cut = (text) => OPTIONS.tokenize(text).map(OPTIONS.processTerm).join(' ');

  /** The entries found for `words`, best first; what is called exactly that, with or without what it is a part of, before all. */
  const find = (index, words) => {
    const asked = cut(words);
    const named = (hit) => cut(hit.n) === asked || cut(hit.w + ' ' + hit.n) === asked;
    const hits = index.search(words);
    return [...hits.filter(named), ...hits.filter((hit) => !named(hit))]
      .map((hit) => ({ name: hit.n, within: hit.w, kind: hit.k, text: hit.t, href: hit.h }));
  };

  // For tests, which run this file without a page.
  if (typeof document === 'undefined') {
    globalThis.synclineSearch = { OPTIONS, find };
    return;
  }

  const box = document.querySelector('.search');
  if (!box) return;
  const input = box.querySelector('input');
  const list = box.querySelector('[role=listbox]');
  const said = box.querySelector('[role=status]');
  const root = document.documentElement.dataset.root || '';
  let loading = null;
  let chosen = -1;

  const script = (name) => new Promise((done, failed) => {
    const element = document.createElement('script');
    element.src = root + 'script/' + name;
    element.addEventListener('load', done);
    element.addEventListener('error', failed);
    document.head.append(element);
  });
  const load = () => {
    loading ??= Promise.all([script('minisearch.js'), script('search-index.js')])
      .then(() => globalThis.MiniSearch.loadJS(globalThis.synclineIndex, OPTIONS))
      .catch(() => { said.textContent = 'The search index could not be loaded.'; return null; });
    return loading;
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const option = (hit, at) => {
    const link = document.createElement('a');
    link.id = 'hit-' + at;
    link.href = root + hit.href;
    link.tabIndex = -1;
    link.setAttribute('role', 'option');
    link.setAttribute('aria-selected', 'false');
    const name = element('span', 'hit-name', '');
    if (hit.within) name.append(element('span', 'hit-within', hit.within + '.'));
    name.append(hit.name);
    link.append(name, element('span', 'hit-kind', hit.kind));
    if (hit.text) link.append(element('span', 'hit-text', hit.text));
    return link;
  };

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (at) => {
    const options = list.querySelectorAll('[role=option]');
    if (options.length === 0) return;
    chosen = (at + options.length) % options.length;
    options.forEach((one, number) => one.setAttribute('aria-selected', String(number === chosen)));
    options[chosen].scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', options[chosen].id);
  };
  const show = async () => {
    const words = input.value.trim();
    if (words === '') { said.textContent = ''; return close(); }
    const index = await load();
    // Typed on while the index was loading: the newest words count.
    if (!index || words !== input.value.trim()) return;
    const hits = find(index, words);
    const shown = hits.slice(0, SHOWN);
    if (shown.length === 0) list.replaceChildren(element('div', 'hit-none', 'Nothing has these words.'));
    else list.replaceChildren(...shown.map(option));
    if (hits.length > SHOWN) list.append(element('div', 'hit-none', (hits.length - SHOWN) + ' more: add a word'));
    for (const one of list.querySelectorAll('.hit-none')) one.setAttribute('role', 'presentation');
    said.textContent = hits.length === 1 ? '1 found' : hits.length + ' found';
    list.hidden = false;
    list.scrollTop = 0;
    input.setAttribute('aria-expanded', 'true');
    choose(0);
  };

  input.addEventListener('focus', load);
  input.addEventListener('input', show);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') { event.preventDefault(); list.hidden ? show() : choose(chosen + 1); }
    else if (event.key === 'ArrowUp') { event.preventDefault(); choose(chosen - 1); }
    else if (event.key === 'Enter') {
      const link = list.hidden ? null : list.querySelector('[aria-selected=true]');
      event.preventDefault();
      if (link) { close(); input.blur(); location.assign(link.href); } else show();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (list.hidden) { input.value = ''; input.blur(); } else close();
    }
  });
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => { if (event.target.closest('a')) { close(); input.blur(); } });
  document.addEventListener('click', (event) => { if (!box.contains(event.target)) close(); });
  box.addEventListener('focusout', (event) => { if (!box.contains(event.relatedTarget)) close(); });
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  box.hidden = false;
})();
