// Colours: as the system has them, or as the reader chose. Runs before the page is drawn, so that nothing flashes.
(() => {
  'use strict';
  const KEY = 'syncline-colours';
  const STATES = ['system', 'light', 'dark'];
  const page = document.documentElement;

  // A browser may forbid storage to files: the choice then lasts for the page.
  const remembered = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const remember = (state) => {
    try { state === 'system' ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, state); } catch { /* not kept */ }
  };
  const apply = (state) => {
    if (state === 'system') delete page.dataset.theme; else page.dataset.theme = state;
  };

  let state = STATES.includes(remembered()) ? remembered() : 'system';
  apply(state);

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.querySelector('.theme');
    if (!button) return;
    const say = () => {
      button.dataset.state = state;
      button.setAttribute('aria-label', 'Colours: ' + (state === 'system' ? 'as the system' : state));
      button.title = button.getAttribute('aria-label');
    };
    button.addEventListener('click', () => {
      state = STATES[(STATES.indexOf(state) + 1) % STATES.length];
      remember(state);
      apply(state);
      say();
    });
    // Another window of the same site.
    addEventListener('storage', (event) => {
      if (event.key !== KEY) return;
      state = STATES.includes(event.newValue) ? event.newValue : 'system';
      apply(state);
      say();
    });
    say();
    button.hidden = false;
  });
})();
