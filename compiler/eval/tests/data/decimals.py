"""Writes decimals.csv: arithmetic as Python's `decimal` module does it.

    python3 decimals.py > decimals.csv

Operands have up to 19 digits, and 200 digits are kept, so the only rounding is the one asked for.
"""

import csv
import decimal
import random
import sys

MODES = {
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_up": decimal.ROUND_HALF_UP,
    "half_down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
}

decimal.getcontext().prec = 200
source = random.Random(2026)


def operand(digits):
    coefficient = source.randrange(10 ** source.randint(0, digits))
    if source.random() < 0.3:
        coefficient = coefficient // 10 * 10 + 5
    number = decimal.Decimal(coefficient).scaleb(-source.randint(0, 6))
    return -number if coefficient and source.random() < 0.5 else number


def shown(number):
    return format(abs(number) if number.is_zero() else number, "f")


out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["operation", "left", "right", "scale", "mode", "result"])
for mode, rounding in MODES.items():
    for _ in range(200):
        scale = source.randint(0, 6)
        step = decimal.Decimal(1).scaleb(-scale)
        left, right = operand(19), operand(19)
        out.writerow(["round", shown(left), "0", scale, mode, shown(left.quantize(step, rounding))])
        if not right.is_zero():
            out.writerow(["divide", shown(left), shown(right), scale, mode, shown((left / right).quantize(step, rounding))])
for _ in range(400):
    left, right = operand(18), operand(18)
    for operation, result in (("add", left + right), ("subtract", left - right), ("multiply", left * right)):
        out.writerow([operation, shown(left), shown(right), -result.as_tuple().exponent, "", shown(result)])
