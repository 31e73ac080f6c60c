"""The syncs of examples/consulting, written by hand from its specs.

Each flow states what one sync's spec says: fields, inward map, ownership, outward map. What follows from it is in machine.py.
"""

import datetime
import sqlite3
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

import cells
from machine import FAILED, Notes, Sync

getcontext().prec = 60

# specs/organisation.syn: days within which a queue resolves.
QUEUES = {"sales_desk": 3, "delivery_desk": 2, "people_desk": 3, "finance_desk": 2, "data_desk": 1}

# specs/maps/codes.syn
ROLE = {"ANL": "analyst", "CON1": "consultant", "CON2": "consultant", "MGR": "manager", "PTR": "partner"}
LABOR_CODE = {
    "erp_us": {"analyst": "L100", "consultant": "L200", "manager": "L300", "partner": "L400"},
    "erp_eu": {"analyst": "4010", "consultant": "4020", "manager": "4030", "partner": "4040"},
}
# The currency in which each company counts its cost.
OWN_CURRENCY = {"erp_us": "USD", "erp_eu": "EUR"}
SALES_REGION = {"NA": "americas", "EU": "europe", "AP": "asia_pacific"}
LEDGER_REGION = {"americas": "10", "europe": "20", "asia_pacific": "30"}
TAX_CODE = {"U": "undecided", "S": "standard", "R": "reduced", "E": "exempt", "RC": "reverse_charge"}

EXPENSE_TYPE = {
    "AIR": "airfare", "HOTL": "lodging", "MEAL": "meals", "TAXI": "ground_transport", "RAIL": "ground_transport",
    "MISC": "other",
}
EXPENSE_ACCOUNT = {"airfare": "6650", "lodging": "6660", "meals": "6670", "ground_transport": "6680", "other": "6690"}

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


class Flow:
    """What all flows share: nothing posted, no cursor, rows ordered by arrival."""

    version = cursor = outbound = wait = full_every = absence = mark = None
    overlap = datetime.timedelta(0)

    def notices(self, hub):
        return []

    @property
    def file(self):
        return self.entity.split(".")[1] + ".csv"

    @property
    def content(self):
        return [field for field in self.fields if field != self.cursor]


class Accounts(Flow):
    name, entity, otherwise = "Clients", "crm.account", "data_desk"
    fields = ["id", "name", "region", "stage", "account_manager"]
    key = "id"
    types = {
        "id": (cells.text(12), False),
        "name": (cells.text(80), False),
        "region": (cells.text(2), False),
        "stage": (cells.one_of("Prospect", "Customer", "Former"), False),
    }
    reachable = {"prospect": {"customer", "former"}, "customer": {"former"}, "former": {"customer"}}

    def __init__(self, customers):
        self.outbound = Customers(customers)

    def inbound(self, hub, c, notes):
        region = c["region"]
        message = None
        if FAILED not in (region, c["name"]):
            message = f"region {region} of {c['name']} is in no table"
        region = notes.code(SALES_REGION, region, "sales_desk", "unknown_region", message)
        stage = c["stage"] if c["stage"] is FAILED else c["stage"].lower()
        return {"code": c["id"], "name": c["name"], "region": region, "stage": stage}

    def apply(self, hub, key, values, notes):
        stored = hub.clients.get(key)
        if stored and stored["stage"] != values["stage"] and values["stage"] not in self.reachable[stored["stage"]]:
            notes.add("illegal-transition")
            return values
        hub.write("clients", key, {"tax_profile": None, **(stored or {}), **values})
        return values


class Customers:
    """Client -> erp.customer, corrected by overwrite, leaving held."""

    leave_hold, otherwise, overwrite, keep, wait, ask, window = "sales_desk", "sales_desk", True, (), None, None, False
    ask_about, delta = (), False
    measures = ("count",)

    def __init__(self, table):
        self.table = table

    def values(self, hub, row):
        return row.values

    def excludes(self, values):
        return values["stage"] != "customer"

    def route(self, values, gates):
        return "erp"

    def image(self, values, route, gates, reader, notes):
        return {"external_id": values["code"], "name": values["name"], "region": LEDGER_REGION[values["region"]]}

    def key(self, image):
        return image["external_id"]

    def insert(self, route, key, image):
        row = self.table.setdefault(key, {"tax_profile": "U"})
        row.update(image)


class TaxProfiles(Flow):
    name, entity, otherwise, wait = "TaxProfiles", "erp.customer", "finance_desk", DAY
    fields = ["external_id", "name", "region", "tax_profile"]  # the number never changes
    key = "external_id"
    types = {"external_id": (cells.text(12), False), "tax_profile": (cells.text(2), False)}

    def inbound(self, hub, c, notes):
        notes.find(hub.clients, c["external_id"])
        tax, message = c["tax_profile"], None
        if FAILED not in (tax, c["external_id"]):
            message = f"tax profile {tax} of {c['external_id']} is in no table"
        return {"tax_profile": notes.code(TAX_CODE, tax, "finance_desk", "unknown_tax", message)}

    def apply(self, hub, key, values, notes):
        hub.write("clients", key, values)
        return values


class Projects(Flow):
    name, entity, otherwise, wait = "Projects", "psa.project", "delivery_desk", DAY
    fields = ["id", "name", "account", "company", "currency", "status", "discount"]
    key = "id"
    types = {
        "id": (cells.text(16), False),
        "name": (cells.text(80), False),
        "account": (cells.text(12), False),
        "company": (cells.one_of("US", "EU"), False),
        "currency": (cells.currency, False),
        "status": (cells.one_of("Planned", "Active", "Paused", "Closed"), False),
        "discount": (cells.percent_from_points, True),
    }
    reachable = {
        "planned": {"active", "paused", "closed"},
        "active": {"paused", "closed"},
        "paused": {"active", "closed"},
        "closed": set(),
    }

    def inbound(self, hub, c, notes):
        notes.find(hub.clients, c["account"])
        stage = c["status"] if c["status"] is FAILED else c["status"].lower()
        return {
            "code": c["id"], "name": c["name"], "client": c["account"], "currency": c["currency"],
            "company": c["company"] if c["company"] is FAILED else c["company"].lower(),
            "own_currency": c["company"] if c["company"] is FAILED else {"US": "USD", "EU": "EUR"}[c["company"]],
            "stage": stage, "discount": c["discount"],
        }

    def apply(self, hub, key, values, notes):
        stored = hub.projects.get(key)
        before = stored["discount"] if stored else None
        stage = stored["stage"] if stored else values["stage"]
        if values["discount"] != before and stage == "planned":
            values = {**values, "discount": before}  # outside claim ignore
        if stored and stored["stage"] != values["stage"] and values["stage"] not in self.reachable[stored["stage"]]:
            notes.add("illegal-transition")
        if stored and stored["currency"] != values["currency"]:
            notes.add("currency-changed")
        if not notes.reasons:
            hub.write("projects", key, values)
        return values


class Discounts(Flow):
    name, entity, otherwise, wait = "Discounts", "crm.deal", "sales_desk", DAY
    fields = ["id", "title", "project_code", "discount"]
    key = "id"
    types = {
        "id": (cells.text(12), False),
        "project_code": (cells.text(16), False),
        "discount": (cells.percent_from_points, False),
    }

    def inbound(self, hub, c, notes):
        notes.find(hub.projects, c["project_code"])
        return {"project": c["project_code"], "discount": c["discount"]}

    def apply(self, hub, key, values, notes):
        project = hub.projects[values["project"]]
        if project["discount"] != values["discount"]:
            if project["stage"] != "planned":
                notes.add("outside-claim", "sales_desk")
            else:
                hub.write("projects", values["project"], {"discount": values["discount"]})
        return values


class Employees(Flow):
    name, entity, otherwise, table = "Employees", "hris.worker", "people_desk", "employees"
    fields = ["number", "full_name", "cost_center", "employment", "private_email", "modified_at"]
    key, cursor = "number", "modified_at"
    full_every, absence = DAY, (5, "people_desk")
    types = {
        "number": (cells.text(12), False),
        "full_name": (cells.text(80), False),
        "cost_center": (cells.text(8), False),
        "employment": (cells.one_of("Employed", "Contractor", "Left"), False),
    }

    def inbound(self, hub, c, notes):
        employment = c["employment"] if c["employment"] is FAILED else c["employment"].lower()
        return {"number": c["number"], "name": c["full_name"], "cost_center": c["cost_center"], "employment": employment}

    def apply(self, hub, key, values, notes):
        hub.write("employees", key, values)
        return values


class RateCards(Flow):
    name, entity, otherwise, wait = "RateCards", "psa.bill_rate", "finance_desk", DAY
    fields = ["id", "project", "grade", "rate", "currency", "valid_from", "valid_to"]
    key = "id"
    types = {
        "id": (cells.text(12), False),
        "project": (cells.text(16), False),
        "grade": (cells.one_of("Analyst", "Consultant", "Manager", "Partner"), False),
        "rate": (cells.decimal(14, 4), False),
        "currency": (cells.currency, False),
        "valid_from": (cells.date, False),
        "valid_to": (cells.date, True),
    }

    def inbound(self, hub, c, notes):
        project = notes.find(hub.projects, c["project"])
        if FAILED not in (project, c["rate"], c["currency"]) and project["currency"] != c["currency"]:
            message = f"the rate of {c['project']} is in {c['currency']}, its project is not"
            notes.add("currency_mismatch", "finance_desk", message)
        category = c["grade"] if c["grade"] is FAILED else c["grade"].lower()
        return {
            "project": c["project"], "category": category, "bill_rate": c["rate"], "valid_from": c["valid_from"],
            "valid_to": c["valid_to"],
        }

    def apply(self, hub, key, values, notes):
        name, first = (values["project"], values["category"]), values["valid_from"]
        before, taken = hub.rate_of.get(key), first in hub.rates.get(name, {})
        if before is None and taken:
            notes.add("key-conflict")
        elif before is not None and (before[0] != name or (before[1] != first and taken)):
            notes.add("key-changed")
        elif values["valid_to"] is not None and values["valid_to"] < first:
            notes.add("empty-range")
        else:
            hub.write_rate(key, name, first, values)
        return values

    def notices(self, hub):
        return [notice for name in sorted(hub.rate_notices) for notice in hub.rate_notices[name]]


class Tasks(Flow):
    name, entity, otherwise, wait = "Tasks", "psa.task", "delivery_desk", DAY
    fields = ["id", "project", "number", "name", "closes_on"]
    key = "id"
    types = {
        "id": (cells.text(20), False),
        "project": (cells.text(16), False),
        "number": (cells.text(8), False),
        "name": (cells.text(80), False),
        "closes_on": (cells.date, True),
    }

    def inbound(self, hub, c, notes):
        notes.find(hub.projects, c["project"])
        return {name: c[name] for name in ("project", "number", "name", "closes_on")}

    def apply(self, hub, key, values, notes):
        task, before = (values["project"], values["number"]), hub.task_of.get(key)
        if before is None and task in hub.tasks:
            notes.add("key-conflict")
        elif before not in (None, task):
            notes.add("key-changed")
        else:
            hub.task_of[key] = task
            hub.write("tasks", task, values)
        return values


class Assignments(Flow):
    name, entity, otherwise, wait = "Assignments", "psa.assignment", "delivery_desk", DAY
    fields = ["id", "person", "project", "share", "first_day", "last_day"]
    key = "id"
    types = {
        "id": (cells.text(16), False),
        "person": (cells.text(12), False),
        "project": (cells.text(16), False),
        "share": (cells.percent_from_points, False),
        "first_day": (cells.date, False),
        "last_day": (cells.date, True),
    }

    def inbound(self, hub, c, notes):
        notes.find(hub.employees, c["person"], retired=hub.retired["employees"])
        notes.find(hub.projects, c["project"])
        return {"employee": c["person"], **{name: c[name] for name in ("project", "share", "first_day", "last_day")}}

    def apply(self, hub, key, values, notes):
        name, first, last = (values["employee"], values["project"]), values["first_day"], values["last_day"]
        before, rows = hub.assignment_of.get(key), hub.assignments.setdefault(name, {})
        if before is None and first in rows:
            notes.add("key-conflict")
        elif before is not None and (before[0] != name or (before[1] != first and first in rows)):
            notes.add("key-changed")
        elif last is not None and last < first:
            notes.add("empty-range")
        else:
            if before is not None:
                del rows[before[1]]
            rows[first] = values
            hub.assignment_of[key] = (name, first)
        return values

    def notices(self, hub):
        return [
            notice for name, rows in sorted(hub.assignments.items())
            for notice in notices("Assignment", "|".join(name), [(row["first_day"], row["last_day"]) for row in rows.values()])
        ]


class CostRates(Flow):
    name, entity, otherwise, wait = "CostRates", "hris.cost_rate", "people_desk", DAY
    fields = ["id", "worker", "hourly", "currency", "valid_from"]
    key = "id"
    types = {
        "id": (cells.text(16), False),
        "worker": (cells.text(12), False),
        "hourly": (cells.decimal(14, 4), False),
        "currency": (cells.currency, False),
        "valid_from": (cells.date, False),
    }

    def inbound(self, hub, c, notes):
        notes.find(hub.employees, c["worker"], retired=hub.retired["employees"])
        return {"employee": c["worker"], **{name: c[name] for name in ("hourly", "currency", "valid_from")}}

    def apply(self, hub, key, values, notes):
        before = hub.sources["costs"].get(key)
        if before and hub.costs[before[0]][before[1]]["currency"] != values["currency"]:
            notes.add("currency-changed")
        hub.write_series("costs", key, values["employee"], values["valid_from"], values, notes)
        return values


class FxRates(Flow):
    name, entity, otherwise = "FxRates", "treasury.fx_rate", "finance_desk"
    fields = ["id", "base", "quote", "rate", "day"]
    key = "id"
    types = {
        "id": (cells.text(24), False),
        "base": (cells.currency, False),
        "quote": (cells.currency, False),
        "rate": (cells.decimal(12, 6), False),
        "day": (cells.date, False),
    }

    def inbound(self, hub, c, notes):
        return {name: c[name] for name in ("base", "quote", "rate", "day")}

    def apply(self, hub, key, values, notes):
        hub.write_series("fx", key, (values["base"], values["quote"]), values["day"], values, notes)
        return values


class Timecards(Flow):
    name, entity, otherwise, wait = "ApprovedTime", "psa.timecard", "data_desk", 4 * HOUR
    fields = [
        "id", "version", "resource", "project", "task", "role_code", "work_date", "hours", "is_billable", "status", "note",
        "entered_by", "deleted", "modified_at",
    ]
    key, version, cursor, overlap = "id", "version", "modified_at", datetime.timedelta(minutes=10)
    mark, mark_type = "deleted", staticmethod(cells.boolean)
    types = {
        "id": (cells.text(18), False),
        "version": (cells.integer, False),
        "resource": (cells.text(12), False),
        "project": (cells.text(16), False),
        "task": (cells.text(8), True),
        "role_code": (cells.text(8), False),
        "work_date": (cells.date, False),
        "hours": (cells.decimal(6, 2), False),
        "is_billable": (cells.boolean, False),
        "status": (cells.one_of("Saved", "Submitted", "Approved", "Rejected"), False),
        "note": (cells.text(200), True),
    }
    states = {"Saved": "draft", "Submitted": "submitted", "Approved": "approved", "Rejected": "rejected"}

    def __init__(self, books):
        self.outbound = ProjectCost(books)

    def inbound(self, hub, c, notes):
        person = notes.find(hub.employees, c["resource"], retired=hub.retired["employees"])
        work = notes.find(hub.projects, c["project"])
        # Without a task there is nothing to be assigned to.
        task = planned = None
        if FAILED in (work, c["task"]):
            task = FAILED
        elif c["task"] is not None:
            message = f"project {c['project']} has no task {c['task']}"
            task = notes.find(hub.tasks, (c["project"], c["task"]), ("delivery_desk", "unknown_task", message))
        if FAILED in (task, person, c["work_date"]):
            planned = FAILED
        elif task is not None:
            planned = self.planned(hub, c, notes)
        role = c["role_code"]
        category = notes.code(ROLE, role, "delivery_desk", "unknown_role", f"role {role} is in no table")
        hours = c["hours"]
        if hours is not FAILED and not 0 < hours <= 24:
            notes.add("implausible_hours", "delivery_desk", f"{hours:.2f} hours on one day")
        if FAILED not in (task, c["work_date"]) and task is not None and (closes := task["closes_on"]) and c["work_date"] > closes:
            message = f"task {c['task']} of {c['project']} closed on {closes}"
            notes.add("task_closed", "delivery_desk", message)
        return {
            "source_id": c["id"], "version": c["version"], "employee": c["resource"], "project": c["project"],
            "task": c["task"], "planned": planned, "category": category, "work_date": c["work_date"], "hours": hours, "billable": c["is_billable"],
            "state": self.states.get(c["status"], FAILED), "note": c["note"],
        }

    def planned(self, hub, c, notes):
        """The share of the one assignment that holds on the day. One that comes late may be the first or fill a hole: both wait."""
        day = c["work_date"]
        rows = hub.assignments.get((c["resource"], c["project"]), {}).values()
        found = [row for row in rows if row["first_day"] <= day <= (row["last_day"] or day)]
        if len(found) == 1:
            return found[0]["share"]
        route = ("delivery_desk", "not_assigned", f"{c['resource']} is not assigned to {c['project']} on {day}")
        if found:
            return notes.add(route[1], route[0], route[2])
        return notes.add("missing" if rows else "lookup-missing", miss=True, route=route)

    def apply(self, hub, key, values, notes):
        # Every state can be reached from every other through moves of project operations.
        return values


class Lines:
    """Lines in the books of the company whose project it is: corrected by reversal, leaving reversed, posted in the hours of the books."""

    leave_hold, otherwise, overwrite, wait, delta, window = None, "finance_desk", False, None, False, True
    ask_about, ask, fresh = (), None, 2 * HOUR
    starts = datetime.date(2026, 7, 1)

    def __init__(self, books):
        self.tables = {system: tables[self.table] for system, tables in books.items()}

    def values(self, hub, row):
        return row.values

    def route(self, values, gates):
        return "erp_" + gates.get("projects", values["project"])["company"]

    def key(self, image):
        return image["external_id"]

    def insert(self, route, key, image):
        self.tables[route][key] = {**image, "external_id": key, "reversal_of": None}

    def insert_reversal(self, route, key, line):
        negated = {field: -line["image"][field] for field in self.additive}
        self.tables[route][key] = {**line["image"], **negated, "external_id": key, "reversal_of": line["key"]}


class ProjectCost(Lines):
    """TimeEntry -> the project_cost of either company."""

    table = "project_cost"
    keep, ask_about, ask = ("projects", "employees", "fx"), ("rates",), "finance_desk"
    # Fields that are added up, with the digits they have before the point: hours decimal(6, 2), amount and cost money(19, 4).
    additive = {"hours": 4, "amount": 15, "cost": 15}
    measures = ("count", "sum(hours)", "sum(amount)", "sum(cost)")

    def group(self, field, line):
        return {"amount": line["image"]["currency"], "cost": OWN_CURRENCY[line["route"]]}.get(field, "")

    def excludes(self, values):
        return values["work_date"] < self.starts or values["state"] != "approved"

    def image(self, values, route, gates, reader, notes):
        if gates is not None:
            project = gates.get("projects", values["project"])
            if project["stage"] != "active":
                notes.add("project_not_active", "delivery_desk", f"project {project['code']} is {project['stage']}")
        project = reader.get("projects", values["project"])
        employee = reader.get("employees", values["employee"])
        day = values["work_date"]
        card = reader.dated("rates", (values["project"], values["category"]), day)
        if isinstance(card, str):
            notes.add(card, miss=card != "conflicting")
        cost = self.cost(values, OWN_CURRENCY[route], reader, notes)
        if isinstance(card, str) or cost is FAILED:
            return None
        share = 1 - (project["discount"] or Decimal(0)) if values["billable"] else Decimal(0)
        digits = cells.CURRENCIES[project["currency"]]
        amount = (values["hours"] * card["bill_rate"] * share).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
        return {
            "external_id": values["source_id"], "project": project["code"], "employee": employee["number"],
            "cost_center": employee["cost_center"], "labor_code": LABOR_CODE[route][values["category"]],
            "work_date": values["work_date"], "hours": values["hours"], "billable": values["billable"],
            "currency": project["currency"], "rate": card["bill_rate"], "amount": amount, "cost": cost,
            "memo": (values["note"] or "")[:80],
        }

    def cost(self, values, currency, reader, notes):
        """What the hours cost, in the company's own currency (RULES.md, section 13.6)."""
        spent = reader.series("costs", values["employee"], values["work_date"])
        if isinstance(spent, str):
            return notes.add(spent, miss=True)
        amount = values["hours"] * spent["hourly"]
        if spent["currency"] != currency:
            rate = reader.series("fx", (spent["currency"], currency), values["work_date"], oldest=4)
            if isinstance(rate, str):
                return notes.add(rate, miss=True)
            amount *= rate["rate"]
        return amount.quantize(Decimal(1).scaleb(-cells.CURRENCIES[currency]), ROUND_HALF_EVEN)


class Expenses(Flow):
    name, entity, otherwise, wait = "ApprovedExpenses", "psa.expense", "data_desk", 4 * HOUR
    fields = [
        "id", "version", "person", "project", "category", "spent_on", "amount", "currency", "is_billable", "status",
        "receipt", "note", "deleted", "modified_at",
    ]
    key, version, cursor, overlap = "id", "version", "modified_at", datetime.timedelta(minutes=10)
    mark, mark_type = "deleted", staticmethod(cells.boolean)
    types = {
        "id": (cells.text(18), False),
        "version": (cells.integer, False),
        "person": (cells.text(12), False),
        "project": (cells.text(16), False),
        "category": (cells.text(8), False),
        "spent_on": (cells.date, False),
        "amount": (cells.decimal(14, 2), False),
        "currency": (cells.currency, False),
        "is_billable": (cells.boolean, False),
        "status": (cells.one_of("Saved", "Submitted", "Approved", "Rejected"), False),
        "receipt": (cells.text(20), True),
        "note": (cells.text(200), True),
    }

    def __init__(self, books):
        self.outbound = ProjectExpense(books)

    def inbound(self, hub, c, notes):
        notes.find(hub.employees, c["person"], retired=hub.retired["employees"])
        notes.find(hub.projects, c["project"])
        said = c["category"]
        message = f"category {said} is in no table"
        category = notes.code(EXPENSE_TYPE, said, "delivery_desk", "unknown_category", message)
        if c["receipt"] is None:
            message = None
            if FAILED not in (c["person"], c["amount"], c["currency"]):
                message = f"{c['person']} has no receipt for {c['amount']:.2f} {c['currency']}"
            notes.add("no_receipt", "delivery_desk", message)
        return {
            "source_id": c["id"], "version": c["version"], "employee": c["person"], "project": c["project"],
            "category": category, "spent_on": c["spent_on"], "paid": c["amount"], "paid_in": c["currency"],
            "billable": c["is_billable"], "state": Timecards.states.get(c["status"], FAILED), "note": c["note"],
        }

    def apply(self, hub, key, values, notes):
        stored = hub.expenses.get(key)
        if stored and stored["paid_in"] != values["paid_in"]:
            notes.add("currency-changed")
        else:
            hub.write("expenses", key, values)
        return values


class ProjectExpense(Lines):
    """Expense -> the project_expense of either company."""

    table, keep = "project_expense", ("employees", "fx")
    additive = {"amount": 15, "cost": 15}
    measures = ("count", "sum(amount)", "sum(cost)")

    def group(self, field, line):
        return line["image"]["currency" if field == "amount" else "own_currency"]

    def excludes(self, values):
        return values["spent_on"] < self.starts or values["state"] != "approved"

    def image(self, values, route, gates, reader, notes):
        if gates is not None:
            project = gates.get("projects", values["project"])
            if project["stage"] != "active":
                notes.add("project_not_active", "delivery_desk", f"project {project['code']} is {project['stage']}")
        project = reader.get("projects", values["project"])
        employee = reader.get("employees", values["employee"])
        billed = values["paid"] if values["billable"] else Decimal(0)
        amount = self.converted(billed, values, project["currency"], reader, notes)
        cost = self.converted(values["paid"], values, project["own_currency"], reader, notes)
        if FAILED in (amount, cost):
            return None
        return {
            "external_id": values["source_id"], "project": project["code"], "employee": employee["number"],
            "account": EXPENSE_ACCOUNT[values["category"]], "spent_on": values["spent_on"], "billable": values["billable"],
            "currency": project["currency"], "amount": amount, "own_currency": project["own_currency"], "cost": cost,
            "memo": (values["note"] or "")[:80],
        }

    def converted(self, amount, values, currency, reader, notes):
        if values["paid_in"] != currency:
            pair = (values["paid_in"], currency)
            rate = reader.series("fx", pair, values["spent_on"], oldest=4)
            if isinstance(rate, str):
                return notes.add(rate, miss=True, about=pair)
            amount *= rate["rate"]
        return amount.quantize(Decimal(1).scaleb(-cells.CURRENCIES[currency]), ROUND_HALF_EVEN)


class Milestones(Flow):
    name, entity, otherwise, wait = "MilestoneFees", "psa.milestone", "delivery_desk", DAY
    fields = ["id", "project", "title", "planned_for", "accepted_on", "amount", "currency", "status"]
    key = "id"
    types = {
        "id": (cells.text(16), False),
        "project": (cells.text(16), False),
        "title": (cells.text(80), False),
        "planned_for": (cells.date, False),
        "accepted_on": (cells.date, True),
        "amount": (cells.decimal(14, 2), False),
        "currency": (cells.currency, False),
        "status": (cells.one_of("Planned", "Reached", "Accepted", "Cancelled"), False),
    }
    # What is accepted may be taken back and then cancelled.
    reachable = {
        "planned": {"reached", "accepted", "cancelled"},
        "reached": {"accepted", "cancelled"},
        "accepted": {"reached", "cancelled"},
        "cancelled": set(),
    }

    def __init__(self, books):
        self.outbound = ProjectFee(books)

    def inbound(self, hub, c, notes):
        project = notes.find(hub.projects, c["project"])
        if FAILED not in (project, c["amount"], c["currency"]) and project["currency"] != c["currency"]:
            message = f"milestone {c['id']} is in {c['currency']}, its project is not"
            notes.add("currency_mismatch", "finance_desk", message)
        return {
            "code": c["id"], "project": c["project"], "title": c["title"], "planned_for": c["planned_for"],
            "accepted_on": c["accepted_on"], "agreed": c["amount"],
            "state": c["status"] if c["status"] is FAILED else c["status"].lower(),
        }

    def apply(self, hub, key, values, notes):
        stored = hub.milestones.get(key)
        if stored and stored["state"] != values["state"] and values["state"] not in self.reachable[stored["state"]]:
            notes.add("illegal-transition")
        if stored and stored["project"] != values["project"]:
            notes.add("fixed-changed")
        if not notes.reasons:
            hub.write("milestones", key, values)
        return values


class ProjectFee(Lines):
    """Milestone -> the project_fee of either company."""

    table, keep, additive = "project_fee", ("clients", "projects"), {"fee": 15}
    measures = ("count", "sum(fee)")

    def group(self, field, line):
        return line["image"]["currency"]

    def excludes(self, values):
        return values["planned_for"] < self.starts or values["state"] != "accepted"

    def image(self, values, route, gates, reader, notes):
        if gates is not None:
            project = gates.get("projects", values["project"])
            if project["stage"] not in ("active", "closed"):
                notes.add("project_not_started", "delivery_desk", f"project {project['code']} is {project['stage']}")
        project = reader.get("projects", values["project"])
        client = reader.get("clients", project["client"])
        if values["accepted_on"] is None:
            message = f"milestone {values['code']} is accepted, nobody says when"
            notes.add("no_acceptance_day", "delivery_desk", message)
        return {
            "external_id": values["code"], "project": project["code"], "client": client["code"],
            "accepted_on": values["accepted_on"], "currency": project["currency"], "fee": values["agreed"],
            "memo": values["title"],
        }


class Hub:
    """The canonical records, both target tables, and the syncs in the order in which they run."""

    def __init__(self, books_sql, slow=False):
        self.slow = slow
        # Each record that was written, as (name of the table, key, first day of a dated row), in the order of writing.
        self.written = []
        self.clients, self.projects, self.employees, self.rates = {}, {}, {}, {}
        # Rates by project and category, then by first day; the row of each source key; what is odd about a series.
        self.rate_of, self.rate_notices = {}, {}
        self.retired = {"employees": set()}
        # The same of step series: rows by key, then by first day.
        self.costs, self.fx, self.sources = {}, {}, {"costs": {}, "fx": {}}
        self.expenses, self.milestones = {}, {}
        # Tasks by project and number; assignments by person and project, then by first day; both by the keys of their rows.
        self.tasks, self.task_of, self.assignments, self.assignment_of = {}, {}, {}, {}
        self.customers = {}
        tables = ("project_cost", "project_expense", "project_fee")
        self.books = {system: {table: {} for table in tables} for system in ("erp_us", "erp_eu")}
        books = sqlite3.connect(":memory:")
        books.executescript(books_sql)
        for key, name, region, tax in books.execute("SELECT external_id, name, region, tax_profile FROM customer"):
            self.customers[key] = {"external_id": key, "name": name, "region": region, "tax_profile": tax}
        books.close()
        flows = [
            Accounts(self.customers), Employees(), CostRates(), FxRates(), Projects(), Discounts(), RateCards(),
            Tasks(), Assignments(), Timecards(self.books), Expenses(self.books), Milestones(self.books), TaxProfiles(),
        ]
        self.syncs = [Sync(flow) for flow in flows]

    def write(self, name, key, values):
        """Applies a row to the hub's object; the key belongs to the first record that has it."""
        record = getattr(self, name).setdefault(key, {})
        if not record or any(record[field] != value for field, value in values.items()):
            self.written.append((name, key, None))
        record.update(values)
        if key in self.retired.get(name, ()):
            self.retire(name, key, False)

    def retire(self, name, key, retired):
        """Hides a record from lookups, or shows it again."""
        if key in getattr(self, name) and (key in self.retired[name]) != retired:
            (self.retired[name].add if retired else self.retired[name].discard)(key)
            self.written.append((name, key, None))

    def write_series(self, name, source, key, first, values, notes):
        """A row of a step series, found again by the key of its source row."""
        series, before = getattr(self, name).setdefault(key, {}), self.sources[name].get(source)
        if before is None and first in series:
            notes.add("key-conflict")
        elif before is not None and (before[0] != key or (before[1] != first and first in series)):
            notes.add("key-changed")
        if notes.reasons:
            return
        if before is not None:
            del series[before[1]]
        series[first] = values
        self.sources[name][source] = (key, first)
        self.written.append((name, key, min(first, before[1]) if before else first))

    def write_rate(self, source, name, first, values):
        series, before = self.rates.setdefault(name, {}), self.rate_of.get(source)
        if before is not None:
            del series[before[1]]
        series[first] = values
        self.rate_of[source] = (name, first)
        self.written.append(("rates", name, min(first, before[1]) if before else first))
        found = notices("RateCard", "|".join(name), [(row["valid_from"], row["valid_to"]) for row in series.values()])
        self.rate_notices.pop(name, None)
        if found:
            self.rate_notices[name] = found


def notices(thing, key, rows):
    """Overlaps, then holes, of rows from a first to a last day; None is no end (RULES.md, section 13.3)."""
    open_end = datetime.date.max
    rows = [(first, last or open_end) for first, last in rows]
    # From each of these days on, to the day before the next one, the same rows are valid.
    cuts = sorted({first for first, _ in rows} | {last + DAY for _, last in rows if last < open_end})
    found = []
    for kind, fits in (("overlap", lambda count: count > 1), ("hole", lambda count: count == 0)):
        for place, start in enumerate(cuts):
            end = cuts[place + 1] - DAY if place + 1 < len(cuts) else open_end
            if not fits(sum(first <= start <= last for first, last in rows)) or (kind == "hole" and end == open_end):
                continue
            if found and found[-1]["kind"] == kind and found[-1]["end"] + DAY == start:
                found[-1]["end"] = end
            else:
                found.append({"kind": kind, "from": start, "end": end})
    return [
        {
            "object": thing, "key": key, "kind": notice["kind"], "from": notice["from"].isoformat(),
            "through": None if notice["end"] == open_end else notice["end"].isoformat(),
        }
        for notice in found
    ]
