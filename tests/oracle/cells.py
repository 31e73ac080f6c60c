"""What a cell may be (RULES.md, section 2): each function takes a text and gives a value, or raises Refused."""

import datetime
import re
from decimal import Decimal

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)

# The currencies the example can meet; ISO 4217 minor units.
CURRENCIES = {"USD": 2, "EUR": 2, "JPY": 0, "GBP": 2, "CHF": 2, "KWD": 3}


class Refused(Exception):
    """A cell that is not what its field declares; carries the reason."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def text(limit):
    def cast(raw):
        if len(raw) > limit:
            raise Refused("value-too-large")
        return raw

    return cast


def decimal(precision, scale):
    def cast(raw):
        if not NUMBER.match(raw):
            raise Refused("cast-failed")
        whole, _, rest = raw.lstrip("+-").partition(".")
        if len(rest.rstrip("0")) > scale:
            raise Refused("cast-failed")
        if len(whole.lstrip("0")) > precision - scale:
            raise Refused("value-too-large")
        return Decimal(raw)

    return cast


def integer(raw):
    return int(decimal(18, 0)(raw))


def percent_from_points(raw):
    """decimal(9, 6) as a fraction: four digits of points after the point, five before it."""
    return decimal(9, 4)(raw) / 100


def boolean(raw):
    if raw not in ("true", "false"):
        raise Refused("cast-failed")
    return raw == "true"


def date(raw):
    found = DATE.match(raw)
    if not found:
        raise Refused("cast-failed")
    try:
        return datetime.date(*map(int, found.groups()))
    except ValueError:
        raise Refused("cast-failed") from None


def instant(raw):
    found = INSTANT.match(raw)
    if not found:
        raise Refused("cast-failed")
    day, time, seconds, zone = found.groups()
    try:
        return datetime.datetime.fromisoformat(f"{day}T{time}{seconds or ':00'}{'+00:00' if zone == 'Z' else zone}")
    except ValueError:
        raise Refused("cast-failed") from None


def currency(raw):
    if raw not in CURRENCIES:
        raise Refused("cast-failed")
    return raw


def one_of(*names):
    def cast(raw):
        if raw not in names:
            raise Refused("cast-failed")
        return raw

    return cast
