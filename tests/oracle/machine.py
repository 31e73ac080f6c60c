"""Capture, versions, judgement, posting and accounts of one sync, written from RULES.md alone.

A flow (see consulting.py) says what the spec of one sync says; this module says what the rules make of it.

By the rules every run judges every row again. Most judgements cannot come out otherwise than the time before, so a run takes only the
**stirred** records: those with a new row, with a row or question that is open, or that have read a record which was written since. A
hub that is `slow` takes all of them; test_oracle.py holds both to the same results.
"""

import collections
import datetime

import hours
from cells import Refused, instant

FAILED = object()
"""The value of a cell or assignment that could not be had."""

COUNTS = ("staged", "posted", "superseded", "duplicate", "waiting", "excluded", "quarantined")


class Notes:
    """Collects the reasons of one row (RULES.md, section 4)."""

    def __init__(self, otherwise):
        self.otherwise = otherwise
        self.reasons = []
        self.said = set()

    def add(self, reason, queue=None, message=None, miss=False, route=None, about=None):
        """A miss may carry the `route` (queue, reason, message) that holds once the wait is over. What is said twice `about` one thing is
        listed once."""
        if about is not None and (reason, about) in self.said:
            return FAILED
        self.said.add((reason, about))
        self.reasons.append(
            {"reason": reason, "queue": queue or self.otherwise, "message": message, "miss": miss, "route": route}
        )
        return FAILED

    def cast(self, cells, types):
        """Casts the fields that are read, in the order of the entity."""
        values = {}
        for field, (cast, optional) in types.items():
            raw = cells[field]
            if raw is None:
                values[field] = None if optional else self.add("required-missing")
                continue
            try:
                values[field] = cast(raw)
            except Refused as refused:
                values[field] = self.add(refused.reason)
        return values

    def find(self, table, key, route=None, retired=()):
        """A lookup; a miss waits. Not evaluated when the key failed."""
        if key is FAILED:
            return FAILED
        if key in table and key not in retired:
            return table[key]
        return self.add("lookup-missing", miss=True, route=route)

    def code(self, table, code, queue=None, reason="unmapped-value", message=None):
        if code is FAILED:
            return FAILED
        return table[code] if code in table else self.add(reason, queue, message)


class Row:
    """A captured row with all that is known of it."""

    __slots__ = (
        "key", "version", "content", "line", "extract", "captured_at", "conflict", "copies",
        "accepted", "values", "outcome", "reasons", "since", "hub_reasons", "place", "says_deleted",
    )

    def __init__(self, key, version, content, line, extract, captured_at, conflict):
        self.key, self.version, self.content, self.line = key, version, content, line
        self.extract, self.captured_at, self.conflict = extract, captured_at, conflict
        self.copies = 0
        self.accepted = False
        self.says_deleted = False
        self.values = None
        self.outcome = None
        self.reasons = []
        self.hub_reasons = []
        self.since = None
        self.place = None  # among all rows of the sync, as captured

    def is_open(self):
        return self.outcome in ("waiting", "quarantined")


class Record:
    """All rows of one key, and what the ledger holds of it."""

    def __init__(self, key):
        self.key = key
        self.rows = []
        self.applied = None
        self.ledger = []
        self.overwrites = 0
        self.asked_since = None
        self.tally = collections.Counter()
        # None, "deleted" or "held": what a complete extract without its key made of it.
        self.missing = None
        # What is to be done in a target waits until the window opens.
        self.postponed = False

    def live(self):
        return self.ledger[-1] if self.ledger and self.ledger[-1]["live"] else None

    def ordered(self):
        """Rows that take part in versions, from the lowest."""
        return sorted((r for r in self.rows if not r.conflict), key=lambda r: r.version)


class Sync:
    """The standing state of one sync in the hub."""

    def __init__(self, flow):
        self.flow = flow
        self.records = {}
        self.unversioned = {}
        self.watermark = None
        self.this_run = None
        # When all rows were delivered last; the question about an extract that lacks too much.
        self.full_at = self.question = None
        # The instant of this run, whether its window is shut, and what it has posted later than promised (RULES.md, section 16).
        self.at, self.shut, self.posted_late = None, False, 0
        # What the last reconciliation found.
        self.reconciled = []
        self.captured = 0
        # Keys of records: with a row that was captured in this run; with rows not yet accepted; with anything open; by what they read.
        self.fresh, self.pending, self.unsettled = set(), set(), set()
        self.readers = collections.defaultdict(lambda: collections.defaultdict(set))
        self.heard = 0
        # What all records together come to, kept up to date record by record.
        self.sums = collections.Counter()

    # -- capture (RULES.md, sections 1 and 3)

    def capture(self, hub, lines, run, at):
        flow = self.flow
        firsts, read, new = {}, 0, 0
        full = flow.cursor is None or self.watermark is None
        if flow.full_every is not None:
            full = full or self.full_at is None or at - self.full_at >= flow.full_every
        since = None if full else self.watermark - flow.overlap
        self.seen, self.unclear = set(), False
        for line in lines:
            moment = self.cursor_of(line)
            if since is not None and moment is not None and moment < since:
                continue
            if moment is not None and (self.watermark is None or moment > self.watermark):
                self.watermark = moment
            read += 1
            new += self.take(hub, line, run, at, firsts)
        self.this_run = collections.Counter(read=read, new=new, unchanged=read - new)
        if full:
            self.full_at = at
            if flow.absence is not None and not self.unclear:
                self.absent(hub, at)

    def cursor_of(self, line):
        if self.flow.cursor is None or line.cells is None or line.cells[self.flow.cursor] is None:
            return None
        try:
            return instant(line.cells[self.flow.cursor])
        except Refused:
            return None

    def take(self, hub, line, run, at, firsts):
        """Gives 1 for a new row or copy, 0 for an unchanged one."""
        flow = self.flow
        if line.cells is None:
            return self.take_unversioned(None, line.raw, line, run, at)
        content = tuple(line.cells[field] for field in flow.content)
        notes = Notes(flow.otherwise)
        names = (flow.key,) if flow.version is None else (flow.key, flow.version)
        values = notes.cast(line.cells, {name: flow.types[name] for name in names})
        if notes.reasons:
            return self.take_unversioned(line.cells[flow.key], content, line, run, at)
        key = values[flow.key]
        record = self.records.get(key)
        if record is None:
            record = self.records[key] = Record(key)
        self.seen.add(key)
        if record.missing is not None:
            self.fresh.add(key)
            if record.missing == "deleted":
                hub.retire(flow.table, key, False)
            record.missing = None
        if flow.version is not None:
            version = values[flow.version]
            same = [r for r in record.rows if r.version == version]
        elif key in firsts:
            version = firsts[key]
            same = [r for r in record.rows if r.version == version]
        else:
            version = max((r.version for r in record.rows), default=0)
            same = [r for r in record.rows if r.version == version and not r.conflict and r.content == content]
            version = version if same else version + 1
            firsts[key] = version
        for row in same:
            if row.content == content:
                if row.extract == run:
                    row.copies += 1
                    self.fresh.add(key)
                    return 1
                return 0
        row = Row(key, version, content, line, run, at, bool(same))
        record.rows.append(row)
        self.place(row)
        self.fresh.add(key)
        if same:
            row.hub_reasons = only("key-conflict", flow.otherwise)
        else:
            self.pending.add(key)
        return 1

    def place(self, row):
        row.place = self.captured
        self.captured += 1

    def absent(self, hub, at):
        """What a complete extract lacks is deleted, unless it lacks too much (RULES.md, section 12.2)."""
        percent, queue = self.flow.absence
        present = sorted(key for key, record in self.records.items() if record.missing != "deleted")
        missing = [key for key in present if key not in self.seen]
        before = self.question
        if 100 * len(missing) <= percent * len(present):
            self.question = None
            for key in missing:
                self.records[key].missing = "deleted"
                self.fresh.add(key)
                hub.retire(self.flow.table, key, True)
        else:
            for key in missing:
                self.records[key].missing = "held"
            version = max(row.version for row in self.records[missing[0]].rows)
            since = before["since"] if before and (before["key"], before["version"]) == (missing[0], version) else at
            self.question = {"key": missing[0], "version": version, "since": since, "queue": queue}
        self.this_run["resolved"] += before is not None and (self.question or {}).get("since") != before["since"]

    def take_unversioned(self, raw_key, content, line, run, at):
        self.unclear = True
        row = self.unversioned.get((raw_key, content))
        if row is not None:
            if row.extract == run:
                row.copies += 1
                return 1
            return 0
        key = raw_key if raw_key is not None else f"row:{self.flow.file}:{line.number}"
        self.unversioned[(raw_key, content)] = Row(key, None, content, line, run, at, False)
        return 1

    # -- judgement inward (RULES.md, sections 4 to 6)

    def judge_inward(self, hub, at):
        flow = self.flow
        for row in self.unversioned.values():
            notes = Notes(flow.otherwise)
            if row.line.cells is None:
                notes.add("malformed-row")
            else:
                flow.inbound(hub, notes.cast(row.line.cells, flow.types), notes)
            row.hub_reasons = notes.reasons
        pending = self.records if hub.slow else self.pending
        open_rows = {key: [row for row in self.records[key].ordered() if not row.accepted] for key in pending}
        first = {key: min(row.place for row in rows) for key, rows in open_rows.items() if rows}
        # In the order in which the first of their open rows was captured.
        for key in sorted(first, key=first.get):
            self.judge_record_inward(hub, self.records[key], open_rows[key])

    def judge_record_inward(self, hub, record, rows):
        flow = self.flow
        for row in rows:
            notes = Notes(flow.otherwise)
            if flow.mark is not None:
                said = notes.cast(row.line.cells, {flow.mark: (flow.mark_type, False)})[flow.mark]
                row.hub_reasons = notes.reasons
                if said is True:
                    row.accepted = row.says_deleted = True
                    record.applied = row.version if record.applied is None else max(record.applied, row.version)
                if said is True or notes.reasons:
                    continue
            values = flow.inbound(hub, notes.cast(row.line.cells, flow.types), notes)
            if not notes.reasons and (record.applied is None or row.version > record.applied):
                values = flow.apply(hub, record.key, values, notes)
                if not notes.reasons:
                    record.applied = row.version
            row.hub_reasons = notes.reasons
            if not notes.reasons:
                row.accepted, row.values = True, values
        if all(row.accepted for row in rows):
            self.pending.discard(record.key)

    # -- outcomes (RULES.md, sections 5, 7 and 8)

    def settle(self, hub, at):
        """Judges outward, posts, and gives every row its outcome."""
        out = self.flow.outbound
        self.at, self.posted_late = at, 0
        self.shut = out is not None and out.window and not hours.is_open(at)
        for row in self.unversioned.values():
            self.fail(row, row.hub_reasons, at, self.flow.wait, final=True)
        stirred = set(self.records) if hub.slow else self.stirred(hub)
        for key in sorted(stirred):
            record = self.records[key]
            before = {id(row) for row in record.rows if row.is_open()}
            asked = record.asked_since is not None
            self.settle_record(hub, record, at)
            after = {id(row) for row in record.rows if row.is_open()}
            self.this_run["resolved"] += len(before - after) + (asked and record.asked_since is None)
            self.count(record)
            # A conflict stays what it is; everything else that is open is tried again in each run.
            if record.postponed or record.asked_since or any(row.is_open() and not row.conflict for row in record.rows):
                self.unsettled.add(key)
            else:
                self.unsettled.discard(key)

    def stirred(self, hub):
        keys = self.fresh | self.pending | self.unsettled
        for name, key, first in hub.written[self.heard:]:
            for day, readers in self.readers.get((name, key), {}).items():
                # A row of a dated object tells nothing about the days before its first one.
                if first is None or day is None or day >= first:
                    keys |= readers
        self.fresh, self.heard = set(), len(hub.written)
        return keys

    def settle_record(self, hub, record, at):
        current = None
        record.postponed = False
        for row in reversed(record.ordered()):
            if current is not None:
                break
            if not row.accepted:
                self.fail(row, row.hub_reasons, at, self.flow.wait)
            elif row.says_deleted or record.missing == "deleted":
                if self.leave(record, row, at):
                    current = row
            elif self.flow.outbound is None:
                self.stand(row, "staged")
                current = row
            elif self.judge_outward(hub, record, row, at):
                current = row
        for row in record.rows:
            if current is not None and row.version < current.version:
                self.stand(row, "superseded")
            elif row.conflict:
                self.fail(row, row.hub_reasons, at, None)

    def judge_outward(self, hub, record, row, at):
        """Whether the row becomes the current one."""
        out, live = self.flow.outbound, record.live()
        values = out.values(hub, row)
        if out.excludes(values):
            return self.leave(record, row, at)
        gates = Reader(hub)
        route = out.route(values, gates)
        if live and live["row"] is row and live["route"] == route:
            self.note_readers(record, gates)
            return self.judge_posted(hub, record, row, values, at)
        notes = Notes(out.otherwise)
        copies = live["copies"] if live else {}
        reader = Reader(hub, copies, out.keep)
        image = out.image(values, route, gates, reader, notes)
        self.note_readers(record, gates, reader)
        if notes.reasons:
            self.fail(row, notes.reasons, at, out.wait)
            return False
        record.asked_since = None
        if self.shut and (live is None or live["route"] != route or live["image"] != image):
            return self.postpone(record, row, "staged")
        if live is None:
            self.post(record, row, route, image, reader.seen)
        elif live["route"] != route or live["image"] != image:
            self.correct(record, row, live, route, image, reader.seen)
        else:
            live["row"], live["copies"] = row, reader.seen
        self.stand(row, "posted")
        return True

    def postpone(self, record, row, outcome):
        """What would be done in the target is done in a run in which the window is open."""
        record.postponed = True
        self.stand(row, outcome)
        return True

    def leave(self, record, row, at):
        """Excluded; what is posted leaves. Whether the row becomes the current one."""
        out, live = self.flow.outbound, record.live()
        if live and out.leave_hold:
            self.fail(row, only("left-scope", out.leave_hold), at, None)
            return False
        record.asked_since = None
        if live and self.shut:
            return self.postpone(record, row, "excluded")
        if live:
            self.reverse(record, live)
        self.stand(row, "excluded")
        return True

    def judge_posted(self, hub, record, row, values, at):
        """The row the live posting came from: nothing is asked of it again (RULES.md, section 7.6b)."""
        live, out = record.live(), self.flow.outbound
        notes = Notes(out.otherwise)
        reader = Reader(hub, live["copies"], (*out.keep, *out.ask_about))
        image = out.image(values, live["route"], None, reader, notes)
        self.note_readers(record, reader)
        if notes.reasons:
            raise AssertionError("the example has no posted row that cannot be mapped any more")
        waits = self.shut and image != live["image"]
        if waits:
            record.postponed = True
        elif image != live["image"]:
            self.correct(record, row, live, live["route"], image, reader.seen)
        else:
            live["copies"] = reader.seen
        notes = Notes(out.otherwise)
        asked_reader = Reader(hub, live["copies"], out.keep)
        asked = out.image(values, live["route"], None, asked_reader, notes)
        self.note_readers(record, asked_reader)
        differs = bool(notes.reasons) or asked != image
        record.asked_since = (record.asked_since or at) if differs else None
        self.stand(row, "staged" if waits else "posted")
        return True

    def note_readers(self, record, *readers):
        for reader in readers:
            for name, key, day in reader.read:
                self.readers[name, key][day].add(record.key)

    def fail(self, row, reasons, at, wait, final=False):
        """Waiting or quarantined (RULES.md, section 5)."""
        if not final and wait is not None and all(e["miss"] for e in reasons) and at - row.captured_at <= wait:
            row.outcome, row.reasons, row.since = "waiting", [], None
            return
        listed = []
        for entry in reasons:
            if entry["miss"] and entry["route"]:
                queue, reason, message = entry["route"]
                entry = {"reason": reason, "queue": queue, "message": message}
            listed.append(entry)
        if row.outcome != "quarantined":
            row.since = at
        row.outcome, row.reasons = "quarantined", listed

    @staticmethod
    def stand(row, outcome):
        row.outcome, row.reasons, row.since = outcome, [], None

    # -- posting (RULES.md, section 9)

    def post(self, record, row, route, image, copies, line=None):
        out = self.flow.outbound
        generation = len(record.ledger) + 1
        key = out.key(image) if generation == 1 else f"{out.key(image)}/{generation}"
        record.ledger.append({
            "key": key, "image": image, "row": row, "copies": copies, "live": True, "generation": generation, "route": route,
        })
        out.insert(route, key, line or image)
        self.this_run["posted"] += 1
        self.posted_late += self.is_late(row)

    def reverse(self, record, live):
        out = self.flow.outbound
        live["live"] = False
        out.insert_reversal(live["route"], f"{out.key(live['image'])}/{live['generation']}r", live)
        self.this_run["reversed"] += 1

    def correct(self, record, row, live, route, image, copies):
        out = self.flow.outbound
        if out.overwrite:
            out.insert(route, live["key"], image)
            live.update(image=image, row=row, copies=copies)
            record.overwrites += 1
            self.this_run["overwritten"] += 1
        elif out.delta and live["route"] == route and (line := self.difference(live["image"], image)):
            live["live"] = False
            self.post(record, row, route, image, copies, line)
        else:
            self.reverse(record, live)
            self.post(record, row, route, image, copies)

    def difference(self, before, after):
        """The line that makes one image into another; none when one line cannot (section 9.4). No amount of the example is null."""
        additive = self.flow.outbound.additive
        if any(before[name] != after[name] for name in after if name not in additive):
            return None
        line = {**after, **{name: after[name] - before[name] for name in additive}}
        return line if all(abs(line[name]) < 10 ** digits for name, digits in additive.items()) else None

    # -- counts (RULES.md, section 10)

    def is_late(self, row):
        fresh = getattr(self.flow.outbound, "fresh", None)
        return fresh is not None and hours.open_between(row.captured_at, self.at) > fresh

    def late(self):
        """What was posted later than promised, and what waits to be posted and is late already (RULES.md, section 16.2)."""
        records = [self.records[key] for key in self.unsettled] if self.shut else []
        waiting = sum(row.outcome == "staged" and self.is_late(row) for record in records for row in record.rows)
        return {"posted": self.posted_late, "waiting": waiting} if self.posted_late + waiting else None

    def all_rows(self):
        for record in self.records.values():
            yield from record.rows
        yield from self.unversioned.values()

    def count(self, record):
        """Brings the sums up to date with one record."""
        tally = collections.Counter()
        for row in record.rows:
            tally[row.outcome] += 1
            tally["duplicate"] += row.copies
            if row.outcome == "quarantined":
                tally["reason", row.reasons[0]["reason"]] += 1
        live = record.live()
        newer = live and any(
            r.version > live["row"].version and r.outcome in ("waiting", "quarantined") for r in record.rows
        )
        tally["stale"] += bool(newer or record.asked_since)
        tally["corrected"] += bool(len(record.ledger) > 1 or record.overwrites)
        if record.asked_since:
            tally["reason", "dependency-changed"] += 1
        if self.flow.outbound is not None:
            for measure in self.flow.outbound.measures:
                self.measure(record, measure, tally)
        self.sums.subtract(record.tally)
        self.sums.update(tally)
        record.tally = tally

    def measure(self, record, measure, tally):
        """The ledger's side of reconciliation (RULES.md, section 11): `sum(amount)` by currency."""
        if measure == "count":
            tally["ledger", measure, ""] += record.live() is not None
            return
        field = measure[4:-1]
        for line in record.ledger:
            group = self.flow.outbound.group(field, line)
            tally["ledger", measure, group] += line["image"][field] if line["live"] else 0
        if field == "hours" and record.live():
            tally["posted", measure] += record.live()["row"].values["hours"]

    def accounts(self, hub):
        sums = collections.Counter(self.sums)
        for row in self.unversioned.values():
            sums[row.outcome] += 1
            sums["duplicate"] += row.copies
            sums["reason", row.reasons[0]["reason"]] += 1
        sums["reason", "extract-incomplete"] += self.question is not None
        reasons = {name[1]: number for name, number in sums.items() if name[0] == "reason" and number}
        return {
            "captured": sum(sums[name] for name in COUNTS),
            **{name: sums[name] for name in COUNTS},
            "corrected": sums["corrected"],
            "stale": sums["stale"],
            "unchanged": self.this_run["unchanged"],
            "reasons": dict(sorted(reasons.items())),
            "late": self.late(),
            "opens": stamp(hours.next_opening(self.at)) if self.shut else None,
            "notices": self.flow.notices(hub),
            "this_run": {
                name: self.this_run[name]
                for name in ("read", "new", "unchanged", "posted", "reversed", "overwritten", "resolved")
            },
        }

    def exceptions(self, queues):
        flow = self.flow
        for row in self.all_rows():
            if row.outcome == "quarantined":
                yield self.exception(row.key, row.reasons, row.version, row.since, queues)
        if self.question is not None:
            asked = self.question
            reasons = [{"reason": "extract-incomplete", "queue": asked["queue"], "message": None}]
            yield self.exception(asked["key"], reasons, asked["version"], asked["since"], queues)
        for record in self.records.values():
            if record.asked_since:
                queue = flow.outbound.ask
                reasons = [{"reason": "dependency-changed", "queue": queue, "message": None}]
                yield self.exception(record.key, reasons, record.live()["row"].version, record.asked_since, queues)

    def exception(self, key, reasons, version, since, queues):
        queue = reasons[0]["queue"]
        return {
            "key": key,
            "entity": self.flow.entity,
            "sync": self.flow.name,
            "reason": reasons[0]["reason"],
            "reasons": [{"reason": e["reason"], "message": e["message"]} for e in reasons],
            "queue": queue,
            "version": None if version is None else str(version),
            "since": stamp(since),
            "due": stamp(since + datetime.timedelta(days=queues[queue])),
        }


class Reader:
    """Reads the hub's records, those under `keep` from the copies kept with a posting; remembers what it read."""

    def __init__(self, hub, copies=None, keep=()):
        self.hub, self.copies, self.keep = hub, copies or {}, keep
        self.seen, self.read = {}, []

    def dated(self, name, key, day):
        """The current row of a dated object that is valid on the day, or the reason why there is none (RULES.md, section 13.2)."""
        self.read.append((name, key, day))
        kept = self.copies.get((name, key)) if name in self.keep else None
        if kept is not None and kept["first"] <= day <= kept["last"]:
            row, first, last = kept["row"], kept["first"], kept["last"]
        else:
            rows = getattr(self.hub, name).get(key, {})
            valid = [row for row in rows.values() if row["valid_from"] <= day and (row["valid_to"] or day) >= day]
            if len(valid) != 1:
                return "conflicting" if valid else "missing" if rows else "lookup-missing"
            row, first, last = valid[0], valid[0]["valid_from"], valid[0]["valid_to"] or datetime.date.max
        self.seen[name, key] = {"row": dict(row), "first": first, "last": last}
        return row

    def series(self, name, key, day, oldest=None):
        """The same for a step series (RULES.md, section 13.5)."""
        self.read.append((name, key, day))
        kept = self.copies.get((name, key)) if name in self.keep else None
        if kept is not None and kept["first"] <= day <= kept["last"]:
            row, first = kept["row"], kept["first"]
        else:
            rows = getattr(self.hub, name).get(key, {})
            first = max((first for first in rows if first <= day), default=None)
            if first is None:
                return "missing" if rows else "lookup-missing"
            row = rows[first]
        if oldest is not None and (day - first).days > oldest:
            return "missing"
        self.seen[name, key] = {"row": dict(row), "first": first, "last": day}
        return row

    def get(self, name, key):
        self.read.append((name, key, None))
        if name in self.keep and (name, key) in self.copies:
            found = self.copies[(name, key)]
        else:
            found = getattr(self.hub, name).get(key)
        if found is not None:
            self.seen[(name, key)] = dict(found)
        return found


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def only(reason, queue):
    """The reasons of a row that has this one."""
    notes = Notes(queue)
    notes.add(reason)
    return notes.reasons
