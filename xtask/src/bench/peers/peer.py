"""The first month of the example in DuckDB, by hand-written SQL: reads the same extracts, joins the masters, gates, prices with exact
decimals, and writes the lines into a database file. Prints the lines and the sums of what it wrote as JSON.

usage: peer.py DATA DATABASE
"""

import json
import sys

import duckdb

ENTITIES = {
    "crm/account": "id name region stage account_manager",
    "psa/project": "id name account company currency status discount",
    "psa/task": "id project number name closes_on",
    "psa/assignment": "id person project share first_day last_day",
    "psa/bill_rate": "id project grade rate currency valid_from valid_to",
    "hris/worker": "number full_name cost_center employment private_email modified_at",
    "hris/cost_rate": "id worker hourly currency valid_from",
    "treasury/fx_rate": "id base quote rate day",
    "psa/timecard": "id version resource project task role_code work_date hours is_billable status note entered_by deleted modified_at",
}

LINES = """
CREATE TABLE project_cost AS
WITH client AS (
    SELECT id FROM account
    WHERE name IS NOT NULL AND region IN ('NA', 'EU', 'AP') AND stage IN ('Prospect', 'Customer', 'Former')
), open_project AS (
    SELECT DISTINCT ON (id) id, currency, status = 'Active' AS active,
           1 - coalesce(CAST(discount AS DECIMAL(7, 4)), 0) * 0.01 AS share,
           CASE company WHEN 'US' THEN 'USD' ELSE 'EUR' END AS own
    FROM project SEMI JOIN client ON client.id = project.account
    WHERE company IN ('US', 'EU') AND regexp_full_match(currency, '[A-Z]{3}') AND status IN ('Planned', 'Active', 'Paused', 'Closed')
      AND (discount IS NULL OR TRY_CAST(discount AS DECIMAL(7, 4)) IS NOT NULL)
), price AS (
    -- The first row of a first day holds it.
    SELECT project, grade, CAST(valid_from AS DATE) AS first, coalesce(CAST(valid_to AS DATE), DATE '9999-12-31') AS last,
           arg_min(CAST(rate AS DECIMAL(14, 4)), place) AS rate
    FROM (SELECT r.*, row_number() OVER () AS place FROM bill_rate r)
    JOIN open_project p ON p.id = project AND p.currency = bill_rate_currency
    WHERE TRY_CAST(rate AS DECIMAL(14, 4)) IS NOT NULL AND grade IN ('Analyst', 'Consultant', 'Manager', 'Partner')
      AND TRY_CAST(valid_from AS DATE) IS NOT NULL AND (valid_to IS NULL OR TRY_CAST(valid_to AS DATE) >= CAST(valid_from AS DATE))
    GROUP BY project, grade, first, last
), spent AS (
    SELECT worker, CAST(hourly AS DECIMAL(14, 4)) AS hourly, cost_currency, CAST(valid_from AS DATE) AS first,
           lead(CAST(valid_from AS DATE), 1, DATE '9999-12-31') OVER (PARTITION BY worker ORDER BY valid_from) AS next
    FROM cost_rate WHERE TRY_CAST(hourly AS DECIMAL(14, 4)) IS NOT NULL AND TRY_CAST(valid_from AS DATE) IS NOT NULL
), exchange AS (
    SELECT base, quote, CAST(rate AS DECIMAL(12, 6)) AS rate, CAST(day AS DATE) AS first,
           least(lead(CAST(day AS DATE), 1, DATE '9999-12-31') OVER (PARTITION BY base, quote ORDER BY day), CAST(day AS DATE) + 5) AS next
    FROM fx_rate WHERE TRY_CAST(rate AS DECIMAL(12, 6)) IS NOT NULL AND TRY_CAST(day AS DATE) IS NOT NULL
), booked AS (
    SELECT project, number, coalesce(CAST(closes_on AS DATE), DATE '9999-12-31') AS last
    FROM task WHERE name IS NOT NULL AND (closes_on IS NULL OR TRY_CAST(closes_on AS DATE) IS NOT NULL)
), planned AS (
    SELECT person, project, CAST(first_day AS DATE) AS first, coalesce(CAST(last_day AS DATE), DATE '9999-12-31') AS last
    FROM assignment
    WHERE TRY_CAST(share AS DECIMAL(7, 4)) IS NOT NULL AND TRY_CAST(first_day AS DATE) IS NOT NULL
      AND (last_day IS NULL OR TRY_CAST(last_day AS DATE) >= CAST(first_day AS DATE))
), person AS (
    SELECT number, any_value(cost_center) AS cost_center FROM worker
    WHERE full_name IS NOT NULL AND cost_center IS NOT NULL AND employment IN ('Employed', 'Contractor', 'Left')
    GROUP BY number
), role (code, grade, labor_code) AS (
    VALUES ('ANL', 'Analyst', 'L100'), ('CON1', 'Consultant', 'L200'), ('CON2', 'Consultant', 'L200'),
           ('MGR', 'Manager', 'L300'), ('PTR', 'Partner', 'L400')
), card AS (
    -- The first row of a version holds it.
    SELECT * FROM (
        SELECT id, TRY_CAST(version AS BIGINT) AS version, resource, project, task, role_code, work_date AS day_text, TRY_CAST(work_date AS DATE) AS work_date,
               TRY_CAST(hours AS DECIMAL(6, 2)) AS hours, hours AS hours_text, is_billable, status, note, deleted, row_number() OVER () AS place
        FROM timecard
    )
    WHERE length(id) <= 18
    QUALIFY row_number() OVER (PARTITION BY id, version ORDER BY place) = 1
), judged AS (
    -- What cannot be read or priced leaves the version before it where it is.
    SELECT t.id, t.version, t.project, t.resource, person.cost_center, role.labor_code, t.work_date, t.hours,
           t.is_billable = 'true' AS billable, p.currency, price.rate, p.share, coalesce(t.note, '')[:80] AS memo, p.own,
           t.hours * spent.hourly * CASE WHEN spent.cost_currency = p.own THEN 1.000000 ELSE exchange.rate END AS exact_cost,
           t.status <> 'Approved' OR t.work_date < DATE '2026-07-01' OR t.deleted = 'true' AS excluded
    FROM card t
    JOIN open_project p ON p.id = t.project
    JOIN person ON person.number = t.resource
    JOIN role ON role.code = t.role_code
    LEFT JOIN price ON price.project = t.project AND price.grade = role.grade AND t.work_date BETWEEN price.first AND price.last
    LEFT JOIN spent ON spent.worker = t.resource AND t.work_date >= spent.first AND t.work_date < spent.next
    LEFT JOIN exchange ON exchange.base = spent.cost_currency AND exchange.quote = p.own
      AND t.work_date >= exchange.first AND t.work_date < exchange.next
    WHERE t.version IS NOT NULL AND t.hours > 0 AND t.hours <= 24 AND t.hours = TRY_CAST(t.hours_text AS DECIMAL(12, 6))
      AND regexp_full_match(t.hours_text, '[+-]?[0-9]+([.][0-9]+)?') AND length(t.day_text) = 10
      AND t.work_date IS NOT NULL AND t.is_billable IN ('true', 'false')
      AND t.status IN ('Saved', 'Submitted', 'Approved', 'Rejected') AND coalesce(length(t.note), 0) <= 200
      AND (t.task IS NULL OR EXISTS (
            SELECT 1 FROM booked WHERE booked.project = t.project AND booked.number = t.task AND t.work_date <= booked.last
          ) AND (
            SELECT count(*) FROM planned
            WHERE planned.person = t.resource AND planned.project = t.project AND t.work_date BETWEEN planned.first AND planned.last
          ) = 1)
      AND (excluded OR p.active AND price.rate IS NOT NULL AND exact_cost IS NOT NULL)
    -- Two prices that hold on one day are none.
    QUALIFY excluded OR count(*) OVER (PARTITION BY t.place) = 1
), newest AS (
    SELECT * FROM judged QUALIFY row_number() OVER (PARTITION BY id ORDER BY version DESC) = 1
), priced AS (
    SELECT *, CASE WHEN billable THEN hours * rate * share ELSE 0 END AS exact,
           CASE currency WHEN 'JPY' THEN 1 ELSE 0.01 END AS cent,
           CASE currency WHEN 'JPY' THEN round(exact, 0) ELSE round(exact, 2) END AS nearest,
           round(exact_cost, 2) AS nearest_cost
    FROM newest WHERE NOT excluded
)
-- `round` takes a half away from zero; half even takes it to the even cent.
SELECT id AS external_id, project, resource AS employee, cost_center, labor_code, work_date, hours, billable, currency, rate,
       CAST(CASE WHEN (nearest - exact) * 2 = cent AND CAST(nearest * CASE currency WHEN 'JPY' THEN 1 ELSE 100 END AS BIGINT) % 2 = 1
                 THEN nearest - cent ELSE nearest END AS DECIMAL(18, 4)) AS amount,
       own, CAST(CASE WHEN (nearest_cost - exact_cost) * 2 = 0.01 AND CAST(nearest_cost * 100 AS BIGINT) % 2 = 1
                      THEN nearest_cost - 0.01 ELSE nearest_cost END AS DECIMAL(18, 4)) AS cost,
       memo
FROM priced
"""


def main(data, database):
    books = duckdb.connect(database)
    for entity, columns in ENTITIES.items():
        if entity == "psa/bill_rate":
            columns = columns.replace("currency", "bill_rate_currency")
        if entity == "hris/cost_rate":
            columns = columns.replace("currency", "cost_currency")
        types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns.split())
        # Lines that are no rows are left out; an empty cell is null.
        books.execute(
            f"CREATE TEMP VIEW {entity.split('/')[1]} AS SELECT * FROM read_csv('{data}/july/{entity}.csv', header = true, "
            f"columns = {{{types}}}, auto_detect = false, delim = ',', quote = '\"', escape = '\"', ignore_errors = true)"
        )
    books.execute(LINES)
    books.execute("CHECKPOINT")
    count, hours = books.execute("SELECT count(*), sum(hours) FROM project_cost").fetchone()
    amounts = books.execute(
        "SELECT currency, sum(amount) FROM project_cost GROUP BY currency "
        "UNION ALL SELECT 'cost in ' || own, sum(cost) FROM project_cost GROUP BY own"
    ).fetchall()
    print(json.dumps({"lines": count, "hours": str(hours), "amounts": {currency: str(sum) for currency, sum in amounts}}))


main(*sys.argv[1:])
