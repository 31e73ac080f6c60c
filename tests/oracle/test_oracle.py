"""Holds the oracle to cases worked out by hand, and shows that it can fail.

Run in this folder: python3 -m unittest
"""

import contextlib
import copy
import io
import json
import pathlib
import sqlite3
import tempfile
import unittest
from decimal import ROUND_HALF_UP
from unittest import mock

import consulting
import extracts
import lines
import oracle
import planted
from cells import Refused, decimal, instant, percent_from_points
from compare import compare
from expect import Usage, expect, parse_runs

HERE = pathlib.Path(__file__).parent
EXAMPLE = HERE.parent.parent / "examples" / "consulting"
RUNS = "july@2026-08-01T06:00Z,august@2026-09-01T06:00Z"

# handmade/README.md, worked out there. Lines: key -> hours, currency, amount, cost center, reversed line.
JULY_LINES = ["H-01", "H-02", "H-03", "H-09", "H-10", "H-11", "H-12", "H-14", "H-15", "H-16"]
LINES = {
    "H-01": ("0.25", "EUR", "37.5200", "CC100", None),
    "H-02": ("8.00", "USD", "1080.7200", "CC100", None),
    "H-03": ("0.50", "JPY", "7500.0000", "CC100", None),
    "H-07": ("4.00", "EUR", "600.4000", "CC300", None),
    "H-09": ("1.00", "EUR", "150.1000", "CC100", None),
    "H-10": ("8.00", "USD", "1080.7200", "CC100", None),
    "H-10/1r": ("-8.00", "USD", "-1080.7200", "CC100", "H-10"),
    "H-10/2": ("7.00", "USD", "945.6300", "CC100", None),
    "H-11": ("6.00", "USD", "810.5400", "CC100", None),
    "H-11/1r": ("-6.00", "USD", "-810.5400", "CC100", "H-11"),
    "H-12": ("8.00", "USD", "1080.7200", "CC100", None),
    "H-14": ("2.00", "EUR", "300.2000", "CC100", None),
    "H-15": ("2.00", "JPY", "30002.0000", "CC100", None),
    "H-16": ("3.00", "USD", "0.0000", "CC100", None),
}
JULY = {
    "captured": 18, "posted": 10, "excluded": 2, "waiting": 1, "quarantined": 4, "duplicate": 1, "superseded": 0,
    "staged": 0, "corrected": 0, "stale": 0,
}
AUGUST = {
    "captured": 21, "posted": 10, "excluded": 3, "waiting": 0, "quarantined": 5, "duplicate": 1, "superseded": 2,
    "staged": 0, "corrected": 1, "stale": 3,
}
JULY_REASONS = {"implausible_hours": 1, "key-conflict": 1, "project_not_active": 1, "unknown_role": 1}
AUGUST_REASONS = {**JULY_REASONS, "cast-failed": 1, "dependency-changed": 2}
# examples/consulting/README.md, last column: what has become of the rows of a card after August, from the lowest version.
FATES = {
    None: "posted",
    "draft": "excluded", "submitted": "excluded", "rejected": "excluded", "before_start": "excluded",
    "approved_later": "superseded posted", "unapproved": "superseded excluded",
    "unknown_role": "unknown_role", "two_reasons": "unknown_role+implausible_hours",
    "employee_late": "posted", "employee_missing": "lookup-missing", "empty_resource": "lookup-missing",
    "project_missing": "lookup-missing", "missing_then_fixed": "superseded posted", "project_closed": "project_not_active",
    "project_opens_later": "posted", "missing_rate": "missing_rate", "rate_late": "posted", "repriced": "posted",
    "hours_over_24": "implausible_hours", "hours_not_positive": "implausible_hours", "fixed_later": "superseded posted",
    "hours_malformed": "cast-failed", "hours_too_wide": "value-too-large", "date_malformed": "cast-failed",
    "required_missing": "required-missing", "note_too_long": "value-too-large", "version_malformed": "cast-failed",
    "quoted_note": "posted", "decomposed_note": "posted", "empty_note": "posted", "duplicate": "posted",
    "key_conflict": "posted key-conflict", "key_conflict_late": "posted key-conflict", "reread": "posted",
    "before_overlap": "posted", "same_image": "superseded posted", "same_meaning": "superseded posted",
    "out_of_order": "superseded posted", "late_version": "superseded posted", "version_gap": "superseded posted",
    "there_and_back": "superseded superseded posted", "corrected_hours": "superseded posted",
    "corrected_project": "superseded posted", "corrected_note": "superseded posted", "bad_correction": "posted cast-failed",
    "closed_before_correction": "posted project_not_active",
}
# How many lines a card has in the books, if not one for each that is posted: reversal and new line, or reversal only.
LINES_OF = dict.fromkeys(("version_gap", "corrected_hours", "corrected_project", "corrected_note"), 3) | {"unapproved": 2}
EXCEPTIONS = {
    ("H-03", "1", "dependency-changed", "finance_desk", "2026-09-03T06:00:00Z"),
    ("H-06", "1", "unknown_role", "delivery_desk", "2026-08-03T06:00:00Z"),
    ("H-08", "1", "implausible_hours", "delivery_desk", "2026-08-03T06:00:00Z"),
    ("H-12", "2", "cast-failed", "data_desk", "2026-09-02T06:00:00Z"),
    ("H-13", "1", "project_not_active", "delivery_desk", "2026-08-03T06:00:00Z"),
    ("H-14", "1", "key-conflict", "data_desk", "2026-08-02T06:00:00Z"),
    ("H-15", "1", "dependency-changed", "finance_desk", "2026-09-03T06:00:00Z"),
}
SUMS = {"": "35.75", "EUR": "1088.22", "JPY": "37502", "USD": "3107.07"}


def handmade(runs=RUNS):
    return expect(HERE / "handmade", parse_runs(runs))


class HandWorked(unittest.TestCase):
    """The oracle against figures that no program made."""

    def part(self, run, wanted, reasons):
        accounts = run["syncs"]["ApprovedTime"]
        self.assertEqual({name: accounts[name] for name in wanted}, wanted)
        self.assertEqual(accounts["reasons"], reasons)

    def test_accounts_of_both_months(self):
        july, august = handmade()["runs"]
        self.part(july, JULY, JULY_REASONS)
        self.part(august, AUGUST, AUGUST_REASONS)
        # 3 rows in August, all new; H-07 arrives, H-10 and H-07 post, H-10 and H-11 are reversed.
        this_run = {"read": 3, "new": 3, "unchanged": 0, "posted": 2, "reversed": 2, "overwritten": 0, "resolved": 1}
        self.assertEqual(august["syncs"]["ApprovedTime"]["this_run"], this_run)

    def test_cost_lines(self):
        found = {
            row["external_id"]: (row["hours"], row["currency"], row["amount"], row["cost_center"], row["reversal_of"])
            for row in handmade()["target"]["project_cost"]
        }
        self.assertEqual(found, LINES)
        self.assertEqual([row["external_id"] for row in handmade(RUNS.split(",")[0])["target"]["project_cost"]], JULY_LINES)

    def test_cost_lines_by_delta(self):
        # H-10 goes from 8 to 7 hours at the same cost center: 945.63 - 1,080.72 = -135.09, and nothing is taken back. H-11 leaves.
        wanted = {**LINES, "H-10/2": ("-1.00", "USD", "-135.0900", "CC100", None)}
        del wanted["H-10/1r"]
        # Read at the cost center of today, H-10 is another line: taken back whole, as by reversal.
        moved = {**LINES, "H-10/2": ("7.00", "USD", "945.6300", "CC200", None)}
        for keep, lines in ((("projects", "employees"), wanted), ((), moved)):
            with mock.patch.multiple(consulting.ProjectCost, delta=True, keep=keep):
                by_delta = handmade()
            found = {
                row["external_id"]: (row["hours"], row["currency"], row["amount"], row["cost_center"], row["reversal_of"])
                for row in by_delta["target"]["project_cost"]
            }
            self.assertEqual({key: found[key] for key in lines if key.startswith("H-1")}, {key: lines[key] for key in lines if key.startswith("H-1")})
            self.assertEqual(len(found), len(lines))
            reconciled = by_delta["runs"][1]["syncs"]["ApprovedTime"]["reconciliation"]
            self.assertEqual({line["group"]: line["ledger"] for line in reconciled if line["measure"] != "count"}, SUMS)

    def test_a_whole_line(self):
        line = next(row for row in handmade()["target"]["project_cost"] if row["external_id"] == "H-02")
        self.assertEqual(
            line,
            {
                "external_id": "H-02", "project": "P-USD", "employee": "E-1", "cost_center": "CC100", "labor_code": "L200",
                "work_date": "2026-07-01", "hours": "8.00", "billable": 1, "currency": "USD", "rate": "150.1000",
                "amount": "1080.7200", "memo": 'Said "done",\nwas not', "reversal_of": None,
            },
        )

    def test_customers(self):
        # C-1 was there under an old name and keeps its tax profile; the prospect stays out.
        self.assertEqual(
            handmade()["target"]["customer"],
            [{"external_id": "C-1", "name": "Ash & Oak", "region": "20", "tax_profile": "R"}],
        )

    def test_exceptions(self):
        found = {
            (e["key"], e["version"], e["reason"], e["queue"], e["due"])
            for e in handmade()["exceptions"] if e["sync"] == "ApprovedTime"
        }
        self.assertEqual(found, EXCEPTIONS)

    def test_sums(self):
        lines = handmade()["runs"][1]["syncs"]["ApprovedTime"]["reconciliation"]
        self.assertEqual({line["group"]: line["ledger"] for line in lines if line["measure"] != "count"}, SUMS)

    def test_the_same_run_again_changes_nothing(self):
        once, twice = handmade(), handmade(RUNS + ",august@2026-09-01T06:00Z")
        self.assertEqual(once["target"], twice["target"])
        self.assertEqual(once["exceptions"], twice["exceptions"])
        again = twice["runs"][2]["syncs"]["ApprovedTime"]
        self.assertEqual({name: again[name] for name in AUGUST}, AUGUST)
        # All three rows carry the cursor's last value and are read again.
        this_run = {"read": 3, "new": 0, "unchanged": 3, "posted": 0, "reversed": 0, "overwritten": 0, "resolved": 0}
        self.assertEqual(again["this_run"], this_run)


class Planted(unittest.TestCase):
    """The committed data: what was planted must turn up in the accounts, kind by kind."""

    @classmethod
    def setUpClass(cls):
        cls.kinds = json.loads((EXAMPLE / "data/planted.json").read_text(encoding="utf-8"))["kinds"]
        cls.expected = expect(EXAMPLE, parse_runs(RUNS))
        cls.july, cls.august = (run["syncs"] for run in cls.expected["runs"])

    def total(self, names):
        return sum(self.kinds[name] for name in names.split())

    def test_the_files_hold_what_the_manifest_says(self):
        self.assertEqual(+planted.count(EXAMPLE / "data"), self.kinds)

    def test_each_card_comes_to_what_the_readme_says(self):
        cards = planted.Cards(planted.Extract(EXAMPLE / "data/july"), planted.Extract(EXAMPLE / "data/august")).kinds()
        fates, lines = {}, {}
        for row in sorted(self.expected["rows"]["ApprovedTime"], key=lambda row: (row["version"] or 0, bool(row["reasons"]))):
            fates.setdefault(row["key"], []).append("+".join(row["reasons"]) or row["outcome"])
        for row in self.expected["target"]["project_cost"]:
            key = row["external_id"].partition("/")[0]
            lines[key] = lines.get(key, 0) + 1
        self.assertGreater(len(cards), 900)
        for key, kind in cards.items():
            with self.subTest(key=key, kind=kind):
                self.assertEqual(" ".join(fates[key]), FATES[kind])
                self.assertEqual(lines.get(key, 0), LINES_OF.get(kind, int("posted" in FATES[kind])))

    def test_july(self):
        time = self.july["ApprovedTime"]
        self.assertEqual(time["excluded"], self.total("draft submitted rejected before_start approved_later"))
        waiting = "employee_late employee_missing project_missing empty_resource missing_then_fixed"
        self.assertEqual(time["waiting"], self.total(waiting))
        self.assertEqual(time["superseded"], self.total("out_of_order"))
        self.assertEqual(
            time["reasons"],
            {
                "cast-failed": self.total("hours_malformed date_malformed version_malformed"),
                "implausible_hours": self.total("hours_over_24 hours_not_positive fixed_later"),
                "key-conflict": self.total("key_conflict"),
                "malformed-row": self.total("malformed_row"),
                "missing_rate": self.total("missing_rate rate_late"),
                "project_not_active": self.total("project_closed project_opens_later"),
                "required-missing": self.total("required_missing no_key"),
                "unknown_role": self.total("unknown_role two_reasons"),
                "value-too-large": self.total("hours_too_wide note_too_long"),
            },
        )

    def test_august(self):
        time = self.august["ApprovedTime"]
        self.assertEqual(time["excluded"], self.total("draft submitted rejected before_start unapproved"))
        self.assertEqual(time["waiting"], 0)
        self.assertEqual(
            time["reasons"],
            {
                "cast-failed": self.total("hours_malformed date_malformed version_malformed bad_correction"),
                "implausible_hours": self.total("hours_over_24 hours_not_positive"),
                "key-conflict": self.total("key_conflict key_conflict_late"),
                "lookup-missing": self.total("employee_missing project_missing empty_resource"),
                "malformed-row": self.total("malformed_row"),
                "missing_rate": self.total("missing_rate"),
                "project_not_active": self.total("project_closed closed_before_correction"),
                "dependency-changed": self.total("repriced"),
                "required-missing": self.total("required_missing no_key"),
                "unknown_role": self.total("unknown_role two_reasons"),
                "value-too-large": self.total("hours_too_wide note_too_long"),
            },
        )
        corrected = self.total("corrected_hours corrected_project corrected_note version_gap")
        self.assertEqual(time["corrected"], corrected)
        self.assertEqual(time["stale"], self.total("bad_correction closed_before_correction repriced"))
        self.assertEqual(time["this_run"]["reversed"], corrected + self.total("unapproved"))
        self.assertEqual(time["unchanged"], self.total("reread"))
        resolved = "employee_late project_opens_later rate_late missing_then_fixed fixed_later"
        self.assertEqual(time["this_run"]["resolved"], self.total(resolved))

    def test_masters(self):
        reasons = {name: sync["reasons"] for name, sync in self.august.items()}
        self.assertEqual(reasons["Clients"], {"key-conflict": 1, "left-scope": 1, "unknown_region": 1})
        self.assertEqual(reasons["Projects"], {"currency-changed": 1, "illegal-transition": 1, "lookup-missing": 1})
        self.assertEqual(reasons["Discounts"]["outside-claim"], 1)
        self.assertEqual(reasons["Employees"], {"cast-failed": 1})
        self.assertEqual(
            reasons["RateCards"], {"cast-failed": 1, "currency_mismatch": 1, "key-conflict": 1, "lookup-missing": 1}
        )
        self.assertEqual(reasons["TaxProfiles"], {"lookup-missing": 1, "unknown_tax": 1})


class CanFail(unittest.TestCase):
    """A judge that never says no is none."""

    def test_another_rounding_is_seen(self):
        with mock.patch.object(consulting, "ROUND_HALF_EVEN", ROUND_HALF_UP):
            amounts = {row["external_id"]: row["amount"] for row in handmade()["target"]["project_cost"]}
        self.assertEqual(amounts["H-01"], "37.5300")
        self.assertEqual(amounts["H-03"], "7501.0000")
        self.assertNotEqual(amounts["H-01"], LINES["H-01"][2])

    def test_another_ownership_is_seen(self):
        with mock.patch.object(consulting.ProjectCost, "keep", ()):
            line = next(row for row in handmade()["target"]["project_cost"] if row["external_id"] == "H-10/2")
        self.assertEqual(line["cost_center"], "CC200")
        self.assertNotEqual(line["cost_center"], LINES["H-10/2"][3])


class Comparing(unittest.TestCase):
    """The comparison, fed with what a perfect run would have printed, and with one thing changed."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.target = pathlib.Path(folder.name) / "erp.db"
        self.expected = handmade()
        self.runs = [
            {"format": 1, "at": run["at"], "totals": run["totals"], "syncs": [{"name": n, **s} for n, s in run["syncs"].items()]}
            for run in copy.deepcopy(self.expected["runs"])
        ]
        self.exceptions = {"format": 1, "exceptions": copy.deepcopy(self.expected["exceptions"])}
        with contextlib.closing(sqlite3.connect(self.target)) as books:
            books.executescript((HERE / "handmade/data/erp.sql").read_text(encoding="utf-8"))
            books.execute("DELETE FROM customer")
            for table, rows in self.expected["target"].items():
                for row in rows:
                    names, places = ", ".join(row), ", ".join("?" * len(row))
                    books.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))
            books.commit()

    def compare(self):
        self.said = []
        return compare(self.expected, self.runs, self.exceptions, self.target, self.said.append)

    def change(self, statement):
        with contextlib.closing(sqlite3.connect(self.target)) as books:
            books.execute(statement)
            books.commit()

    def test_lines_in_files_are_compared_too(self):
        rows = self.expected["target"]["project_cost"]
        # Written by hand, with Python's own writers.
        def quoted(value):
            return "" if value is None else '"' + str(value).replace('"', '""') + '"'

        def truth(row):
            return {name: bool(value) if name == "billable" else value for name, value in row.items()}

        names = [*rows[0], "syncline_key"]
        words = [{**truth(row), "syncline_key": f"key {number}"} for number, row in enumerate(rows)]
        records = [",".join(quoted(row[name]).replace('"True"', "true").replace('"False"', "false") for name in names) for row in words]
        texts = {
            "csv": "".join(f"{line}\n" for line in [",".join(names), *records]),
            "jsonl": "".join(json.dumps(row) + "\n" for row in words),
        }
        with tempfile.TemporaryDirectory() as folder:
            for kind, text in texts.items():
                path = pathlib.Path(folder) / f"project_cost.{kind}"

                def failed(text, path=path):
                    path.write_text(text, encoding="utf-8", newline="")
                    files = {"project_cost": lines.read(str(path))}
                    return compare(self.expected, self.runs, self.exceptions, self.target, self.said.append, files)[1]

                self.said = []
                self.assertEqual((failed(text), self.said), (0, []))
                amount = rows[0]["amount"]
                self.assertEqual(failed(text.replace(amount, "0.0001", 1)), 1)
                whole = text.splitlines(keepends=True)
                self.assertEqual(failed("".join(whole[:-1])), 2)
                # A line that is there twice.
                self.assertEqual(failed(text + whole[-1]), 2)
                with self.assertRaises(Usage):
                    failed(text[:-1])
                with self.assertRaises(Usage):
                    failed(text.replace("key 0", "").replace(': ""', ": null").replace('""', ""))
            path = pathlib.Path(folder) / "float.jsonl"
            path.write_text('{"external_id": "T-1", "amount": 1.5, "syncline_key": "k"}\n', encoding="utf-8")
            with self.assertRaises(Usage):
                lines.read(str(path))

    def test_a_perfect_run_passes(self):
        passed, failed = self.compare()
        self.assertEqual((failed, self.said), (0, []))
        self.assertGreater(passed, 300)

    def test_a_changed_amount_fails(self):
        self.change("UPDATE project_cost SET amount = '37.5300' WHERE external_id = 'H-01'")
        self.assertEqual(self.compare()[1], 1)
        self.assertIn("project_cost H-01", self.said[0])

    def test_a_number_of_another_type_fails(self):
        self.change("UPDATE project_cost SET billable = 1.5 WHERE external_id = 'H-01'")
        self.assertEqual(self.compare()[1], 1)

    def test_a_lost_line_fails(self):
        self.change("DELETE FROM project_cost WHERE external_id = 'H-11/1r'")
        self.assertEqual(self.compare()[1], 2)

    def test_a_line_too_many_fails(self):
        self.change("UPDATE project_cost SET external_id = 'H-99' WHERE external_id = 'H-16'")
        self.assertEqual(self.compare()[1], 2)

    def test_a_wrong_count_fails(self):
        next(sync for sync in self.runs[0]["syncs"] if sync["name"] == "ApprovedTime")["posted"] += 1
        self.assertEqual(self.compare()[1], 2)

    def test_a_lost_exception_fails(self):
        self.exceptions["exceptions"].pop()
        self.assertEqual(self.compare()[1], 1)

    def test_an_exception_too_many_fails(self):
        self.exceptions["exceptions"].append({"key": "H-98", "sync": "ApprovedTime", "reason": "cast-failed"})
        self.assertEqual(self.compare()[1], 1)

    def test_nothing_does_not_pass(self):
        with self.assertRaises(Usage):
            compare(self.expected, [], None, None)
        with self.assertRaises(Usage):
            compare({"runs": []}, [], None, None)
        with self.assertRaises(Usage):
            compare(self.expected, self.runs[:1], None, None)
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(oracle.main(["compare", "--expected", "/nowhere/expected.json"]), 2)


class Reading(unittest.TestCase):
    """Cells and records."""

    def records(self, text):
        return list(extracts.split(text, "x.csv"))

    def test_null_and_empty_text_differ(self):
        self.assertEqual(self.records('a,b\n,""\n'), [(1, ["a", "b"]), (2, [None, ""])])

    def test_quotes_lines_and_the_lines_they_start_on(self):
        text = 'a,b\r\n"x ""y""\nz",1\r\n\r\n2,3'
        self.assertEqual(self.records(text), [(1, ["a", "b"]), (2, ['x "y"\nz', "1"]), (5, ["2", "3"])])

    def test_numbers(self):
        cast = decimal(6, 2)
        self.assertEqual(cast("8.500"), cast("8.5"))
        for text, reason in (("8,5", "cast-failed"), ("7.125", "cast-failed"), ("12345", "value-too-large"), ("", "cast-failed")):
            with self.assertRaises(Refused) as refused:
                cast(text)
            self.assertEqual(refused.exception.reason, reason)
        self.assertEqual(str(percent_from_points("7.5")), "0.075")
        self.assertEqual(instant("2026-08-01T08:00+02:00"), instant("2026-08-01T06:00:00Z"))


if __name__ == "__main__":
    unittest.main()
