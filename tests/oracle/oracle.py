#!/usr/bin/env python3
"""An independent judge of the consulting example.

    oracle.py expect --workspace DIR --runs july@INSTANT,august@INSTANT --out expected.json
    oracle.py expect --workspace DIR --days FOLDER --out expected.json
    oracle.py compare --expected F --runs-json A.json [B.json] --exceptions E.json [F.json] --target FOLDER
        [--lines SYSTEM.TABLE=FILE.csv]

Exit 0: all as expected; 1: differences; 2: usage, or nothing to compare.
"""

import argparse
import json
import sqlite3
import sys

import lines
from compare import compare
from expect import Usage, daily, expect, parse_runs, write
from extracts import BadExtract


def main(arguments):
    parser = argparse.ArgumentParser(prog="oracle.py")
    commands = parser.add_subparsers(dest="command", required=True)
    first = commands.add_parser("expect", help="work out what must come of the extracts of a workspace")
    first.add_argument("--workspace", required=True)
    which = first.add_mutually_exclusive_group(required=True)
    which.add_argument("--runs", help="PROFILE@INSTANT, separated by commas")
    which.add_argument("--days", help="a folder with one folder of extracts for each day")
    first.add_argument("--slow", action="store_true", help="judge every row in every run, whatever has changed")
    first.add_argument("--out", required=True)
    second = commands.add_parser("compare", help="compare results with an expectation")
    second.add_argument("--expected", required=True)
    second.add_argument("--runs-json", nargs="+", default=[], help="outputs of `syncline run --format json`, in order")
    second.add_argument("--exceptions", nargs="+", help="outputs of `syncline exceptions list --format json` after the runs that follow a month")
    second.add_argument("--target", help="the folder with the SQLite file of each target system after the last run")
    second.add_argument("--lines", action="append", default=[], help="SYSTEM.TABLE=FILE: lines of a table that are in a file")
    options = parser.parse_args(arguments)
    try:
        if options.command == "expect":
            runs = daily(options.days) if options.days else parse_runs(options.runs)
            expected = expect(options.workspace, runs, options.days, options.slow)
            write(expected, options.out)
            for run in expected["runs"] if len(runs) < 10 else expected["runs"][-1:]:
                print(f"{run['profile']}: " + ", ".join(f"{count} {name}" for name, count in run["totals"].items()))
            print(f"{len(expected['runs'][-1]['exceptions'])} exceptions, {sum(len(books.get('project_cost', ())) for books in expected['target'].values())} cost lines")
            return 0
        passed, failed = compare(
            load(options.expected),
            [load(path) for path in options.runs_json],
            [load(path) for path in options.exceptions] if options.exceptions else None,
            options.target,
            files={table: lines.read(path) for table, path in (one.split("=", 1) for one in options.lines)},
        )
    except (Usage, BadExtract, OSError, sqlite3.Error, json.JSONDecodeError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
