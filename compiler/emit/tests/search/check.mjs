// The search of the documents, in the engine that browsers have: `node check.mjs SITE`, SITE being what `syncline docs` wrote for
// `examples/consulting`. Needs Node.js 18 or later and nothing else.
//
// - The index is the one that MiniSearch makes itself of the same entries, term by term, with words cut by a second reading of the rule.
// - What a person would look for in the example is found, first.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import assert from 'node:assert/strict';

const site = process.argv[2];
const text = (name) => readFileSync(join(site, 'script', name), 'utf8');

// As a page loads them, one after the other, but without a page.
const page = vm.createContext({});
for (const name of ['minisearch.js', 'search-index.js', 'search.js']) vm.runInContext(text(name), page, { filename: name });
const { MiniSearch, synclineIndex, synclineSearch } = page;
const plain = (value) => JSON.parse(JSON.stringify(value));

let passed = 0;
const check = (name, run) => {
  run();
  passed += 1;
  console.log('ok ' + name);
};

check('the index is the one that MiniSearch makes', () => {
  // A word is a run of letters and digits; a capital after a small letter or a digit begins a part of it.
  const words = (text) => text.match(/[\p{Alphabetic}\p{N}]+/gu) ?? [];
  const parts = (word) => word.split(/(?<=\P{Lu})(?=\p{Lu})/u);
  const terms = (text) => words(text).flatMap((word) => (parts(word).length > 1 ? [word, ...parts(word)] : [word]));
  const own = new MiniSearch({
    fields: ['name', 'place', 'text'],
    storeFields: ['n', 'w', 'k', 't', 'h'],
    extractField: (entry, field) =>
      ({ id: entry.id, name: entry.n, place: entry.w + ' ' + entry.k, text: entry.t })[field] ?? entry[field],
    tokenize: (text) => terms(text).map((word) => word.toLowerCase()),
    processTerm: (word) => word,
  });
  own.addAll(Object.entries(synclineIndex.storedFields).map(([id, entry]) => ({ id: Number(id), ...entry })));
  const made = plain(own);
  const given = plain(synclineIndex);
  const sorted = (index) => [...index].sort(([one], [other]) => (one < other ? -1 : 1));
  assert.ok(made.documentCount > 100, 'the site is a small one');
  made.averageFieldLength.forEach((length, field) => {
    assert.ok(Math.abs(length - given.averageFieldLength[field]) < 0.001, 'average length of field ' + field);
  });
  const rest = ({ averageFieldLength, index, ...others }) => others;
  assert.deepEqual(rest(given), rest(made));
  assert.deepEqual(sorted(given.index), sorted(made.index));
});

const index = MiniSearch.loadJS(synclineIndex, synclineSearch.OPTIONS);
const found = (words) => plain(synclineSearch.find(index, words));
const names = (words) => found(words).map((hit) => hit.kind + ' ' + (hit.within ? hit.within + '.' : '') + hit.name);

for (const [words, first] of [
  ['TimeEntry', 'object TimeEntry'],
  ['timeentry', 'object TimeEntry'],
  ['time entry', 'object TimeEntry'],
  ['TimeEntry.hours', 'field TimeEntry.hours'],
  ['timeentry hours', 'field TimeEntry.hours'],
  ['project_cost amount', 'field erp_eu.project_cost.amount'],
  ['erp_us.project_cost.amount', 'field erp_us.project_cost.amount'],
  ['psa', 'system psa'],
  ['timecard', 'entity psa.timecard'],
  ['timecrad', 'entity psa.timecard'],
  ['finance_desk', 'queue finance_desk'],
  ['finance', 'team finance'],
  ['finance@example.com', 'team finance'],
  ['approvedtime', 'sync ApprovedTime'],
  ['TimeState', 'lifecycle TimeState'],
  ['LaborCategory', 'value set LaborCategory'],
  ['unknown_role', 'reason unknown_role'],
  ['psa.bill_rate -> RateCard', 'map psa.bill_rate → RateCard'],
  ['calendar', 'page Calendar'],
  ['CON1', 'code table psa.timecard.role_code.Role'],
]) {
  check('`' + words + '` finds ' + first, () => assert.equal(names(words)[0], first, names(words).slice(0, 5).join('; ')));
}

check('the beginning of a word is enough', () => assert.ok(names('timec').includes('entity psa.timecard')));
check('every word counts', () => {
  assert.deepEqual(found('timeentry nowhere'), []);
  assert.deepEqual(found('  . '), []);
});
check('what is found leads to a page of the site', () => {
  const hit = found('TimeEntry.hours')[0];
  assert.equal(hit.href, 'object/TimeEntry.html#field-hours');
  assert.ok(readFileSync(join(site, 'object/TimeEntry.html'), 'utf8').includes('id="field-hours"'));
});

console.log(passed + ' passed');
