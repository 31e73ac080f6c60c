"""Capture, versions, judgement, posting and accounts of one sync, written from RULES.md alone.

A flow (see consulting.py) says what the spec of one sync says; this module says what the rules make of it.
"""

import collections
import datetime

from cells import Refused, instant

FAILED = object()
"""The value of a cell or assignment that could not be had."""

COUNTS = ("staged", "posted", "superseded", "duplicate", "waiting", "excluded", "quarantined")


class Notes:
    """Collects the reasons of one row (RULES.md, section 4)."""

    def __init__(self, otherwise):
        self.otherwise = otherwise
        self.reasons = []

    def add(self, reason, queue=None, message=None, miss=False, route=None):
        """A miss may carry the `route` (queue, reason, message) that holds once the wait is over."""
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

    def find(self, table, key, route=None):
        """A lookup; a miss waits. Not evaluated when the key failed."""
        if key is FAILED:
            return FAILED
        if key in table:
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
        "accepted", "values", "outcome", "reasons", "since", "hub_reasons",
    )

    def __init__(self, key, version, content, line, extract, captured_at, conflict):
        self.key, self.version, self.content, self.line = key, version, content, line
        self.extract, self.captured_at, self.conflict = extract, captured_at, conflict
        self.copies = 0
        self.accepted = False
        self.values = None
        self.outcome = None
        self.reasons = []
        self.hub_reasons = []
        self.since = None


class Record:
    """All rows of one key, and what the ledger holds of it."""

    def __init__(self, key):
        self.key = key
        self.rows = []
        self.applied = None
        self.ledger = []
        self.overwrites = 0
        self.asked_since = None

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

    # -- capture (RULES.md, sections 1 and 3)

    def capture(self, lines, run, at):
        flow = self.flow
        firsts, read, new = {}, 0, 0
        since = self.watermark and self.watermark - flow.overlap
        for line in lines:
            moment = self.cursor_of(line)
            if since is not None and moment is not None and moment < since:
                continue
            if moment is not None and (self.watermark is None or moment > self.watermark):
                self.watermark = moment
            read += 1
            new += self.take(line, run, at, firsts)
        self.this_run = collections.Counter(read=read, new=new, unchanged=read - new)

    def cursor_of(self, line):
        if self.flow.cursor is None or line.cells is None or line.cells[self.flow.cursor] is None:
            return None
        try:
            return instant(line.cells[self.flow.cursor])
        except Refused:
            return None

    def take(self, line, run, at, firsts):
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
                    return 1
                return 0
        record.rows.append(Row(key, version, content, line, run, at, bool(same)))
        return 1

    def take_unversioned(self, raw_key, content, line, run, at):
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
        for record in self.records.values():
            for row in record.ordered():
                if row.accepted:
                    continue
                notes = Notes(flow.otherwise)
                values = flow.inbound(hub, notes.cast(row.line.cells, flow.types), notes)
                if not notes.reasons and (record.applied is None or row.version > record.applied):
                    values = flow.apply(hub, record.key, values, notes)
                    if not notes.reasons:
                        record.applied = row.version
                row.hub_reasons = notes.reasons
                if not notes.reasons:
                    row.accepted, row.values = True, values
            for row in record.rows:
                if row.conflict:
                    row.hub_reasons = only("key-conflict", flow.otherwise)

    # -- outcomes (RULES.md, sections 5, 7 and 8)

    def settle(self, hub, at):
        """Judges outward, posts, and gives every row its outcome."""
        before = {id(r) for r in self.all_rows() if r.outcome in ("waiting", "quarantined")}
        asked = {key for key, record in self.records.items() if record.asked_since}
        for row in self.unversioned.values():
            self.fail(row, row.hub_reasons, at, self.flow.wait, final=True)
        for key in sorted(self.records):
            self.settle_record(hub, self.records[key], at)
        after = {id(r) for r in self.all_rows() if r.outcome in ("waiting", "quarantined")}
        still = {key for key, record in self.records.items() if record.asked_since}
        self.this_run["resolved"] = len(before - after) + len(asked - still)

    def settle_record(self, hub, record, at):
        current = None
        for row in reversed(record.ordered()):
            if current is not None:
                break
            if not row.accepted:
                self.fail(row, row.hub_reasons, at, self.flow.wait)
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
        if live and live["row"] is row:
            return self.judge_posted(hub, record, row, values, at)
        if out.excludes(values):
            if live and out.leave_hold:
                self.fail(row, only("left-scope", out.leave_hold), at, None)
                return False
            if live:
                self.reverse(record, live)
            record.asked_since = None
            self.stand(row, "excluded")
            return True
        notes = Notes(out.otherwise)
        copies = live["copies"] if live else {}
        reader = Reader(hub, copies, out.keep)
        image = out.image(values, Reader(hub), reader, notes)
        if notes.reasons:
            self.fail(row, notes.reasons, at, out.wait)
            return False
        if live is None:
            self.post(record, row, image, reader.seen)
        elif live["image"] != image:
            self.correct(record, row, live, image, reader.seen)
        else:
            live["row"], live["copies"] = row, reader.seen
        record.asked_since = None
        self.stand(row, "posted")
        return True

    def judge_posted(self, hub, record, row, values, at):
        """The row the live posting came from: nothing is asked of it again (RULES.md, section 7.6b)."""
        live, out = record.live(), self.flow.outbound
        if out.excludes(values):
            raise AssertionError("the example has no posted row that leaves by itself")
        notes = Notes(out.otherwise)
        asked = out.image(values, None, Reader(hub, live["copies"], out.keep), notes)
        differs = bool(notes.reasons) or asked != live["image"]
        record.asked_since = (record.asked_since or at) if differs else None
        self.stand(row, "posted")
        return True

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

    def post(self, record, row, image, copies, line=None):
        out = self.flow.outbound
        generation = len(record.ledger) + 1
        key = out.key(image) if generation == 1 else f"{out.key(image)}/{generation}"
        record.ledger.append({"key": key, "image": image, "row": row, "copies": copies, "live": True, "generation": generation})
        out.insert(key, line or image)
        self.this_run["posted"] += 1

    def reverse(self, record, live):
        out = self.flow.outbound
        live["live"] = False
        out.insert_reversal(f"{out.key(live['image'])}/{live['generation']}r", live)
        self.this_run["reversed"] += 1

    def correct(self, record, row, live, image, copies):
        out = self.flow.outbound
        if out.overwrite:
            out.update(live["key"], image)
            live.update(image=image, row=row, copies=copies)
            record.overwrites += 1
            self.this_run["overwritten"] += 1
        elif out.delta and (line := self.difference(live["image"], image)):
            live["live"] = False
            self.post(record, row, image, copies, line)
        else:
            self.reverse(record, live)
            self.post(record, row, image, copies)

    def difference(self, before, after):
        """The line that makes one image into another; none when one line cannot (section 9.4). No amount of the example is null."""
        additive = self.flow.outbound.additive
        if any(before[name] != after[name] for name in after if name not in additive):
            return None
        line = {**after, **{name: after[name] - before[name] for name in additive}}
        return line if all(abs(line[name]) < 10 ** digits for name, digits in additive.items()) else None

    # -- counts (RULES.md, section 10)

    def all_rows(self):
        for record in self.records.values():
            yield from record.rows
        yield from self.unversioned.values()

    def accounts(self):
        counts = collections.Counter({name: 0 for name in COUNTS})
        reasons = collections.Counter()
        for row in self.all_rows():
            counts[row.outcome] += 1
            counts["duplicate"] += row.copies
            if row.outcome == "quarantined":
                reasons[row.reasons[0]["reason"]] += 1
        stale = corrected = 0
        for record in self.records.values():
            live = record.live()
            newer = live and any(
                r.version > live["row"].version and r.outcome in ("waiting", "quarantined") for r in record.rows
            )
            stale += bool(newer or record.asked_since)
            corrected += bool(len(record.ledger) > 1 or record.overwrites)
            if record.asked_since:
                reasons["dependency-changed"] += 1
        return {
            "captured": sum(counts.values()),
            **{name: counts[name] for name in COUNTS},
            "corrected": corrected,
            "stale": stale,
            "unchanged": self.this_run["unchanged"],
            "reasons": dict(sorted(reasons.items())),
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
        self.seen = {}

    def get(self, name, key):
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
