#!/usr/bin/env python3
"""Counts the planted troubles in the files of a workspace and compares them with its manifest.

    planted.py --workspace examples/consulting

The counts come from the rows alone: the generator's code and the manifest are not looked at until both are compared. When the workspace
has a README with a table of troubles, its figures are compared, too. Exit 0: all equal; 1: a difference; 2: usage, or nothing planted.
"""

import argparse
import collections
import datetime
import json
import pathlib
import re
import sqlite3
import sys
import unicodedata
from decimal import Decimal

from cells import NUMBER, Refused, date, instant
from extracts import BadExtract, read

ACCOUNT = ["id", "name", "region", "stage"]
DEAL = ["id", "project_code", "discount"]
PROJECT = ["id", "account", "currency", "status", "discount"]
RATE = ["id", "project", "grade", "rate", "currency"]
WORKER = ["number", "cost_center", "employment"]
CARD = [
    "id", "version", "resource", "project", "role_code", "work_date", "hours", "is_billable", "status", "note",
    "entered_by", "modified_at",
]

GRADES = {"ANL": "Analyst", "CON1": "Consultant", "CON2": "Consultant", "MGR": "Manager", "PTR": "Partner"}
README_ROW = re.compile(r"^\| `([a-z0-9_]+)` \| ([0-9]+) \|", re.MULTILINE)


class Extract:
    """The files of one month."""

    def __init__(self, folder):
        def rows(path, fields):
            return [line.cells for line in read(folder / path, fields)]

        self.accounts = rows("crm/account.csv", ACCOUNT)
        self.deals = rows("crm/deal.csv", DEAL)
        self.projects = {row["id"]: row for row in rows("psa/project.csv", PROJECT)}
        self.rates = rows("psa/bill_rate.csv", RATE)
        self.workers = {row["number"]: row for row in rows("hris/worker.csv", WORKER)}
        self.cards = list(read(folder / "psa/timecard.csv", CARD, compose=False))


def count(data):
    july, august = Extract(data / "july"), Extract(data / "august")
    kinds = collections.Counter()
    count_clients(july, august, kinds)
    count_projects(july, august, kinds)
    count_rates(july, august, kinds)
    count_workers(july, august, kinds)
    count_customers(data / "erp.sql", july, kinds)
    Cards(july, august).count(kinds)
    return kinds


def count_clients(july, august, kinds):
    first, later = {}, {row["id"]: row for row in august.accounts}
    for row in july.accounts:
        before = first.setdefault(row["id"], row)
        if before is not row:
            kinds["client_exported_twice" if before == row else "client_contradicting"] += 1
            continue
        after = later[row["id"]]
        kinds["client_unknown_region"] += row["region"] not in ("NA", "EU", "AP")
        kinds["client_renamed"] += row["name"] != after["name"]
        story = {
            ("Prospect", "Prospect"): "client_prospect",
            ("Prospect", "Customer"): "client_won",
            ("Former", "Former"): "client_former",
            ("Customer", "Former"): "client_left",
        }.get((row["stage"], after["stage"]))
        if story:
            kinds[story] += 1
    kinds["client_only_in_august"] += len(later.keys() - first.keys())


def count_projects(july, august, kinds):
    accounts = {row["id"] for row in july.accounts}
    for code, row in july.projects.items():
        after = august.projects[code]
        kinds["project_unknown_account"] += row["account"] not in accounts
        kinds["project_currency_changed"] += row["currency"] != after["currency"]
        story = {
            ("Closed", "Closed"): "project_closed_before",
            ("Paused", "Active"): "project_resuming",
            ("Active", "Closed"): "project_closing",
            ("Closed", "Active"): "project_reopened",
            ("Planned", "Active"): "project_own_discount_too_early" if row["discount"] else "project_starting",
        }.get((row["status"], after["status"]))
        if story:
            kinds[story] += 1
    later = {row["id"]: row for row in august.deals}
    for row in july.deals:
        kinds["deal_unknown_project"] += row["project_code"] not in july.projects
        kinds["deal_after_handover"] += row["discount"] != later[row["id"]]["discount"]


def count_rates(july, august, kinds):
    accounts = {row["id"] for row in july.accounts}
    later = {row["id"]: row for row in august.rates}
    given = collections.Counter((row["project"], row["grade"]) for row in july.rates)
    for row in july.rates:
        project = july.projects[row["project"]]
        kinds["rate_changed"] += row["rate"] != later[row["id"]]["rate"]
        kinds["rate_malformed"] += not NUMBER.match(row["rate"])
        kinds["rate_in_other_currency"] += row["currency"] != project["currency"]
        kinds["rate_of_unknown_project"] += project["account"] not in accounts
    kinds["rate_given_twice"] += sum(number - 1 for number in given.values())
    kinds["rate_only_in_august"] += len(later.keys() - {row["id"] for row in july.rates})
    ever = {(row["project"], row["grade"]) for row in august.rates} | set(given)
    for code, project in july.projects.items():
        if project["account"] in accounts:
            kinds["rate_never"] += sum((code, grade) not in ever for grade in set(GRADES.values()))


def count_workers(july, august, kinds):
    kinds["worker_only_in_august"] += len(august.workers.keys() - july.workers.keys())
    for number, row in july.workers.items():
        after = august.workers[number]
        kinds["worker_unknown_employment"] += row["employment"] not in ("Employed", "Contractor", "Left")
        if row["cost_center"] != after["cost_center"]:
            kinds["worker_repaired" if row["cost_center"] is None else "worker_moved"] += 1


def count_customers(path, july, kinds):
    accounts = {row["id"] for row in july.accounts}
    books = sqlite3.connect(":memory:")
    books.executescript(path.read_text(encoding="utf-8"))
    for key, tax in books.execute("SELECT external_id, tax_profile FROM customer"):
        kinds["customer_unknown_client"] += key not in accounts
        kinds["customer_unknown_tax"] += tax not in ("U", "S", "R", "E", "RC")
    books.close()


class Cards:
    """Timecards by id; each id has one trouble at most, and the rows say which."""

    def __init__(self, july, august):
        self.july, self.august = july, august
        self.accounts = {row["id"] for row in july.accounts}
        cells = [line.cells for line in july.cards if line.cells]
        self.watermark = max(instant(row["modified_at"]) for row in cells)
        self.priced = {(row["project"], row["grade"]) for row in july.rates if self.is_price(row)}
        self.priced_later = {(row["project"], row["grade"]) for row in august.rates if self.is_price(row)}
        rates = {row["id"]: row["rate"] for row in july.rates}
        self.repriced = {
            (row["project"], row["grade"]) for row in august.rates if rates.get(row["id"], row["rate"]) != row["rate"]
        }

    def is_price(self, row):
        same = self.july.projects[row["project"]]["currency"] == row["currency"]
        return bool(NUMBER.match(row["rate"])) and same

    def count(self, kinds):
        kinds.update(kind for kind in self.kinds().values() if kind)
        for extract in (self.july, self.august):
            for line in extract.cards:
                if line.cells is None:
                    kinds["malformed_row"] += 1
                elif line.cells["id"] is None:
                    kinds["no_key"] += 1

    def kinds(self):
        """The trouble of each id, or None."""
        rows = collections.defaultdict(lambda: ([], []))
        for month, extract in enumerate((self.july, self.august)):
            for line in extract.cards:
                if line.cells and line.cells["id"] is not None:
                    rows[line.cells["id"]][month].append(line.cells)
        return {key: self.kind(july, august) for key, (july, august) in rows.items()}

    def kind(self, july, august):
        if len(july) > 1:
            first, second = july[0], july[-1]
            if first == second:
                return "duplicate"
            return "key_conflict" if first["version"] == second["version"] else "out_of_order"
        if len(august) == 2:
            return "there_and_back"
        if july and august:
            return self.changed(july[0], august[0])
        return self.single(july[0]) if july else None

    def single(self, row):
        faults = self.faults(row)
        if faults:
            return "two_reasons" if faults == ["unknown_role", "hours_over_24"] else "+".join(faults)
        if row["status"] != "Approved":
            return {"Saved": "draft"}.get(row["status"], row["status"].lower())
        note, price = row["note"], (row["project"], GRADES[row["role_code"]])
        if price in self.repriced:
            return "repriced"
        if note == "":
            return "empty_note"
        if note and re.search('[",\r\n]', note):
            return "quoted_note"
        if note and unicodedata.normalize("NFC", note) != note:
            return "decomposed_note"
        return None

    def changed(self, before, after):
        if before == after:
            recent = (self.watermark - instant(after["modified_at"])).total_seconds() <= 600
            return "reread" if recent else "before_overlap"
        step = int(after["version"]) - int(before["version"])
        if step != 1:
            return "version_gap" if step > 1 else "late_version" if step < 0 else "key_conflict_late"
        faults, later = self.faults(before), self.faults(after)
        if faults:
            return {"project_missing": "missing_then_fixed", "hours_over_24": "fixed_later"}[faults[0]]
        if later:
            return "bad_correction"
        if before["status"] != after["status"]:
            return "approved_later" if after["status"] == "Approved" else "unapproved"
        if self.august.projects[after["project"]]["status"] == "Closed":
            return "closed_before_correction"
        for field, kind in (("hours", "corrected_hours"), ("project", "corrected_project"), ("role_code", "same_meaning")):
            if before[field] != after[field]:
                return kind
        return "same_image" if (before["note"] or "") == (after["note"] or "") else "corrected_note"

    def faults(self, row):
        """What is wrong with one row, in the order of its cells."""
        faults = ["version_malformed"] if not row["version"].isdigit() else []
        if any(row[field] is None for field in ("resource", "hours", "is_billable")):
            return [*faults, "required_missing"]
        faults += filter(None, [self.resource(row), self.project(row)])
        if row["role_code"] not in GRADES:
            faults.append("unknown_role")
        elif not faults:
            price = (row["project"], GRADES[row["role_code"]])
            if price not in self.priced:
                faults.append("rate_late" if price in self.priced_later else "missing_rate")
        faults += filter(None, [self.date(row), self.hours(row)])
        if row["note"] and len(row["note"]) > 200:
            faults.append("note_too_long")
        return faults

    def resource(self, row):
        number = row["resource"]
        if number == "":
            return "empty_resource"
        worker = self.july.workers.get(number)
        if worker and worker["cost_center"]:
            return None
        return "employee_late" if number in self.august.workers else "employee_missing"

    def project(self, row):
        project = self.july.projects.get(row["project"])
        if project is None or project["account"] not in self.accounts:
            return "project_missing"
        if project["status"] == "Closed":
            return "project_closed"
        return "project_opens_later" if project["status"] in ("Planned", "Paused") else None

    @staticmethod
    def date(row):
        try:
            return "before_start" if date(row["work_date"]) < datetime.date(2026, 7, 1) else None
        except Refused:
            return "date_malformed"

    @staticmethod
    def hours(row):
        text = row["hours"]
        whole, _, rest = text.lstrip("+-").partition(".")
        if not NUMBER.match(text) or len(rest) > 2:
            return "hours_malformed"
        if len(whole) > 4:
            return "hours_too_wide"
        if Decimal(text) > 24:
            return "hours_over_24"
        return "hours_not_positive" if Decimal(text) <= 0 else None


def main(arguments):
    parser = argparse.ArgumentParser(prog="planted.py")
    parser.add_argument("--workspace", required=True)
    workspace = pathlib.Path(parser.parse_args(arguments).workspace)
    try:
        manifest = json.loads((workspace / "data/planted.json").read_text(encoding="utf-8"))["kinds"]
        counted = count(workspace / "data")
        readme = workspace / "README.md"
        told = dict(README_ROW.findall(readme.read_text(encoding="utf-8"))) if readme.exists() else {}
    except (BadExtract, OSError, KeyError, sqlite3.Error, json.JSONDecodeError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    if not sum(manifest.values()):
        print("error: the manifest is empty", file=sys.stderr)
        return 2
    wrong = 0
    for kind in sorted(manifest.keys() | +counted):
        figures = [counted[kind], manifest.get(kind, 0)] + ([int(told.get(kind, 0))] if told else [])
        same = len(set(figures)) == 1
        wrong += not same
        print(f"{kind:32} {figures[0]:6}" + ("" if same else f"   manifest {figures[1]}, README {told.get(kind, 'nothing')}"))
    print(f"{sum(counted.values())} troubles of {len(+counted)} kinds counted, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
