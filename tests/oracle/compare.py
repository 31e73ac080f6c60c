"""Compares what runs printed and wrote with what was expected. Each compared thing is one check."""

import contextlib
import json
import sqlite3
from decimal import Decimal, InvalidOperation

from cells import Refused, instant
from expect import Usage
from machine import COUNTS

# Filled by the books, not by the sync: present and unique, whatever they are.
RETURNED = {
    "customer": ["number"], "project_cost": ["number", "status"], "project_expense": ["number", "status"],
    "project_fee": ["number", "status"],
}
SHOWN = 40


class Checks:
    """Counts checks and prints the failed ones, the first few in full."""

    def __init__(self, out):
        self.out, self.passed, self.failed = out, 0, 0

    def equal(self, what, expected, found):
        if expected == found:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= SHOWN:
            self.out(f"{what}: expected {show(expected)}, found {show(found)}")
        elif self.failed == SHOWN + 1:
            self.out("more differences are counted only")


def show(value):
    return "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


MISSING = object()


def compare(expected, runs, exceptions, target, out=print, files=None):
    """Gives the checks passed and failed. `files`: rows of tables that are not in a database, by `system.table`."""
    if not expected.get("runs") or not any(run["totals"]["captured"] for run in expected["runs"]):
        raise Usage("the expectation is empty: nothing to compare")
    if runs and len(runs) != len(expected["runs"]):
        raise Usage(f"{len(expected['runs'])} runs are expected, {len(runs)} were given")
    checks = Checks(out)
    for number, (of_run, found) in enumerate(zip(expected["runs"], runs), 1):
        compare_run(checks, f"run {number} ({of_run['profile']})", of_run, found)
    if exceptions is not None:
        listed = [run for run in expected["runs"] if run["exceptions"] is not None]
        if len(listed) != len(exceptions):
            raise Usage(f"{len(listed)} lists of exceptions are expected, {len(exceptions)} were given")
        for run, found in zip(listed, exceptions):
            compare_exceptions(checks, f"after {run['profile']}: ", run["exceptions"], found)
    if target is not None:
        compare_target(checks, expected["target"], target, files or {})
    if checks.passed + checks.failed == 0:
        raise Usage("nothing was compared")
    return checks.passed, checks.failed


def compare_run(checks, what, expected, found):
    checks.equal(f"{what} format", 1, found.get("format", MISSING))
    checks.equal(f"{what} at", expected["at"], moment(found.get("at", MISSING)))
    for name, count in expected["totals"].items():
        checks.equal(f"{what} totals.{name}", count, found.get("totals", {}).get(name, MISSING))
    syncs = {sync.get("name"): sync for sync in found.get("syncs", [])}
    checks.equal(f"{what} syncs", sorted(expected["syncs"]), sorted(map(str, syncs)))
    for name, accounts in expected["syncs"].items():
        sync = syncs.get(name, {})
        for field, value in accounts.items():
            label = f"{what} {name}.{field}"
            if field == "this_run":
                for part, count in value.items():
                    checks.equal(f"{label}.{part}", count, sync.get(field, {}).get(part, MISSING))
            elif field == "reconciliation":
                compare_reconciliation(checks, label, value, sync.get(field) or [])
            elif field == "late":
                late = sync.get(field)
                checks.equal(label, value, late and {part: late.get(part, 0) for part in ("posted", "waiting")})
            elif field == "opens":
                checks.equal(label, moment(value), moment(sync.get(field)))
            elif field == "reasons":
                checks.equal(label, value, {k: v for k, v in sync.get(field, {}).items() if v})
            else:
                checks.equal(label, value, sync.get(field, MISSING))
        total = sum(sync.get(name, 0) for name in COUNTS)
        checks.equal(f"{what} {name}: captured is the sum of its parts", sync.get("captured", MISSING), total)


def compare_reconciliation(checks, what, expected, found):
    lines = {(line.get("measure"), line.get("group")): line for line in found}
    checks.equal(f"{what} lines", [[line["measure"], line["group"]] for line in expected], [list(k) for k in lines])
    for line in expected:
        other = lines.get((line["measure"], line["group"]), {})
        for field, value in line.items():
            if field not in ("measure", "group"):
                label = f"{what} {line['measure']} {line['group']} {field}".replace("  ", " ")
                checks.equal(label, figure(value), figure(other.get(field, MISSING)))


def compare_exceptions(checks, when, expected, found):
    checks.equal(f"{when}exceptions format", 1, found.get("format", MISSING))
    left = {}
    for exception in found.get("exceptions", []):
        left.setdefault(name_of(exception), []).append(exception)
    for exception in expected:
        same = left.get(name_of(exception), [])
        label = f"{when}exception {exception['sync']} {exception['key']} version {exception['version']}"
        if not same:
            checks.equal(label, exception["reason"], MISSING)
            continue
        other = same.pop(0)
        for field, value in exception.items():
            given = other.get(field, MISSING)
            if field in ("since", "due"):
                checks.equal(f"{label} {field}", moment(value), moment(given))
            elif field == "reasons":
                compare_reasons(checks, label, value, given)
            elif field == "version":
                checks.equal(f"{label} {field}", value, None if given is None else str(given))
            else:
                checks.equal(f"{label} {field}", value, given)
    for name, rest in sorted(left.items()):
        for exception in rest:
            checks.equal(f"{when}exception {name}", MISSING, exception.get("reason"))


def name_of(exception):
    version = exception.get("version")
    reason = exception.get("reason")
    # A record may have a key conflict and another exception in one version.
    return " ".join(map(str, (exception.get("sync"), exception.get("key"), version, reason)))


def compare_reasons(checks, label, expected, found):
    found = found if isinstance(found, list) else []
    names = [reason.get("reason") for reason in found]
    checks.equal(f"{label} reasons", [reason["reason"] for reason in expected], names)
    for reason, other in zip(expected, found):
        if reason["message"] is not None:
            checks.equal(f"{label} message of {reason['reason']}", reason["message"], other.get("message", MISSING))


def compare_target(checks, expected, folder, files):
    for system, tables in expected.items():
        for table, rows in tables.items():
            name = f"{system}.{table}"
            if name in files:
                compare_table(checks, name, rows, files[name], [])
                continue
            with contextlib.closing(sqlite3.connect(f"file:{folder}/{system}.db?mode=ro", uri=True)) as books:
                books.row_factory = sqlite3.Row
                lines = [dict(row) for row in books.execute(f"SELECT * FROM {table}")]
                compare_table(checks, name, rows, lines, RETURNED[table])
                numbers = books.execute(f"SELECT count(*) - count(DISTINCT number) FROM {table}").fetchone()[0]
                checks.equal(f"{name} numbers given twice", 0, numbers)


def compare_table(checks, name, rows, lines, filled):
    found = {row["external_id"]: row for row in lines}
    checks.equal(f"{name} rows", len(rows), len(lines))
    checks.equal(f"{name} keys given twice", 0, len(lines) - len(found))
    for row in rows:
        other = found.pop(row["external_id"], None)
        label = f"{name} {row['external_id']}"
        if other is None:
            checks.equal(label, row, MISSING)
            continue
        returned = [other.pop(field, None) for field in filled]
        checks.equal(label, row, other)
        if filled:
            checks.equal(f"{label} has {', '.join(filled)}", True, None not in returned)
    for key, row in sorted(found.items()):
        checks.equal(f"{name} {key}", MISSING, row)


def moment(text):
    """An instant for comparison, whatever its spelling."""
    try:
        return instant(text.replace("+00:00", "Z")).isoformat()
    except (Refused, AttributeError):
        return text


def figure(text):
    """A number given as a string, for comparison by value; anything else as it is."""
    if not isinstance(text, str):
        return text
    try:
        return str(Decimal(text).normalize() + 0)
    except InvalidOperation:
        return text
