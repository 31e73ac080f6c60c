//! Prints findings as a reader of a terminal sees them: `cargo run -p syncline-diagnostics --example show [plain]`.

use syncline_diagnostics::render::{self, Style};
use syncline_diagnostics::{Code, Diagnostic, Fix, ItemRef, SourceMap, Span, Witness, codes};

const SALES: &str = "\
use teams.{sales_ops}
use systems.{crm, cpq}

/// What sales agrees with the client.
ownership of Contract by sales_ops {
  crm owns * except tax_profile, legal_entity
  cpq owns price while stage in { draft, quoted }
  crm moves stage draft -> quoted -> signed
}
";

const FINANCE: &str = "\
use teams.{finance}
use systems.{erp}

ownership of Contract by finance {
  erp owns tax_profile, legal_entity
  erp owns price while stage in { quoted, signed, active, closed }
  erp moves stage signed -> active -> closed
}
";

const SYNC: &str = "\
map TimeEntry -> erp.project_cost where state == approved or state == submitted {
  external_id = source_id
  amount      = round(hours * rate.bill_rate, 2, half_even)
\tnote      = upper(\"größe 工数 😀\") + desciption
  otherwise quarantine finance_desk
}
";

fn main() {
    let color = std::env::args().nth(1).is_none_or(|word| word != "plain");
    let mut sources = SourceMap::new();
    let mut add = |path: &str, text: &str| {
        let file = sources.add_file(path, text);
        sources.add_item(file, 0)
    };
    let sales = add("specs/sales/contract.syn", SALES);
    let finance = add("specs/finance/contract.syn", FINANCE);
    let time = add("specs/services/time.syn", SYNC);
    let findings = [
        conflict(sales, finance),
        accepts(time),
        misspelt(time),
        plain(time, &codes::UNREAD_FIELD, "hours * rate.bill_rate", "field `category` of `TimeEntry` is not read"),
    ];
    print!("{}", render::terminal(&findings, &sources, &Style { color, width: 100 }));
}

fn conflict(sales: ItemRef, finance: ItemRef) -> Diagnostic {
    Diagnostic::new(
        &codes::OWNERSHIP_CONFLICT,
        find(sales, SALES, "cpq owns price while stage in { draft, quoted }"),
        "field `price` of `Contract` has two owners while `stage` is `quoted`",
    )
    .label("`cpq` may write it until the contract is signed")
    .team("sales_ops")
    .related(
        find(finance, FINANCE, "erp owns price while stage in { quoted, signed, active, closed }"),
        "`erp` may write it from the quote on",
        Some("finance"),
    )
    .witness(
        Witness::new("Contract")
            .field("number", "\"C-1042\"")
            .field("stage", "quoted")
            .field("client.legal_entity.region", "US"),
    )
    .why(
        "whichever system writes last decides what the client is billed, and neither team learns that its price was \
         replaced",
    )
    .help("let one team hand the price to the other: end one claim where the other begins")
    .fix(Fix::replace("let `erp` take over `price` at `signed`", find(finance, FINANCE, "quoted, "), ""))
    .element("Contract.price")
}

fn accepts(time: ItemRef) -> Diagnostic {
    Diagnostic::new(
        &codes::ACCEPTS_NOT_IMPLIED,
        find(time, SYNC, "state == approved or state == submitted"),
        "`erp.project_cost` accepts `TimeEntry` only when `state == approved`",
    )
    .label("lets submitted hours through")
    .team("delivery")
    .witness(Witness::new("TimeEntry").field("state", "submitted"))
    .why("hours that nobody approved would become cost in the general ledger")
    .help("narrow the condition to what the target accepts")
    .fix(Fix::replace("write `state == approved`", find(time, SYNC, " or state == submitted"), ""))
}

fn misspelt(time: ItemRef) -> Diagnostic {
    let span = find(time, SYNC, "desciption");
    Diagnostic::new(&codes::UNKNOWN_FIELD, span, "`TimeEntry` has no field `desciption`")
        .help("did you mean `description`?")
        .fix(Fix::replace("write `description`", span, "description"))
}

fn plain(item: ItemRef, code: Code, at: &str, message: &str) -> Diagnostic {
    Diagnostic::new(code, find(item, SYNC, at), message)
}

/// The first place where `part` stands in the text of an item.
fn find(item: ItemRef, text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap_or(0);
    let offset = |at: usize| u32::try_from(at).unwrap_or(0);
    Span::new(item, offset(start), offset(start + part.len()))
}
