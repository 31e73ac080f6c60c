"""Runs the syncs on the extracts of a workspace and writes down what must come out."""

import datetime
import json
import pathlib
from decimal import Decimal

import extracts
from cells import Refused, instant
from consulting import QUEUES, Hub
from machine import COUNTS

# Declared scales of the numbers in the targets.
SCALES = {"hours": 2, "rate": 4, "amount": 4, "cost": 4, "fee": 4}


class Usage(Exception):
    """The command line or the workspace makes no sense."""


def parse_runs(text):
    """`july@2026-08-01T06:00Z,august@…` as pairs of profile and instant."""
    runs = []
    for part in text.split(","):
        profile, _, at = part.partition("@")
        try:
            runs.append((profile, instant(at)))
        except Refused:
            raise Usage(f"`{part}` is not PROFILE@INSTANT") from None
    if any(later < earlier for (_, earlier), (_, later) in zip(runs, runs[1:])):
        raise Usage("runs go back in time")
    return runs


def daily(folder):
    """Runs of daily extracts: a folder for each day, named by its date, taken up at six the next morning."""
    days = sorted(path.name for path in pathlib.Path(folder).iterdir())
    if not days:
        raise Usage(f"{folder} has no days")
    morning = datetime.timedelta(days=1, hours=6)
    return [(day, instant(f"{day}T00:00Z") + morning) for day in days]


def expect(workspace, runs, folder=None, slow=False):
    """The accounts after each run, with the exceptions after those that follow a month and the last; rows and targets after the last."""
    data = pathlib.Path(workspace) / "data"
    hub = Hub((data / "erp.sql").read_text(encoding="utf-8"), slow)
    extracts_in = pathlib.Path(folder) if folder else data
    results = []
    for number, (profile, at) in enumerate(runs, 1):
        for sync in hub.syncs:
            sync.capture(hub, lines_of(sync.flow, extracts_in / profile, hub), number, at)
            sync.judge_inward(hub, at)
            sync.settle(hub, at)
        exceptions = None
        if number == len(runs) or at.day == 1:
            exceptions = [e for sync in by_name(hub) for e in sync.exceptions(QUEUES)]
        results.append({**result(hub, profile, at), "exceptions": exceptions})
    return {
        "format": 1,
        "runs": results,
        "rows": {sync.flow.name: [row_of(row) for row in sync.all_rows()] for sync in by_name(hub)},
        "target": {
            "erp": {"customer": [written(row) for _, row in sorted(hub.customers.items())]},
            **{
                system: {table: [written(row) for _, row in sorted(lines.items())] for table, lines in tables.items()}
                for system, tables in hub.books.items()
            },
        },
    }


def lines_of(flow, profile, hub):
    system, entity = flow.entity.split(".")
    if system != "erp":
        yield from extracts.read(profile / system / f"{entity}.csv", flow.fields)
        return
    for number, (_, row) in enumerate(sorted(hub.customers.items()), 1):
        yield extracts.Line(number, {field: row[field] for field in flow.fields}, tuple(row.values()))


def by_name(hub):
    return sorted(hub.syncs, key=lambda sync: sync.flow.name)


def result(hub, profile, at):
    syncs = {}
    for sync in by_name(hub):
        syncs[sync.flow.name] = accounts = sync.accounts(hub)
        lines = reconciliation(sync, accounts)
        accounts["reconciled"] = all(line["difference"] == "0" for line in lines) if lines else None
        accounts["reconciliation"] = lines
    plain = ("captured", *COUNTS, "corrected", "stale", "unchanged")
    totals = {name: sum(accounts[name] for accounts in syncs.values()) for name in plain}
    return {"profile": profile, "at": at.isoformat(), "totals": totals, "syncs": syncs}


def reconciliation(sync, accounts):
    """Ledger and target agree by construction; the compared run must show the same figures (RULES.md, section 11)."""
    out = sync.flow.outbound
    if out is None:
        return []
    if sync.shut:
        return sync.reconciled
    lines = []
    for measure in out.measures:
        rows = {name: str(accounts[name]) if measure == "count" else None for name in ("captured", *COUNTS)}
        if ("posted", measure) in sync.sums:
            rows["posted"] = number(sync.sums["posted", measure])
        groups = {name[2]: total for name, total in sync.sums.items() if name[:2] == ("ledger", measure)}
        if measure == "count":
            groups.setdefault("", Decimal(0))
        for group, total in sorted(groups.items()):
            figures = {"ledger": number(Decimal(total)), "target": number(Decimal(total)), "difference": "0"}
            lines.append({"measure": measure, "group": group, **rows, **figures})
    sync.reconciled = lines
    return lines


def number(value):
    """A number without trailing zeros, for comparison by value."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def row_of(row):
    return {
        "key": row.key,
        "version": row.version,
        "line": row.line.number,
        "copies": row.copies,
        "outcome": row.outcome,
        "reasons": [e["reason"] for e in row.reasons],
    }


def written(row):
    """A target row as SQLite must hold it: numbers as text with the declared scale, bool as 0 or 1."""
    out = {}
    for field, value in row.items():
        if isinstance(value, bool):
            value = int(value)
        elif isinstance(value, Decimal):
            value = f"{value:.{SCALES[field]}f}"
            value = value.lstrip("-") if not any(c in "123456789" for c in value) else value
        elif isinstance(value, datetime.date):
            value = value.isoformat()
        out[field] = value
    return out


def write(expected, path):
    """Writes all but the rows, which only tests look at."""
    expected = {name: part for name, part in expected.items() if name != "rows"}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(expected, file, ensure_ascii=False, indent=1)
        file.write("\n")
