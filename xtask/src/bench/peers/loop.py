"""The first month of the example as a plain loop with `decimal`: what one would write in an afternoon.

Reads the same extracts, joins the masters and the rates of the day, gates, prices and converts; keeps nothing. Prints the lines and the sums it would post as JSON.

usage: loop.py DATA
"""

import bisect
import csv
import datetime
import json
import re
import sys
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

getcontext().prec = 38

ROLE = {"ANL": "Analyst", "CON1": "Consultant", "CON2": "Consultant", "MGR": "Manager", "PTR": "Partner"}
REGIONS = {"NA", "EU", "AP"}
CENT = {"JPY": Decimal(1)}
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
STARTS = "2026-07-01"
OWN = {"US": "USD", "EU": "EUR"}
CURRENCIES = {"USD", "EUR", "GBP", "JPY"}


def rows(path, width):
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for row in reader:
            if len(row) == width:
                yield row


def number(text, scale, digits):
    """A decimal with so many digits, so many of them after the point; none when it is not one."""
    if not NUMBER.match(text):
        return None
    value = Decimal(text)
    exact = value.quantize(Decimal(1).scaleb(-scale))
    return exact if exact == value and abs(exact) < Decimal(10) ** (digits - scale) else None


def is_date(text):
    if len(text) != 10:
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def masters(data):
    clients = set()
    for id, name, region, stage, _ in rows(f"{data}/july/crm/account.csv", 5):
        if id and name and region in REGIONS and stage in ("Prospect", "Customer", "Former"):
            clients.add(id)
    projects = {}
    for id, name, account, company, currency, status, discount in rows(f"{data}/july/psa/project.csv", 7):
        share = Decimal(0) if discount == "" else number(discount, 4, 7)
        if id in projects or not (id and name) or account not in clients or share is None:
            continue
        if company in OWN and len(currency) == 3 and currency.isupper() and status in ("Planned", "Active", "Paused", "Closed"):
            projects[id] = (currency, status, 1 - share / 100, OWN[company])
    rates, owners = {}, set()
    for id, project, grade, rate, currency, first, last in rows(f"{data}/july/psa/bill_rate.csv", 7):
        rate = number(rate, 4, 14)
        if id in owners or project not in projects or rate is None or projects[project][0] != currency:
            continue
        if not is_date(first) or last and (not is_date(last) or last < first):
            continue
        if grade in ("Analyst", "Consultant", "Manager", "Partner"):
            of_key = rates.setdefault((project, grade), {})
            if first not in of_key:
                of_key[first] = (last or "9999-12-31", rate)
                owners.add(id)
    people = {}
    for id, name, center, employment, _, _ in rows(f"{data}/july/hris/worker.csv", 6):
        if id and name and center and employment in ("Employed", "Contractor", "Left"):
            people.setdefault(id, center)
    costs = {}
    for id, worker, hourly, currency, first in rows(f"{data}/july/hris/cost_rate.csv", 5):
        hourly = number(hourly, 4, 14)
        if worker in people and hourly is not None and currency in CURRENCIES and is_date(first):
            costs.setdefault(worker, {}).setdefault(first, (hourly, currency))
    exchange = {}
    for id, base, quote, rate, day in rows(f"{data}/july/treasury/fx_rate.csv", 5):
        rate = number(rate, 6, 12)
        if rate is not None and is_date(day):
            exchange.setdefault((base, quote), {}).setdefault(day, rate)
    tasks, assigned = {}, {}
    for id, project, number_, name, closes in rows(f"{data}/july/psa/task.csv", 5):
        if project in projects and number_ and name and (not closes or is_date(closes)):
            tasks.setdefault((project, number_), closes or "9999-12-31")
    for id, person, project, share, first, last in rows(f"{data}/july/psa/assignment.csv", 6):
        if person not in people or project not in projects or number(share, 4, 7) is None or not is_date(first):
            continue
        if not last or is_date(last) and first <= last:
            assigned.setdefault((person, project), {}).setdefault(first, last or "9999-12-31")
    return projects, rates, people, series(costs), series(exchange), tasks, assigned


def series(by_key):
    """Rows of each key in the order of their first days."""
    return {key: (sorted(rows), rows) for key, rows in by_key.items()}


def since(steps, day):
    """The first day of the row that holds on a day, and the row."""
    if steps is None:
        return None
    days, rows = steps
    at = bisect.bisect_right(days, day)
    return (days[at - 1], rows[days[at - 1]]) if at else None


def cost_of(hours, resource, own, day, costs, exchange):
    found = since(costs.get(resource), day)
    if found is None:
        return None
    hourly, currency = found[1]
    spent = hours * hourly
    if currency != own:
        rate = since(exchange.get((currency, own)), day)
        if rate is None or (datetime.date.fromisoformat(day) - datetime.date.fromisoformat(rate[0])).days > 4:
            return None
        spent *= rate[1]
    return spent.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def run(data):
    projects, rates, people, costs, exchange, tasks, assigned = masters(data)
    versions = {}
    for row in rows(f"{data}/july/psa/timecard.csv", 14):
        if not row[0] or len(row[0]) > 18 or not re.match(r"[+-]?[0-9]{1,18}\Z", row[1]):
            continue
        # The first row of a version holds it.
        versions.setdefault(row[0], {}).setdefault(int(row[1]), row)
    count, hours_sum, sums = 0, Decimal(0), {}
    for by_version in versions.values():
        for version in sorted(by_version, reverse=True):
            row = by_version[version]
            _, _, resource, project, task, role, day, hours, billable, status, note, _, deleted, _ = row
            if deleted == "true":
                break
            if deleted != "false":
                continue
            hours, grade = number(hours, 2, 6), ROLE.get(role)
            # What cannot be read leaves the version before it where it is.
            if resource not in people or project not in projects or grade is None or hours is None or not 0 < hours <= 24:
                continue
            if not is_date(day) or billable not in ("true", "false") or len(note) > 200:
                continue
            if task:
                held = assigned.get((resource, project), {})
                if day > tasks.get((project, task), "") or sum(first <= day <= last for first, last in held.items()) != 1:
                    continue
            if status not in ("Saved", "Submitted", "Approved", "Rejected"):
                continue
            if day < STARTS or status != "Approved":
                break
            currency, stage, share, own = projects[project]
            valid = [rate for first, (last, rate) in rates.get((project, grade), {}).items() if first <= day <= last]
            cost = cost_of(hours, resource, own, day, costs, exchange)
            if stage != "Active" or len(valid) != 1 or cost is None:
                continue
            rate = valid[0]
            price = hours * rate * share if billable == "true" else Decimal(0)
            amount = price.quantize(CENT.get(currency, Decimal("0.01")), ROUND_HALF_EVEN)
            count += 1
            hours_sum += hours
            sums[currency] = sums.get(currency, Decimal(0)) + amount
            sums[f"cost in {own}"] = sums.get(f"cost in {own}", Decimal(0)) + cost
            break
    print(json.dumps({
        "lines": count,
        "hours": f"{hours_sum:.2f}",
        "amounts": {currency: f"{sums[currency]:.4f}" for currency in sorted(sums)},
    }))


run(sys.argv[1])
