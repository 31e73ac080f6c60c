//! Small plans by hand: types, expressions, declarations.

use syncline_ir::*;

pub const AT: &str = "specs/test.syn:1:1";

pub fn at() -> At {
    AT.to_owned()
}

pub fn text(max: u32) -> Kind {
    Kind::Text { max: Some(max) }
}

pub fn decimal(precision: u8, scale: u8) -> Kind {
    Kind::Decimal { precision, scale, unit: None }
}

pub fn money(precision: u8, scale: u8, path: &str) -> Kind {
    Kind::Money { precision, scale, currency: CurrencyOf::Path(path.to_owned()), per: None }
}

pub fn named(name: &str) -> Kind {
    Kind::Enum { name: name.to_owned() }
}

pub fn reference(object: &str) -> Kind {
    Kind::Reference { object: object.to_owned() }
}

pub fn field(name: &str, kind: Kind) -> Field {
    Field { name: name.to_owned(), ty: Type::required(kind), fixed: false, percent: None, doc: None, at: at() }
}

pub fn optional(name: &str, kind: Kind) -> Field {
    Field { ty: Type::optional(kind.clone()), ..field(name, kind) }
}

pub fn fixed(name: &str, kind: Kind) -> Field {
    Field { fixed: true, ..field(name, kind) }
}

pub fn expr(kind: Kind, op: Op) -> Expr {
    Expr { ty: Type::required(kind), op, at: None }
}

pub fn may_be_null(expr: Expr) -> Expr {
    Expr { ty: Type::optional(expr.ty.kind), ..expr }
}

pub fn read(name: &str, kind: Kind) -> Expr {
    expr(kind, Op::Field { field: name.to_owned() })
}

pub fn bound(name: &str, kind: Kind) -> Expr {
    expr(kind, Op::Let { name: name.to_owned() })
}

pub fn follow(base: Expr, object: &str, field: &str, kind: Kind) -> Expr {
    expr(kind, Op::Follow { base: Box::new(base), object: object.to_owned(), field: field.to_owned() })
}

pub fn by_id(object: &str, entity: &str, id: Expr) -> Expr {
    let (system, entity) = entity.split_once('.').unwrap();
    let op = Op::Crosswalk {
        object: object.to_owned(),
        system: system.to_owned(),
        entity: entity.to_owned(),
        id: Box::new(id),
        waits: true,
    };
    expr(reference(object), op)
}

pub fn lookup(object: &str, key: Vec<(&str, Expr)>) -> Expr {
    let key = key.into_iter().map(|(field, value)| KeyArgument { field: field.to_owned(), value }).collect();
    expr(reference(object), Op::Lookup { object: object.to_owned(), key, as_of: None, waits: true })
}

pub fn constant(kind: Kind, value: Literal) -> Expr {
    expr(kind, Op::Literal { value })
}

pub fn state(name: &str, value: &str) -> Expr {
    constant(named(name), Literal::Enum(value.to_owned()))
}

pub fn compare(comparison: Comparison, left: Expr, right: Expr) -> Expr {
    expr(Kind::Bool, Op::Compare { comparison, left: Box::new(left), right: Box::new(right) })
}

pub fn equal(left: Expr, right: Expr) -> Expr {
    compare(Comparison::Equal, left, right)
}

pub fn and(all: Vec<Expr>) -> Expr {
    expr(Kind::Bool, Op::And { all })
}

/// `match subject { A => x; B => y }` over enumerations.
pub fn translate(subject: Expr, to: &str, arms: &[(&str, &str)]) -> Expr {
    let arms = arms
        .iter()
        .map(|(from, into)| Arm { values: vec![Literal::Enum((*from).to_owned())], result: state(to, into) })
        .collect();
    expr(named(to), Op::Match { subject: Box::new(subject), arms, otherwise: None })
}

/// `"before {value} after"`.
pub fn message(before: &str, value: Expr, after: &str) -> Expr {
    let parts = vec![TextPart::Text(before.to_owned()), TextPart::Value(value), TextPart::Text(after.to_owned())];
    expr(Kind::Text { max: None }, Op::Text { parts })
}

pub fn route(queue: &str, reason: &str, message: Option<Expr>) -> Route {
    Route { queue: queue.to_owned(), reason: Some(reason.to_owned()), message }
}

pub fn entity(name: &str, key: &[&str], fields: Vec<Field>) -> Entity {
    Entity {
        name: name.to_owned(),
        fields,
        key: key.iter().map(|key| (*key).to_owned()).collect(),
        nested: None,
        cursor: None,
        cursor_overlap: 0,
        full_every: None,
        deletion: None,
        events: Vec::new(),
        control: None,
        accepts: Vec::new(),
        returns: Vec::new(),
        idempotency: None,
        find_by: None,
        additive: Vec::new(),
        reverses: None,
        doc: None,
        at: at(),
    }
}

pub fn object(name: &str, kind: ObjectKind, key: &[&str], fields: Vec<Field>) -> Object {
    Object {
        name: name.to_owned(),
        kind,
        fields,
        key: key.iter().map(|key| (*key).to_owned()).collect(),
        versioned: None,
        effective: None,
        invariants: Vec::new(),
        acyclic: Vec::new(),
        apart: Vec::new(),
        same: Vec::new(),
        doc: None,
        at: at(),
    }
}

/// A map from what is assigned, in order; `reads` are filled in for inbound maps by [`Plan`]s' builder.
pub fn map(direction: MapDirection, entity: &str, object: &str, assigned: Vec<(&str, Expr)>, otherwise: &str) -> Map {
    let (system, name) = entity.split_once('.').unwrap();
    let id = if direction == MapDirection::Outbound {
        format!("{object} -> {entity}")
    } else {
        format!("{entity} -> {object}")
    };
    let assignments = assigned
        .into_iter()
        .zip(1..)
        .map(|((field, value), order)| Assignment {
            field: field.to_owned(),
            value,
            route: None,
            order: order * 10,
            at: at(),
        })
        .collect();
    Map {
        id,
        direction,
        finds: None,
        system: system.to_owned(),
        entity: name.to_owned(),
        object: object.to_owned(),
        condition: None,
        lets: Vec::new(),
        assignments,
        requires: Vec::new(),
        reads: Vec::new(),
        wait_seconds: None,
        outside_claim: None,
        mask: Vec::new(),
        otherwise: otherwise.to_owned(),
        doc: None,
        at: at(),
    }
}

pub fn require(map: &mut Map, order: u32, condition: Expr, route: Route) {
    map.requires.push(Require { condition, route, order, at: at() });
}

pub fn sync(name: &str, capture: Option<&str>, object: &str, routes: &[&str]) -> Sync {
    let posts = !routes.is_empty();
    Sync {
        name: name.to_owned(),
        team: "delivery".to_owned(),
        title: None,
        capture: capture.map(str::to_owned),
        object: object.to_owned(),
        routes: routes.iter().map(|map| RouteTo { map: (*map).to_owned(), condition: None, at: at() }).collect(),
        schedule: Schedule::Staged {
            capture: capture.map(|_| Pass::every(900)),
            post: posts.then(|| Pass::every(900)),
        },
        capture_on: None,
        starts: None,
        after: Vec::new(),
        idempotent_by: Vec::new(),
        order: Order::Arrival,
        correct: posts.then_some(Correction::Reversal),
        leave: posts.then_some(Leave::Reverse),
        on_change: Vec::new(),
        retry: None,
        fresh: None,
        volume: None,
        reconcile: None,
        doc: None,
        at: at(),
    }
}

pub fn order(field: &str, within: &str) -> Order {
    Order::By { field: field.to_owned(), within: within.to_owned() }
}

pub fn enumeration(name: &str, values: &[&str]) -> Enumeration {
    Enumeration {
        name: name.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        doc: None,
        at: at(),
    }
}

pub fn system(name: &str, entities: Vec<Entity>) -> System {
    System {
        name: name.to_owned(),
        product: None,
        title: None,
        category: None,
        limit: None,
        entities,
        doc: None,
        at: at(),
    }
}

pub fn queue(name: &str, resolve_within: u64) -> Queue {
    Queue {
        name: name.to_owned(),
        title: None,
        owner: "delivery".to_owned(),
        respond_within: 3600,
        resolve_within,
        doc: None,
        at: at(),
    }
}
