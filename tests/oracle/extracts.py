"""Reads CSV extracts: RFC 4180, where an unquoted empty cell is null and `""` is empty text (RULES.md, section 2).

Python's own reader cannot tell the two apart, so the cells are cut here.
"""

import re
import unicodedata

CELL = re.compile(r'"((?:[^"]|"")*)"|([^",\n\r]*)')


class BadExtract(Exception):
    """The file is not a CSV extract of the declared entity."""


class Line:
    """One record of a file: its cells, or None for a record with another number of cells than the header."""

    __slots__ = ("number", "cells", "raw")

    def __init__(self, number, cells, raw):
        self.number = number
        self.cells = cells
        self.raw = raw


def read(path, fields, compose=True):
    """Yields the records of a file in file order; `fields` are the declared ones, others are dropped."""
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    records = split(unicodedata.normalize("NFC", text) if compose and not text.isascii() else text, path)
    header = next(records, None)
    if header is None:
        raise BadExtract(f"{path}: no header")
    names = header[1]
    missing = [field for field in fields if field not in names]
    if missing:
        raise BadExtract(f"{path}: no column {', '.join(missing)}")
    places = [(field, names.index(field)) for field in fields]
    for number, values in records:
        if len(values) != len(names):
            yield Line(number, None, tuple(values))
        else:
            yield Line(number, {field: values[place] for field, place in places}, tuple(values))


def split(text, path):
    """Yields (physical line, cells) of each record; blank lines are no records."""
    place, number, end = 0, 1, len(text)
    while place < end:
        stop = text.find("\n", place)
        stop = end if stop < 0 else stop
        if '"' not in text[place:stop]:
            line = text[place:stop].rstrip("\r")
            if line:
                yield number, [cell or None for cell in line.split(",")]
            place, number = stop + 1, number + 1
            continue
        values, start = [], number
        while True:
            found = CELL.match(text, place)
            place = found.end()
            if found.group(1) is not None:
                number += found.group(1).count("\n")
                values.append(found.group(1).replace('""', '"'))
            else:
                values.append(found.group(2) or None)
            if place < end and text[place] == ",":
                place += 1
                continue
            if place < end and text[place] == "\r":
                place += 1
            if place < end and text[place] != "\n":
                raise BadExtract(f"{path}:{number}: text after a closing quote")
            place, number = place + 1, number + 1
            break
        yield start, values
