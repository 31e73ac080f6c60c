"""When the books take lines: `posting_hours` of specs/calendars.syn, worked out without a library of time zones."""

import datetime

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
OPENS, SHUTS = datetime.time(7), datetime.time(20)

# The Office of Personnel Management's list for 2026, with the Saturday for which 3 July is kept; the European Central Bank's closing days.
HOLIDAYS = {
    "01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "07-04", "09-07", "10-12", "11-11", "11-26", "12-25",
    "04-03", "04-06", "05-01", "12-26",
}


def berlin(at):
    """The time on the clock of Berlin: two hours ahead from the last Sunday of March to that of October, 01:00 UTC, else one."""
    def last_sunday(month):
        day = datetime.datetime(at.year, month, 31, 1, tzinfo=UTC)
        return day - DAY * ((day.weekday() + 1) % 7)

    summer = last_sunday(3) <= at < last_sunday(10)
    return (at + datetime.timedelta(hours=2 if summer else 1)).replace(tzinfo=None)


def span(day):
    """The hours of a day of Berlin as instants of UTC, or None when it has none. The clock is changed at night only."""
    if day.weekday() == 6 or day.strftime("%m-%d") in HOLIDAYS:
        return None
    noon = datetime.datetime.combine(day, datetime.time(12), UTC)
    ahead = berlin(noon) - noon.replace(tzinfo=None)
    return tuple(datetime.datetime.combine(day, time, UTC) - ahead for time in (OPENS, SHUTS))


def days(first, last):
    while first <= last:
        yield first
        first += DAY


def is_open(at):
    hours = span(berlin(at).date())
    return hours is not None and hours[0] <= at < hours[1]


def next_opening(at):
    """The first instant from this one on at which the books are open."""
    if is_open(at):
        return at
    start = berlin(at).date()
    return next(hours[0] for hours in map(span, days(start, start + 30 * DAY)) if hours and hours[0] >= at)


def open_between(start, end):
    """How long the books were open."""
    found = (span(day) for day in days(berlin(start).date(), berlin(end).date()))
    parts = (min(hours[1], end) - max(hours[0], start) for hours in found if hours)
    return sum((part for part in parts if part > datetime.timedelta(0)), datetime.timedelta(0))
