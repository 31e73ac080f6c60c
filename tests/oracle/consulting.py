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
LABOR_CODE = {"analyst": "L100", "consultant": "L200", "manager": "L300", "partner": "L400"}
SALES_REGION = {"NA": "americas", "EU": "europe", "AP": "asia_pacific"}
LEDGER_REGION = {"americas": "10", "europe": "20", "asia_pacific": "30"}
TAX_CODE = {"U": "undecided", "S": "standard", "R": "reduced", "E": "exempt", "RC": "reverse_charge"}

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


class Flow:
    """What all flows share: nothing posted, no cursor, rows ordered by arrival."""

    version = cursor = outbound = wait = None
    overlap = datetime.timedelta(0)

    @property
    def file(self):
        return self.entity.split(".")[1] + ".csv"

    @property
    def content(self):
        return [field for field in self.fields if field != self.cursor]


def write(table, key, values):
    """Applies a row to the hub's object; the key belongs to the first record that has it."""
    record = table.setdefault(key, {})
    record.update(values)
    return dict(record)


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
        write(hub.clients, key, {"tax_profile": None, **(stored or {}), **values})
        return values


class Customers:
    """Client -> erp.customer, corrected by overwrite, leaving held."""

    leave_hold, otherwise, overwrite, keep, wait, ask = "sales_desk", "sales_desk", True, (), None, None
    measures = ("count",)

    def __init__(self, table):
        self.table = table

    def values(self, hub, row):
        return row.values

    def excludes(self, values):
        return values["stage"] != "customer"

    def image(self, values, gates, reader, notes):
        return {"external_id": values["code"], "name": values["name"], "region": LEDGER_REGION[values["region"]]}

    def key(self, image):
        return image["external_id"]

    def insert(self, key, image):
        row = self.table.setdefault(key, {"tax_profile": "U"})
        row.update(image)

    update = insert


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
        write(hub.clients, key, values)
        return values


class Projects(Flow):
    name, entity, otherwise, wait = "Projects", "psa.project", "delivery_desk", DAY
    fields = ["id", "name", "account", "currency", "status", "discount"]
    key = "id"
    types = {
        "id": (cells.text(16), False),
        "name": (cells.text(80), False),
        "account": (cells.text(12), False),
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
            write(hub.projects, key, values)
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
                project["discount"] = values["discount"]
        return values


class Employees(Flow):
    name, entity, otherwise = "Employees", "hris.worker", "people_desk"
    fields = ["number", "full_name", "cost_center", "employment", "private_email"]
    key = "number"
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
        write(hub.employees, key, values)
        return values


class RateCards(Flow):
    name, entity, otherwise, wait = "RateCards", "psa.bill_rate", "finance_desk", DAY
    fields = ["id", "project", "grade", "rate", "currency"]
    key = "id"
    types = {
        "id": (cells.text(12), False),
        "project": (cells.text(16), False),
        "grade": (cells.one_of("Analyst", "Consultant", "Manager", "Partner"), False),
        "rate": (cells.decimal(14, 4), False),
        "currency": (cells.currency, False),
    }

    def inbound(self, hub, c, notes):
        project = notes.find(hub.projects, c["project"])
        if FAILED not in (project, c["rate"], c["currency"]) and project["currency"] != c["currency"]:
            message = f"the rate of {c['project']} is in {c['currency']}, its project is not"
            notes.add("currency_mismatch", "finance_desk", message)
        category = c["grade"] if c["grade"] is FAILED else c["grade"].lower()
        return {"project": c["project"], "category": category, "bill_rate": c["rate"]}

    def apply(self, hub, key, values, notes):
        name = (values["project"], values["category"])
        if hub.rate_owner.setdefault(name, key) != key:
            notes.add("key-conflict")
        elif hub.rate_of.setdefault(key, name) != name:
            notes.add("key-changed")
        else:
            write(hub.rates, name, values)
        return values


class Timecards(Flow):
    name, entity, otherwise, wait = "ApprovedTime", "psa.timecard", "data_desk", 4 * HOUR
    fields = [
        "id", "version", "resource", "project", "role_code", "work_date", "hours", "is_billable", "status", "note",
        "entered_by", "modified_at",
    ]
    key, version, cursor, overlap = "id", "version", "modified_at", datetime.timedelta(minutes=10)
    types = {
        "id": (cells.text(18), False),
        "version": (cells.integer, False),
        "resource": (cells.text(12), False),
        "project": (cells.text(16), False),
        "role_code": (cells.text(8), False),
        "work_date": (cells.date, False),
        "hours": (cells.decimal(6, 2), False),
        "is_billable": (cells.boolean, False),
        "status": (cells.one_of("Saved", "Submitted", "Approved", "Rejected"), False),
        "note": (cells.text(200), True),
    }
    states = {"Saved": "draft", "Submitted": "submitted", "Approved": "approved", "Rejected": "rejected"}

    def __init__(self, project_cost):
        self.outbound = ProjectCost(project_cost)

    def inbound(self, hub, c, notes):
        notes.find(hub.employees, c["resource"])
        notes.find(hub.projects, c["project"])
        role = c["role_code"]
        category = notes.code(ROLE, role, "delivery_desk", "unknown_role", f"role {role} is in no table")
        hours = c["hours"]
        if hours is not FAILED and not 0 < hours <= 24:
            notes.add("implausible_hours", "delivery_desk", f"{hours:.2f} hours on one day")
        return {
            "source_id": c["id"], "version": c["version"], "employee": c["resource"], "project": c["project"],
            "category": category, "work_date": c["work_date"], "hours": hours, "billable": c["is_billable"],
            "state": self.states.get(c["status"], FAILED), "note": c["note"],
        }

    def apply(self, hub, key, values, notes):
        # Every state can be reached from every other through moves of project operations.
        return values


class ProjectCost:
    """TimeEntry -> erp.project_cost, corrected by reversal, leaving reversed."""

    leave_hold, otherwise, overwrite, keep, wait = None, "finance_desk", False, ("projects", "employees"), None
    ask, delta = "finance_desk", False
    # Fields that are added up, with the digits they have before the point: hours decimal(6, 2), amount money(19, 4).
    additive = {"hours": 4, "amount": 15}
    measures = ("count", "sum(hours)", "sum(amount)")
    starts = datetime.date(2026, 7, 1)

    def __init__(self, table):
        self.table = table

    def values(self, hub, row):
        return row.values

    def excludes(self, values):
        return values["work_date"] < self.starts or values["state"] != "approved"

    def image(self, values, gates, reader, notes):
        if gates is not None:
            project = gates.get("projects", values["project"])
            if project["stage"] != "active":
                notes.add("project_not_active", "delivery_desk", f"project {project['code']} is {project['stage']}")
        project = reader.get("projects", values["project"])
        employee = reader.get("employees", values["employee"])
        card = reader.get("rates", (values["project"], values["category"]))
        if card is None:
            notes.add("missing_rate", "finance_desk", f"{project['code']} has no rate for {values['category']}")
            return None
        share = 1 - (project["discount"] or Decimal(0)) if values["billable"] else Decimal(0)
        digits = cells.CURRENCIES[project["currency"]]
        amount = (values["hours"] * card["bill_rate"] * share).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
        return {
            "external_id": values["source_id"], "project": project["code"], "employee": employee["number"],
            "cost_center": employee["cost_center"], "labor_code": LABOR_CODE[values["category"]],
            "work_date": values["work_date"], "hours": values["hours"], "billable": values["billable"],
            "currency": project["currency"], "rate": card["bill_rate"], "amount": amount,
            "memo": (values["note"] or "")[:80],
        }

    def key(self, image):
        return image["external_id"]

    def insert(self, key, image):
        self.table[key] = {**image, "external_id": key, "reversal_of": None}

    def insert_reversal(self, key, line):
        image = line["image"]
        self.table[key] = {
            **image, "external_id": key, "hours": -image["hours"], "amount": -image["amount"], "reversal_of": line["key"],
        }


class Hub:
    """The canonical records, both target tables, and the syncs in the order in which they run."""

    def __init__(self, books_sql):
        self.clients, self.projects, self.employees, self.rates = {}, {}, {}, {}
        self.rate_owner, self.rate_of = {}, {}
        self.customers, self.project_cost = {}, {}
        books = sqlite3.connect(":memory:")
        books.executescript(books_sql)
        for key, name, region, tax in books.execute("SELECT external_id, name, region, tax_profile FROM customer"):
            self.customers[key] = {"external_id": key, "name": name, "region": region, "tax_profile": tax}
        books.close()
        flows = [
            Accounts(self.customers), Employees(), Projects(), Discounts(), RateCards(), TaxProfiles(),
            Timecards(self.project_cost),
        ]
        self.syncs = [Sync(flow) for flow in flows]
