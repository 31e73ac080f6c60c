//! Arithmetic against Python's `decimal` module; see data/decimals.py.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use support::*;
use syncline_ir::{Expr, Op};

fn operand(written: &str) -> Expr {
    let scale = written.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    constant(written, decimal(38, u8::try_from(scale).unwrap()))
}

#[test]
fn python_gets_the_same_digits() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in include_str!("data/decimals.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [operation, left, right, scale, mode, result] = cells[..] else { panic!("{line}") };
        *counts.entry(operation).or_default() += 1;
        let names = ["half_even", "half_up", "half_down", "up", "down", "ceiling", "floor"];
        let mode = names.iter().position(|name| *name == mode).map_or(MODES[0], |position| MODES[position]);
        let (left, right) = (Box::new(operand(left)), Box::new(operand(right)));
        let op = match operation {
            "round" => Op::Round { value: left, mode },
            "divide" => Op::Divide { left, right, mode, otherwise: None },
            "add" => Op::Add { left, right },
            "subtract" => Op::Subtract { left, right },
            "multiply" => Op::Multiply { left, right },
            other => panic!("{other}"),
        };
        assert_eq!(evaluate(&expr(decimal(38, scale.parse().unwrap()), op)).as_deref(), Ok(result), "{line}");
    }
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), ["add", "divide", "multiply", "round", "subtract"]);
    assert!(counts.values().all(|&count| count >= 400), "{counts:?}");
}
