//! Linking declarations: enumerations, objects, entities, code tables, ownership.

use super::expression::Scope;
use super::{LinkError, Linked, maps};
use crate::coverage::Points;
use crate::program::{
    LinkedAcceptance, LinkedApart, LinkedClaim, LinkedCodes, LinkedDates, LinkedEnds, LinkedEntity, LinkedEnum,
    LinkedField, LinkedInvariant, LinkedMover, LinkedObject, LinkedSame,
};
use crate::{CodesIx, CurrencyCode, CurrencyPath, EntityIx, EnumIx, Form, ObjectIx, Program, Shape, Side, Value, text};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use syncline_ir::{
    Codes, CurrencyOf, Effective, Ends, Entity, Field, Kind, Lifecycle, Object, Ownership, Plan, Same, System, Type,
};

/// `points`: where coverage is recorded.
pub(crate) fn plan(plan: &Plan, points: Option<Arc<Points>>) -> Linked<Program> {
    if plan.format != 1 {
        return Err(LinkError::new("", format!("the plan has format {}, this version reads format 1", plan.format)));
    }
    let mut program = Program { points, ..Program::default() };
    enumerations(&mut program, plan)?;
    // Names of objects come before their fields: references may point forwards and in circles.
    for (position, object) in plan.objects.iter().enumerate() {
        insert(&mut program.object_names, &object.name, ObjectIx(position_of(position)?), &object.at)?;
    }
    for object in &plan.objects {
        let fields = fields(&program, &object.fields)?;
        let key = positions(&fields, &object.key, &object.at)?;
        let dates = object.effective.as_ref().map(|effective| dates(&fields, effective, &object.at)).transpose()?;
        let revision = object.versioned.as_ref().map(|name| revision(&fields, name, &object.at)).transpose()?;
        if revision.is_some() && dates.is_none() {
            return Err(LinkError::new(&object.at, "versions without a first day"));
        }
        let identity = key.iter().copied().chain(revision.or(dates.map(|dates| dates.from))).collect();
        program.objects.push(LinkedObject {
            name: Arc::from(object.name.as_str()),
            fields,
            key,
            identity,
            revision,
            dates,
            invariants: Vec::new(),
            acyclic: Vec::new(),
            apart: Vec::new(),
            same: Vec::new(),
            claims: Vec::new(),
            movers: Vec::new(),
        });
    }
    let paths = plan
        .objects
        .iter()
        .zip(0..)
        .map(|(object, ix)| currency_paths(&program, &object.fields, Side::Object(ObjectIx(ix))))
        .collect::<Linked<Vec<_>>>()?;
    for (object, paths) in program.objects.iter_mut().zip(paths) {
        object.fields.iter_mut().zip(paths).for_each(|(field, path)| field.currency = path);
    }
    for system in &plan.systems {
        for entity in &system.entities {
            self::entity(&mut program, system, entity)?;
        }
    }
    for (position, codes) in plan.codes.iter().enumerate() {
        let linked = self::codes(&program, codes)?;
        program.codes.push(linked);
        insert(&mut program.codes_names, &codes.name, CodesIx(position_of(position)?), &codes.at)?;
    }
    for object in &plan.objects {
        rules(&mut program, object)?;
    }
    for ownership in &plan.ownership {
        self::ownership(&mut program, plan, ownership)?;
    }
    maps::link(&mut program, plan)?;
    maps::syncs(&mut program, plan)?;
    Ok(program)
}

fn revision(fields: &[LinkedField], name: &str, at: &str) -> Linked<usize> {
    let ix = position(fields, name, at)?;
    match fields.get(ix).map(|field| field.shape) {
        Some(Shape { form: Form::Decimal { scale: 0, .. }, optional: false }) => Ok(ix),
        _ => Err(LinkError::new(at, format!("`{name}` is no number of a version"))),
    }
}

fn dates(fields: &[LinkedField], effective: &Effective, at: &str) -> Linked<LinkedDates> {
    let date = |name: &String| {
        let ix = position(fields, name, at)?;
        match fields.get(ix) {
            Some(field) if field.shape.form == Form::Date => Ok((ix, field.shape.optional)),
            _ => Err(LinkError::new(at, format!("`{name}` is no date"))),
        }
    };
    let (from, optional) = date(&effective.from)?;
    if optional {
        return Err(LinkError::new(at, format!("`{}` may be missing", effective.from)));
    }
    let ends = match &effective.ends {
        Ends::Through(name) => LinkedEnds::Through(date(name)?.0),
        Ends::Until(name) => LinkedEnds::Until(date(name)?.0),
        Ends::Next => LinkedEnds::Next,
    };
    Ok(LinkedDates { from, ends })
}

fn enumerations(program: &mut Program, plan: &Plan) -> Linked<()> {
    let enums = plan.enums.iter().map(|declared| (&declared.name, &declared.values, &declared.at));
    let lifecycles = plan.lifecycles.iter().map(|declared| (&declared.name, &declared.states, &declared.at));
    for (position, (name, names, at)) in enums.chain(lifecycles).enumerate() {
        let values: Vec<Arc<str>> = names.iter().map(|value| Arc::from(value.as_str())).collect();
        let mut positions = rustc_hash::FxHashMap::default();
        for (value, position) in values.iter().zip(0u16..) {
            if positions.insert(Arc::clone(value), position).is_some() {
                return Err(LinkError::new(at, format!("`{name}` has the value `{value}` twice")));
            }
        }
        if values.len() >= usize::from(u16::MAX) {
            return Err(LinkError::new(at, format!("`{name}` has more than {} values", u16::MAX)));
        }
        insert(&mut program.enum_names, name, EnumIx(position_of(position)?), at)?;
        program.enums.push(LinkedEnum { name: Arc::from(name.as_str()), values, positions });
    }
    Ok(())
}

fn entity(program: &mut Program, system: &System, entity: &Entity) -> Linked<()> {
    let mut linked = fields(program, &entity.fields)?;
    let key = positions(&linked, &entity.key, &entity.at)?;
    let ix = EntityIx(position_of(program.entities.len())?);
    insert(program.entity_names.entry(Arc::from(system.name.as_str())).or_default(), &entity.name, ix, &entity.at)?;
    // The path of an entity's money field names a field beside it, so the entity must be in place first.
    program.entities.push(LinkedEntity {
        system: Arc::from(system.name.as_str()),
        name: Arc::from(entity.name.as_str()),
        fields: linked.clone(),
        key,
    });
    for (field, path) in linked.iter_mut().zip(currency_paths(program, &entity.fields, Side::Entity(ix))?) {
        field.currency = path;
    }
    if let Some(entity) = program.entities.last_mut() {
        entity.fields = linked;
    }
    Ok(())
}

fn fields(program: &Program, fields: &[Field]) -> Linked<Vec<LinkedField>> {
    let mut names = BTreeSet::new();
    fields
        .iter()
        .map(|field| {
            if !names.insert(&field.name) {
                return Err(LinkError::new(&field.at, format!("there are two fields named `{}`", field.name)));
            }
            Ok(LinkedField {
                name: Arc::from(field.name.as_str()),
                shape: shape(program, &field.ty, &field.at)?,
                described: Arc::from(field.ty.kind.to_string()),
                fixed: field.fixed,
                percent: field.percent,
                currency: None,
            })
        })
        .collect()
}

/// For each field, where its currency is found.
fn currency_paths(program: &Program, fields: &[Field], side: Side) -> Linked<Vec<Option<CurrencyPath>>> {
    fields
        .iter()
        .map(|field| match &field.ty.kind {
            Kind::Money { currency: CurrencyOf::Path(path), .. } => {
                currency_path(program, path, side, &field.at).map(Some)
            }
            _ => Ok(None),
        })
        .collect()
}

fn currency_path(program: &Program, path: &str, side: Side, at: &str) -> Linked<CurrencyPath> {
    let unknown =
        |name: &str| LinkError::new(at, format!("the currency path `{path}` names `{name}`, which is no field there"));
    let find = |side: Side, name: &str| {
        let found = program.fields(side).iter().enumerate().find(|(_, field)| &*field.name == name);
        found.map(|(position, field)| (position, field.shape.form)).ok_or_else(|| unknown(name))
    };
    // Of a row in a row, `parent.currency` is one field.
    let of_parent = path.strip_prefix(syncline_ir::OF_PARENT).filter(|_| matches!(side, Side::Entity(_)));
    let end = of_parent.map_or(0, |_| syncline_ir::OF_PARENT.len());
    let end = path.get(end..).and_then(|after| after.find('.')).map_or(path.len(), |dot| end + dot);
    let (name, names) = path.split_at_checked(end).unwrap_or((path, ""));
    let (first, mut form) = find(side, name)?;
    let mut rest = Vec::new();
    for name in names.split('.').skip(1) {
        let Form::Reference(object) = form else { return Err(unknown(name)) };
        let (field, next) = find(Side::Object(object), name)?;
        rest.push((object, field));
        form = next;
    }
    if form != Form::Currency {
        return Err(LinkError::new(at, format!("the currency path `{path}` does not end in a currency")));
    }
    Ok(CurrencyPath { first, rest: rest.into() })
}

pub(crate) fn shape(program: &Program, ty: &Type, at: &str) -> Linked<Shape> {
    let digits = |precision: u8, scale: u8| {
        if precision > 38 || scale > 38 {
            Err(LinkError::new(at, format!("`{ty}` has more than 38 digits")))
        } else {
            Ok(())
        }
    };
    let form = match &ty.kind {
        Kind::Text { max } => Form::Text { max: *max },
        Kind::Bool => Form::Bool,
        Kind::Decimal { precision, scale, .. } => {
            digits(*precision, *scale)?;
            Form::Decimal { precision: *precision, scale: *scale }
        }
        Kind::Money { precision, scale, currency, .. } => {
            digits(*precision, *scale)?;
            let fixed = match currency {
                CurrencyOf::Fixed(code) => Some(
                    CurrencyCode::new(code)
                        .ok_or_else(|| LinkError::new(at, format!("`{code}` is not a currency of ISO 4217")))?,
                ),
                CurrencyOf::Path(_) => None,
            };
            Form::Money { precision: *precision, scale: *scale, fixed }
        }
        Kind::Date => Form::Date,
        Kind::Instant => Form::Instant,
        Kind::Currency => Form::Currency,
        Kind::Enum { name } => Form::Enum(enumeration(program, name, at)?),
        Kind::Reference { object } | Kind::Version { object } => Form::Reference(self::object(program, object, at)?),
    };
    Ok(Shape { form, optional: ty.optional })
}

fn codes(program: &Program, codes: &Codes) -> Linked<LinkedCodes> {
    let unknown = |what: &str| LinkError::new(&codes.at, format!("code table `{}`: there is no {what}", codes.name));
    let target = enumeration(program, &codes.target, &codes.at)?;
    // All systems that share a table have the field in the same form.
    let system = codes.systems.first().map_or("", String::as_str);
    let entity = program
        .entity_ix(system, &codes.entity)
        .ok_or_else(|| unknown(&format!("entity `{system}.{}`", codes.entity)))?;
    let entity = program.entity(entity);
    let field = entity
        .fields
        .iter()
        .find(|field| *field.name == codes.field)
        .ok_or_else(|| unknown(&format!("field `{}`", codes.field)))?;
    let mut linked = LinkedCodes {
        name: Arc::from(codes.name.as_str()),
        text_in: rustc_hash::FxHashMap::default(),
        enum_in: Vec::new(),
        out: vec![None; program.enumeration(target).values.len()],
        code: field.shape.form,
        target: Form::Enum(target),
    };
    if let Form::Enum(source) = linked.code {
        linked.enum_in = vec![None; program.enumeration(source).values.len()];
    }
    for pair in &codes.pairs {
        let value = program
            .enumeration(target)
            .value(&pair.value)
            .ok_or_else(|| unknown(&format!("value `{}` in `{}`", pair.value, codes.target)))?;
        let (code, earlier) = match linked.code {
            Form::Enum(source) => {
                let code = program
                    .enumeration(source)
                    .value(&pair.code)
                    .ok_or_else(|| unknown(&format!("code `{}`", pair.code)))?;
                (Value::Enum(code), linked.enum_in.get_mut(usize::from(code)).and_then(|slot| slot.replace(value)))
            }
            Form::Text { .. } => {
                let code: Arc<str> = text::normalised(&pair.code);
                (Value::Text(Arc::clone(&code)), linked.text_in.insert(code, value))
            }
            _ => {
                return Err(LinkError::new(
                    &codes.at,
                    format!("code table `{}`: codes must be text or an enumeration", codes.name),
                ));
            }
        };
        let earlier_out = match linked.out.get_mut(usize::from(value)) {
            Some(slot) if pair.both_ways => slot.replace(code).is_some(),
            _ => false,
        };
        if earlier.is_some() || earlier_out {
            return Err(LinkError::new(
                &codes.at,
                format!("code table `{}` is ambiguous at `{}` and `{}`", codes.name, pair.code, pair.value),
            ));
        }
    }
    Ok(linked)
}

/// What holds for every record of an object.
fn rules(program: &mut Program, declared: &Object) -> Linked<()> {
    let ix = object(program, &declared.name, &declared.at)?;
    let scope = Scope { program, side: Side::Object(ix), origin: None, lets: &[], at: &declared.at, observed: false };
    let mut invariants = Vec::with_capacity(declared.invariants.len());
    for invariant in &declared.invariants {
        invariants.push(LinkedInvariant {
            condition: scope.condition(&invariant.condition)?,
            text: Arc::from(invariant.condition_text.as_str()),
            hold: Arc::from(invariant.hold.as_str()),
        });
    }
    let acyclic = positions(&program.object(ix).fields, &declared.acyclic, &declared.at)?;
    for field in acyclic.iter().filter_map(|field| program.object(ix).fields.get(*field)) {
        if field.shape.form != Form::Reference(ix) {
            return Err(LinkError::new(
                &declared.at,
                format!("`{}` makes no chain of `{}`", field.name, declared.name),
            ));
        }
    }
    let mut apart = Vec::with_capacity(declared.apart.len());
    for days in &declared.apart {
        let effective = Effective { from: days.from.clone(), ends: Ends::Through(days.through.clone()) };
        let fields = &program.object(ix).fields;
        apart.push(LinkedApart {
            days: dates(fields, &effective, &declared.at)?,
            per: positions(fields, &days.per, &declared.at)?,
        });
    }
    let mut same = Vec::new();
    for one in &declared.same {
        for terms in &one.when {
            let fields = &program.object(ix).fields;
            let names: Vec<String> = terms.iter().map(|term| term.field.clone()).collect();
            let found = positions(fields, &names, &declared.at)?;
            let is_text =
                |at: &usize| fields.get(*at).is_some_and(|field| matches!(field.shape.form, Form::Text { .. }));
            if let Some((term, _)) = terms.iter().zip(&found).find(|(term, at)| term.folded && !is_text(at)) {
                return Err(LinkError::new(&declared.at, format!("`{}` is no text and is not folded", term.field)));
            }
            same.push(LinkedSame {
                terms: found.into_iter().zip(terms.iter().map(|term| term.folded)).collect(),
                text: Arc::from(Same::written(terms)),
                review: Arc::from(one.review.as_str()),
            });
        }
    }
    if let Some(object) = program.objects.get_mut(ix.index()) {
        object.same = same;
        object.invariants = invariants;
        object.acyclic = acyclic;
        object.apart = apart;
    }
    Ok(())
}

fn ownership(program: &mut Program, plan: &Plan, ownership: &Ownership) -> Linked<()> {
    let ix = object(program, &ownership.object, "")?;
    let field_of = |name: &str, at: &str| {
        let position = program.object(ix).field_ix(name);
        position.ok_or_else(|| LinkError::new(at, format!("`{}` has no field `{name}`", ownership.object)))
    };
    let scope = Scope { program, side: Side::Object(ix), origin: None, lets: &[], at: "", observed: false };
    let mut claims = Vec::new();
    for claim in &ownership.claims {
        let guard = claim.guard.as_ref().map(|guard| scope.condition(guard)).transpose()?;
        claims.push(LinkedClaim {
            field: field_of(&claim.field, &claim.at)?,
            system: Arc::from(claim.system.as_str()),
            guard,
        });
    }
    let mut steps: BTreeMap<(usize, &str), Vec<(&str, &str)>> = BTreeMap::new();
    for mover in &ownership.movers {
        let field = field_of(&mover.field, &mover.at)?;
        steps.entry((field, mover.system.as_str())).or_default().push((&mover.from, &mover.to));
    }
    let mut movers = Vec::new();
    for ((field, system), steps) in steps {
        let Some(Form::Enum(states)) = program.object(ix).fields.get(field).map(|field| field.shape.form) else {
            return Err(LinkError::new(
                "",
                format!("a mover in the ownership of `{}` names a field without states", ownership.object),
            ));
        };
        let lifecycle = plan.lifecycles.iter().find(|lifecycle| *lifecycle.name == *program.enumeration(states).name);
        let lifecycle = lifecycle
            .ok_or_else(|| LinkError::new("", format!("`{}` is no lifecycle", program.enumeration(states).name)))?;
        movers.push(LinkedMover {
            field,
            system: Arc::from(system),
            reachable: reachable(program, states, lifecycle, &steps)?,
        });
    }
    if let Some(object) = program.objects.get_mut(ix.index()) {
        object.claims = claims;
        object.movers = movers;
    }
    Ok(())
}

/// For each state, the states that some way through `steps` leads to.
fn reachable(
    program: &Program,
    states: EnumIx,
    lifecycle: &Lifecycle,
    steps: &[(&str, &str)],
) -> Linked<Vec<Vec<u16>>> {
    let states = program.enumeration(states);
    let edges = steps
        .iter()
        .map(|(from, to)| {
            let declared = lifecycle.transitions.iter().any(|step| step.from == *from && step.to == *to);
            let ends = declared.then(|| Some((states.value(from)?, states.value(to)?))).flatten();
            ends.ok_or_else(|| LinkError::new("", format!("`{}` has no transition `{from} -> {to}`", lifecycle.name)))
        })
        .collect::<Linked<Vec<(u16, u16)>>>()?;
    let closure = |start: u16| {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(state) = open.pop() {
            open.extend(
                edges.iter().filter(|(from, _)| *from == state).map(|(_, to)| *to).filter(|to| seen.insert(*to)),
            );
        }
        seen.into_iter().collect()
    };
    Ok((0u16..).take(states.values.len()).map(closure).collect())
}

pub(super) fn acceptances(program: &Program, entity: &Entity, object: ObjectIx) -> Linked<Vec<LinkedAcceptance>> {
    let scope = Scope { program, side: Side::Object(object), origin: None, lets: &[], at: &entity.at, observed: false };
    let accepted = entity.accepts.iter().filter(|accepted| *accepted.object == *program.object(object).name);
    accepted
        .map(|accepted| {
            Ok(LinkedAcceptance {
                condition: accepted.condition.as_ref().map(|condition| scope.condition(condition)).transpose()?,
            })
        })
        .collect()
}

pub(super) fn positions(fields: &[LinkedField], names: &[String], at: &str) -> Linked<Vec<usize>> {
    names.iter().map(|name| position(fields, name, at)).collect()
}

pub(super) fn position(fields: &[LinkedField], name: &str, at: &str) -> Linked<usize> {
    fields
        .iter()
        .position(|field| &*field.name == name)
        .ok_or_else(|| LinkError::new(at, format!("there is no field `{name}`")))
}

pub(super) fn object(program: &Program, name: &str, at: &str) -> Linked<ObjectIx> {
    program.object_ix(name).ok_or_else(|| LinkError::new(at, format!("there is no object `{name}`")))
}

fn enumeration(program: &Program, name: &str, at: &str) -> Linked<EnumIx> {
    program.enum_ix(name).ok_or_else(|| LinkError::new(at, format!("there is no enumeration or lifecycle `{name}`")))
}

pub(super) fn insert<T>(names: &mut BTreeMap<Arc<str>, T>, name: &str, ix: T, at: &str) -> Linked<()> {
    match names.insert(Arc::from(name), ix) {
        None => Ok(()),
        Some(_) => Err(LinkError::new(at, format!("`{name}` is declared twice"))),
    }
}

pub(super) fn position_of(count: usize) -> Linked<u32> {
    u32::try_from(count).map_err(|_| LinkError::new("", "the plan has too many declarations"))
}
