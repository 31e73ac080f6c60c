"""Reads the lines of a target in files, as rows of a table: missing values are None, truth values 0 and 1."""

import json

import extracts
from expect import Usage

# Which call wrote a line; no part of what it says.
CALL = "syncline_key"
TRUTH = {"true": 1, "false": 0}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    if text and not text.endswith("\n"):
        raise Usage(f"{path}: the last line has no end")
    if str(path).endswith(".jsonl"):
        rows = [json.loads(line, parse_float=reject) for line in text.split("\n") if line]
    else:
        records = extracts.split(text, path)
        names = next(records)[1]
        rows = [dict(zip(names, cells, strict=True)) for _, cells in records]
    for row in rows:
        if row.pop(CALL, None) is None:
            raise Usage(f"{path}: a line without {CALL}: {row}")
        for name, value in row.items():
            if value in TRUTH or isinstance(value, bool):
                row[name] = TRUTH.get(value, value) + 0
    return rows


def reject(number):
    raise Usage(f"a number that most readers take through a float: {number}")
