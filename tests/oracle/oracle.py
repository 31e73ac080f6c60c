#!/usr/bin/env python3
"""An independent judge of the consulting example.

    oracle.py expect --workspace DIR --runs july@INSTANT,august@INSTANT --out expected.json
    oracle.py compare --expected F --runs-json A.json [B.json] --exceptions E.json --target erp.db
        [--lines TABLE=FILE.csv]

Exit 0: all as expected; 1: differences; 2: usage, or nothing to compare.
"""

import argparse
import json
import sqlite3
import sys

import lines
from compare import compare
from expect import Usage, expect, parse_runs, write
from extracts import BadExtract


def main(arguments):
    parser = argparse.ArgumentParser(prog="oracle.py")
    commands = parser.add_subparsers(dest="command", required=True)
    first = commands.add_parser("expect", help="work out what must come of the extracts of a workspace")
    first.add_argument("--workspace", required=True)
    first.add_argument("--runs", required=True, help="PROFILE@INSTANT, separated by commas")
    first.add_argument("--out", required=True)
    second = commands.add_parser("compare", help="compare results with an expectation")
    second.add_argument("--expected", required=True)
    second.add_argument("--runs-json", nargs="+", default=[], help="outputs of `syncline run --format json`, in order")
    second.add_argument("--exceptions", help="output of `syncline exceptions list --format json` after the last run")
    second.add_argument("--target", help="the SQLite file of the books after the last run")
    second.add_argument("--lines", action="append", default=[], help="TABLE=FILE: lines of a table that are in a file")
    options = parser.parse_args(arguments)
    try:
        if options.command == "expect":
            expected = expect(options.workspace, parse_runs(options.runs))
            write(expected, options.out)
            for run in expected["runs"]:
                print(f"{run['profile']}: " + ", ".join(f"{count} {name}" for name, count in run["totals"].items()))
            print(f"{len(expected['exceptions'])} exceptions, {len(expected['target']['project_cost'])} cost lines")
            return 0
        passed, failed = compare(
            load(options.expected),
            [load(path) for path in options.runs_json],
            load(options.exceptions) if options.exceptions else None,
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
