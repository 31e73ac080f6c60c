//! Guards of claims stand still: a write never moves the guard that allows it.
//!
//! A guard reads fields of the record itself that the claim does not write, lifecycle fields (moved by transitions), and
//! along references only fields that are `fixed`.

use crate::model::{Claim, Model, OwnershipBlock, RecordType};
use crate::walk;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::Op;

pub(super) fn guards_stand_still(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut reported = BTreeSet::new();
    for block in &model.ownership {
        let Some(record) = model.record(&block.object) else { continue };
        for claim in &block.claims {
            let Some(problem) = moving(model, record, claim) else { continue };
            if reported.insert((claim.statement, problem.field.clone())) {
                found.push(report(block, claim, &problem));
            }
        }
    }
}

struct Moving {
    field: String,
    what: String,
    help: String,
}

fn moving(model: &Model, record: &RecordType, claim: &Claim) -> Option<Moving> {
    let guard = claim.guard.as_ref()?.expr.as_ref()?;
    for expr in walk::every(guard) {
        match &expr.op {
            Op::Field { field } => {
                let declared = record.field(field)?;
                let optional = declared.ty.as_ref().is_some_and(|ty| ty.optional);
                if *field == claim.field {
                    return Some(Moving {
                        field: field.clone(),
                        what: format!("it reads `{field}`, the field it lets `{}` write", claim.system),
                        help: "guard the claim by another field, best a lifecycle".to_owned(),
                    });
                }
                if optional {
                    return Some(Moving {
                        field: field.clone(),
                        what: format!("it reads `{field}`, which may be missing"),
                        help: format!("make `{field}` required, or guard the claim by a field that is"),
                    });
                }
            }
            Op::Follow { object, field, .. } => {
                let declared = model.record(object)?.field(field)?;
                if !declared.fixed {
                    return Some(Moving {
                        field: format!("{object}.{field}"),
                        what: format!("it reads `{field}` of `{object}`, which may change at any time"),
                        help: format!(
                            "declare `{field}` of `{object}` as `fixed`, or guard the claim by a field of the record itself"
                        ),
                    });
                }
            }
            Op::Version { object, .. } => {
                return Some(Moving {
                    field: object.clone(),
                    what: format!("it reads a version of `{object}`, and an earlier or later one may come"),
                    help: "guard the claim by a field of the record itself".to_owned(),
                });
            }
            Op::Lookup { object, .. } | Op::Crosswalk { object, .. } => {
                return Some(Moving {
                    field: object.clone(),
                    what: format!("it looks up `{object}`, which may be there or not"),
                    help: "guard the claim by a field of the record itself".to_owned(),
                });
            }
            _ => {}
        }
    }
    None
}

fn report(block: &OwnershipBlock, claim: &Claim, problem: &Moving) -> Diagnostic {
    let place = claim.guard.as_ref().map_or(claim.statement, |guard| guard.span);
    let mut diagnostic = Diagnostic::new(
        &codes::OWNERSHIP_GUARD_MOVES,
        place,
        format!("this guard does not stand still: {}", problem.what),
    )
    .why("the owner of the field would change without anybody handing it over")
    .help(problem.help.clone())
    .element(format!("{}.{}", block.object, claim.field));
    diagnostic.primary.team.clone_from(&block.team);
    diagnostic
}
