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
PROJECT = ["id", "account", "company", "currency", "status", "discount"]
COST = ["id", "worker", "hourly", "currency", "valid_from"]
FX = ["id", "base", "quote", "rate", "day"]
RATE = ["id", "project", "grade", "rate", "currency", "valid_from", "valid_to"]
TASK = ["id", "project", "number", "closes_on"]
ASSIGNMENT = ["id", "person", "project", "first_day", "last_day"]
WORKER = ["number", "cost_center", "employment"]
CARD = [
    "id", "version", "resource", "project", "task", "role_code", "work_date", "hours", "is_billable", "status", "note",
    "entered_by", "deleted", "modified_at",
]
EXPENSE = [
    "id", "version", "person", "project", "category", "spent_on", "amount", "currency", "is_billable", "status", "receipt",
    "deleted",
]
MILESTONE = ["id", "project", "planned_for", "accepted_on", "amount", "currency", "status"]

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
        self.tasks = rows("psa/task.csv", TASK)
        self.assignments = rows("psa/assignment.csv", ASSIGNMENT)
        self.workers = {row["number"]: row for row in rows("hris/worker.csv", WORKER)}
        self.costs = rows("hris/cost_rate.csv", COST)
        self.fx = rows("treasury/fx_rate.csv", FX)
        self.cards = list(read(folder / "psa/timecard.csv", CARD, compose=False))
        self.expenses = rows("psa/expense.csv", EXPENSE)
        self.milestones = {row["id"]: row for row in rows("psa/milestone.csv", MILESTONE)}


MONTHS = ("july", "august", "september")


def count(data):
    months = [Extract(data / month) for month in MONTHS]
    july, august, september = months
    kinds = collections.Counter()
    count_clients(july, august, kinds)
    count_projects(july, august, kinds)
    count_rates(july, august, kinds)
    count_planning(july, august, kinds)
    count_workers(july, august, september, kinds)
    count_money(july, august, kinds)
    count_customers(data / "erp.sql", july, kinds)
    kinds.update(kind for _, kind in Cards(months).found() if kind)
    kinds.update(kind for _, kind in expenses(months).values() if kind)
    kinds.update(kind for kind in milestones(months).values() if kind)
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
    kinds["client_new"] += len(later.keys() - first.keys())


def count_projects(july, august, kinds):
    accounts = {row["id"] for row in july.accounts}
    for code, row in july.projects.items():
        after = august.projects[code]
        kinds["project_unknown_account"] += row["account"] not in accounts
        kinds["project_moved"] += row["company"] != after["company"]
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
    given = collections.Counter((row["project"], row["grade"], row["valid_from"]) for row in july.rates)
    series = collections.defaultdict(list)
    for row in july.rates:
        series[row["project"], row["grade"]].append((row["valid_from"], row["valid_to"] or "9999-12-31"))
    for rows in series.values():
        # Dates as ISO texts are in order as texts. Rows of one first day are another trouble.
        rows = sorted(dict(rows).items())
        for (_, last), (first, _) in zip(rows, rows[1:]):
            kinds["rates_overlapping"] += first <= last
            kinds["rates_with_hole"] += date(first) - date(last) > datetime.timedelta(days=1) if first > last else 0
    for row in july.rates:
        project = july.projects[row["project"]]
        kinds["rate_changed"] += row["rate"] != later[row["id"]]["rate"]
        kinds["rate_empty_range"] += row["valid_to"] is not None and row["valid_to"] < row["valid_from"]
        kinds["rate_malformed"] += not NUMBER.match(row["rate"])
        kinds["rate_in_other_currency"] += row["currency"] != project["currency"]
        kinds["rate_of_unknown_project"] += project["account"] not in accounts
    kinds["rate_given_twice"] += sum(number - 1 for number in given.values())
    for key in later.keys() - {row["id"] for row in july.rates}:
        known = (later[key]["project"], later[key]["grade"]) in series
        kinds["rate_split" if known else "rate_comes_late"] += 1
    ever = {(row["project"], row["grade"]) for row in august.rates} | set(series)
    for code, project in july.projects.items():
        if project["account"] in accounts:
            kinds["rate_never"] += sum((code, grade) not in ever for grade in set(GRADES.values()))


def count_planning(july, august, kinds):
    for row in july.tasks:
        kinds["task_of_unknown_project"] += row["project"] not in july.projects
        kinds["task_with_last_day"] += row["closes_on"] is not None
    for row in july.assignments:
        last = row["last_day"] or "9999-12-31"
        kinds["assignment_of_unknown_person"] += row["person"] not in july.workers
        kinds["assignment_empty_range"] += last < row["first_day"]
        kinds["assignment_ended"] += row["first_day"] <= last < "2026-07-01"
    kinds["assignment_comes_late"] += len({row["id"] for row in august.assignments} - {row["id"] for row in july.assignments})


def count_workers(july, august, september, kinds):
    lost = august.workers.keys() - september.workers.keys()
    kinds["workers_cut_off"] += 100 * len(lost) > 5 * len(august.workers)
    for number in july.workers.keys() - august.workers.keys():
        kinds["worker_away" if number in september.workers else "worker_gone"] += 1
    kinds["worker_new"] += len(august.workers.keys() - july.workers.keys())
    for number, row in july.workers.items():
        after = august.workers.get(number, row)
        kinds["worker_unknown_employment"] += row["employment"] not in ("Employed", "Contractor", "Left")
        if row["cost_center"] != after["cost_center"]:
            kinds["worker_repaired" if row["cost_center"] is None else "worker_moved"] += 1


def count_money(july, august, kinds):
    paid = {row["worker"] for row in july.costs}
    usable = {number for number, row in july.workers.items() if row["employment"] in ("Employed", "Contractor", "Left")}
    kinds["cost_rate_never"] += len(usable - paid)
    kinds["cost_rate_in_francs"] += len({row["worker"] for row in july.costs if row["currency"] == "CHF"})
    later = {row["id"]: row for row in august.costs}
    kinds["cost_rate_corrected"] += sum(row["hourly"] != later[row["id"]]["hourly"] for row in july.costs)
    later = {row["id"]: row for row in august.fx}
    kinds["fx_rate_corrected"] += sum(row["rate"] != later[row["id"]]["rate"] for row in july.fx)
    days = collections.defaultdict(list)
    for row in august.fx:
        days[row["base"], row["quote"]].append(date(row["day"]))
    for known in days.values():
        # A weekend is three days from Friday to Monday; four days are the age that is allowed.
        kinds["fx_rates_missing"] += sum((after - before).days > 5 for before, after in zip(known, known[1:]))


def count_customers(path, july, kinds):
    accounts = {row["id"] for row in july.accounts}
    books = sqlite3.connect(":memory:")
    books.executescript(path.read_text(encoding="utf-8"))
    for key, tax in books.execute("SELECT external_id, tax_profile FROM customer"):
        kinds["customer_unknown_client"] += key not in accounts
        kinds["customer_unknown_tax"] += tax not in ("U", "S", "R", "E", "RC")
    books.close()


def expenses(months):
    """The first month of each expense, and its trouble or None."""
    found = collections.defaultdict(lambda: [[] for _ in months])
    for number, month in enumerate(months):
        for row in month.expenses:
            found[row["id"]][number].append(row)
    kinds = {}
    for key, of_months in found.items():
        first = next(number for number, of_month in enumerate(of_months) if of_month)
        now, later = of_months[first], [row for of_month in of_months[first + 1:] for row in of_month]
        if len(now) > 1:
            kind = "duplicate" if now[0] == now[-1] else "unknown"
        elif later:
            kind = expense_changed(now[0], later[0])
        else:
            kind = "+".join(expense_faults(now[0], months[:first + 1], months[first + 1:]))
        kinds[key] = (first, kind and "expense_" + kind)
    return kinds


def expense_changed(before, after):
    if after["deleted"] == "true":
        return "deleted"
    if before["receipt"] is None:
        return "receipt_later"
    for field, kind in (("currency", "currency_changed"), ("status", "unapproved"), ("amount", "corrected")):
        if before[field] != after[field]:
            return kind
    return "same_image"


def expense_faults(row, so_far, later):
    month = so_far[-1]
    # A list that breaks off lacks people whom an earlier one has.
    if not any(row["person"] in of_month.workers for of_month in so_far):
        yield "unknown_person"
    project = month.projects[row["project"]]
    if project["status"] == "Closed":
        yield "project_closed"
    if row["category"] not in ("AIR", "HOTL", "MEAL", "TAXI", "RAIL", "MISC"):
        yield "unknown_category"
    if row["receipt"] is None:
        yield "no_receipt"
    if not NUMBER.match(row["amount"]) or len(row["amount"].partition(".")[2]) > 2:
        yield "amount_malformed"
    if row["currency"] not in ("USD", "EUR", "GBP", "CHF"):
        yield "unknown_currency"
    if row["status"] != "Approved":
        yield "draft"
    if row["spent_on"] < "2026-07-01":
        yield "before_start"
    rates = [date(rate["day"]) for rate in month.fx if (rate["base"], rate["quote"]) == ("CHF", "EUR")]
    oldest = date(row["spent_on"]) - datetime.timedelta(days=4)
    if row["currency"] == "CHF" and row["spent_on"] >= "2026-07-01" and not any(oldest <= day <= date(row["spent_on"]) for day in rates):
        yield "fx_gap"
    if any(other.projects[row["project"]]["company"] != project["company"] for other in later):
        yield "moved_project"


def milestones(months):
    """The trouble of each milestone, or None. All months list all of them."""
    return {key: milestone(key, months) for key in months[0].milestones}


def milestone(key, months):
    rows = [month.milestones[key] for month in months]
    first, last = rows[0], rows[-1]
    projects = [month.projects.get(first["project"]) for month in months]

    def changes(of):
        return len({row[of] for row in rows}) > 1

    kind = None
    if projects[0] is None:
        kind = "unknown_project"
    elif first["currency"] != projects[0]["currency"]:
        kind = "in_other_currency"
    elif first["planned_for"] < "2026-07-01":
        kind = "before_start"
    elif changes("project"):
        kind = "rebooked"
    elif changes("amount"):
        kind = "revised"
    elif first["status"] == "Cancelled":
        kind = "revived"
    elif last["status"] == "Cancelled":
        kind = "cancelled"
    elif last["status"] != "Accepted":
        kind = "withdrawn" if first["status"] == "Accepted" else "open"
    elif last["accepted_on"] is None:
        kind = "without_day"
    elif projects[0]["status"] == "Planned":
        kind = "too_early"
    elif first["status"] == "Accepted" and projects[0]["company"] != projects[1]["company"]:
        kind = "moved"
    return kind and "milestone_" + kind


class Cards:
    """Timecards by id; each id has one trouble at most, and its rows say which: those of the month in which it comes, and of the next."""

    def __init__(self, months):
        self.months = [Month(extract) for extract in months]
        before = {}
        for month in self.months:
            month.before = before
            # A list that breaks off is not believed.
            if 100 * len(before.keys() - month.workers.keys()) > 5 * len(before):
                month.workers = {**before, **month.workers}
            before = month.workers

    def found(self):
        """Each card or row without id, with the number of its first month and its trouble."""
        yield from self.kinds().values()
        for number, month in enumerate(self.months):
            for line in month.cards:
                if line.cells is None:
                    yield number, "malformed_row"
                elif line.cells["id"] is None:
                    yield number, "no_key"

    def kinds(self):
        """The first month of each id, and its trouble or None."""
        rows = collections.defaultdict(lambda: [[] for _ in self.months])
        for number, month in enumerate(self.months):
            for line in month.cards:
                if line.cells and line.cells["id"] is not None:
                    rows[line.cells["id"]][number].append(line.cells)
        return {key: self.kind(of_months) for key, of_months in rows.items()}

    def kind(self, rows):
        first = next(number for number, of_month in enumerate(rows) if of_month)
        now, later = rows[first], [row for of_month in rows[first + 1:] for row in of_month]
        if len(later) == 2 and len(rows[first + 1]) == 1:
            return first, "deleted_returned" if later[0]["deleted"] == "true" else "reapproved"
        return first, self.kind_of(first, now, later)

    def kind_of(self, first, now, later):
        if len(now) > 1:
            if now[0] == now[-1]:
                return "duplicate"
            return "key_conflict" if now[0]["version"] == now[-1]["version"] else "out_of_order"
        if len(later) == 2:
            return "there_and_back"
        month, rest = self.months[first], self.months[first + 1:]
        return Changes(month, rest).changed(now[0], later[0]) if later else Changes(month, rest).single(now[0])


class Month(Extract):
    """The masters of one month, as far as they are good for its cards."""

    def __init__(self, extract):
        self.__dict__.update(extract.__dict__)
        self.known = {row["id"] for row in self.accounts}
        self.watermark = max(instant(line.cells["modified_at"]) for line in self.cards if line.cells)
        self.priced = collections.defaultdict(list)
        for row in self.rates:
            if self.is_price(row):
                self.priced[row["project"], row["grade"]].append(row)

        self.closes = {(row["project"], row["number"]): row["closes_on"] for row in self.tasks}
        self.assigned = collections.defaultdict(list)
        for row in self.assignments:
            self.assigned[row["person"], row["project"]].append((row["first_day"], row["last_day"] or "9999-12-31"))
        self.hourly, self.fx_days = collections.defaultdict(list), collections.defaultdict(list)
        for row in self.costs:
            self.hourly[row["worker"]].append(row)
        for row in self.fx:
            self.fx_days[row["base"], row["quote"]].append(row["day"])

    def prices(self, price, day):
        """The rates that hold on the day."""
        return [
            row["rate"] for row in self.priced.get(price, ())
            if row["valid_from"] <= day and (row["valid_to"] or day) >= day
        ]

    def is_assigned(self, row):
        """Whether one assignment holds on the day of a card."""
        rows = self.assigned[row["resource"], row["project"]]
        return sum(first <= row["work_date"] <= last for first, last in rows) == 1

    def is_price(self, row):
        same = self.projects[row["project"]]["currency"] == row["currency"]
        possible = row["valid_to"] is None or row["valid_from"] <= row["valid_to"]
        return bool(NUMBER.match(row["rate"])) and same and possible


class Changes:
    """What is wrong with a card that comes in one month, seen with the months after it."""

    def __init__(self, month, later):
        self.month, self.later = month, later

    def single(self, row):
        faults = self.faults(row)
        if faults:
            return "two_reasons" if faults == ["unknown_role", "hours_over_24"] else "+".join(faults)
        if row["status"] != "Approved":
            return {"Saved": "draft"}.get(row["status"], row["status"].lower())
        note, price = row["note"], (row["project"], GRADES[row["role_code"]])
        day = row["work_date"]
        for month in self.later:
            # Two rates that begin on one day: the first holds.
            if month.prices(price, day)[:1] != self.month.prices(price, day)[:1]:
                return "repriced"
            if month.priced[price] != self.month.priced[price]:
                return "repriced_later"
            hourly, before = (of.hourly[row["resource"]] for of in (month, self.month))
            if [known["hourly"] for known in hourly] != [known["hourly"] for known in before]:
                return "recosted"
            if month.projects[row["project"]]["company"] != self.month.projects[row["project"]]["company"]:
                return "moved_project"
        if date(day).weekday() > 4:
            return "weekend"
        if note == "":
            return "empty_note"
        if note and re.search('[",\r\n]', note):
            return "quoted_note"
        if note and unicodedata.normalize("NFC", note) != note:
            return "decomposed_note"
        return None

    def changed(self, before, after):
        if after["deleted"] == "true":
            return "deleted"
        if before == after:
            recent = (self.month.watermark - instant(after["modified_at"])).total_seconds() <= 600
            return "reread" if recent else "before_overlap"
        step = int(after["version"]) - int(before["version"])
        if step != 1:
            return "version_gap" if step > 1 else "late_version" if step < 0 else "key_conflict_late"
        faults, later = self.faults(before), Changes(self.later[0], self.later[1:]).faults(after)
        if faults:
            return {"project_missing": "missing_then_fixed", "hours_over_24": "fixed_later"}[faults[0]]
        if later == ["project_closed"]:
            return "closed_before_correction"
        if later:
            return "bad_correction"
        if before["status"] != after["status"]:
            return "approved_later" if after["status"] == "Approved" else "unapproved"
        for field, kind in (("hours", "corrected_hours"), ("project", "corrected_project"), ("role_code", "same_meaning")):
            if before[field] != after[field]:
                return kind
        return "same_image" if (before["note"] or "") == (after["note"] or "") else "corrected_note"

    def faults(self, row):
        """What is wrong with one row, in the order of its cells."""
        faults = ["version_malformed"] if not row["version"].isdigit() else []
        if any(row[field] is None for field in ("resource", "hours", "is_billable")):
            return [*faults, "required_missing"]
        faults += filter(None, [self.resource(row), self.project(row), self.planned(row)])
        if row["role_code"] not in GRADES:
            faults.append("unknown_role")
        elif not faults:
            faults += filter(None, [self.price(row), self.cost(row)])
        faults += filter(None, [self.date(row), self.hours(row)])
        if row["note"] and len(row["note"]) > 200:
            faults.append("note_too_long")
        return faults

    def price(self, row):
        price = (row["project"], GRADES[row["role_code"]])
        if price not in self.month.priced:
            return "rate_late" if any(price in month.priced for month in self.later) else "missing_rate"
        if len({known["valid_from"] for known in self.month.priced[price]}) < 2:
            return None
        hold = self.month.prices(price, row["work_date"])
        return None if len(hold) == 1 else "rate_overlap" if hold else "rate_hole"

    def cost(self, row):
        """Whether the hours have a cost in the currency of the company; cards from before the start need none."""
        day = row["work_date"]
        if self.date(row):
            return None
        rates = self.month.hourly[row["resource"]]
        if not rates:
            return "cost_missing"
        own = {"US": "USD", "EU": "EUR"}[self.month.projects[row["project"]]["company"]]
        if rates[0]["currency"] == own:
            return None
        oldest = (date(day) - datetime.timedelta(days=4)).isoformat()
        days = self.month.fx_days[rates[0]["currency"], own]
        return None if any(oldest <= known <= day for known in days) else "fx_gap"

    def resource(self, row):
        number = row["resource"]
        if number == "":
            return "empty_resource"
        worker = self.month.workers.get(number)
        if worker and worker["cost_center"]:
            return None
        comes = any(number in month.workers for month in self.later)
        if number in self.month.before and number not in self.month.workers:
            return "employee_away" if comes else "employee_deleted"
        return "employee_late" if comes else "employee_missing"

    def project(self, row):
        project = self.month.projects.get(row["project"])
        if project is None or project["account"] not in self.month.known:
            return "project_missing"
        if project["status"] == "Closed":
            return "project_closed"
        return "project_opens_later" if project["status"] in ("Planned", "Paused") else None

    def planned(self, row):
        if row["task"] is None:
            return None
        task = (row["project"], row["task"])
        if task not in self.month.closes:
            return "task_unknown"
        if not self.month.is_assigned(row):
            return "assignment_later" if any(month.is_assigned(row) for month in self.later) else "not_assigned"
        closes = self.month.closes[task]
        return "closed_task" if closes and row["work_date"] > closes else None

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
