//! Findings as programs read them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::json;
use syncline_diagnostics::{Diagnostic, Fix, SourceMap, Span, Witness, codes, render};

#[test]
fn every_key_is_there_and_positions_count_scalars_from_one() {
    let mut sources = SourceMap::new();
    let sales = sources.add_file("sales/contract.syn", "// é\r\n😀 crm owns *\r\n");
    let finance = sources.add_file("finance/contract.syn", "erp owns price\n");
    // The second line starts after `// é\r\n`: 3 + 2 + 2 bytes.
    let sales = sources.add_item(sales, 7);
    let finance = sources.add_item(finance, 0);
    let star = Span::new(sales, 14, 15);
    let full = Diagnostic::new(&codes::OWNERSHIP_CONFLICT, star, "field `price` of `Contract` has two owners")
        .label("`crm` owns every field")
        .team("sales_ops")
        .related(Span::new(finance, 0, 14), "`erp` owns `price`", Some("finance"))
        .why("the last write wins")
        .help("agree")
        .witness(Witness::new("Contract").field("stage", "signed").field("price", "1600.00 USD"))
        .fix(Fix::new("write `except price`").edit(star.after(), " except price"))
        .element("Contract.price");
    let bare = Diagnostic::new(&codes::UNUSED_LET, Span::new(finance, 15, 15), "`rate` is not used");

    let expected = json!({
        "format": 1,
        "diagnostics": [
            {
                "code": "SYN0512",
                "name": "unused-let",
                "severity": "warning",
                "message": "`rate` is not used",
                "file": "finance/contract.syn",
                "range": { "start": { "line": 2, "column": 1 }, "end": { "line": 2, "column": 1 } },
                "label": null,
                "team": null,
                "related": [],
                "witness": null,
                "why": null,
                "help": null,
                "fix": null,
            },
            {
                "code": "SYN0401",
                "name": "ownership-conflict",
                "severity": "error",
                "message": "field `price` of `Contract` has two owners",
                "file": "sales/contract.syn",
                "range": { "start": { "line": 2, "column": 12 }, "end": { "line": 2, "column": 13 } },
                "label": "`crm` owns every field",
                "team": "sales_ops",
                "related": [{
                    "file": "finance/contract.syn",
                    "range": { "start": { "line": 1, "column": 1 }, "end": { "line": 1, "column": 15 } },
                    "message": "`erp` owns `price`",
                    "team": "finance",
                }],
                "witness": { "object": "Contract", "fields": { "stage": "signed", "price": "1600.00 USD" }, "possible": false },
                "why": "the last write wins",
                "help": "agree",
                "fix": {
                    "message": "write `except price`",
                    "edits": [{
                        "file": "sales/contract.syn",
                        "range": { "start": { "line": 2, "column": 13 }, "end": { "line": 2, "column": 13 } },
                        "text": " except price",
                    }],
                },
            },
        ],
        "summary": { "errors": 1, "warnings": 1 },
    });
    assert_eq!(render::json(&[full, bare], &sources), expected);
}

#[test]
fn no_findings_are_an_object_too() {
    let expected = json!({ "format": 1, "diagnostics": [], "summary": { "errors": 0, "warnings": 0 } });
    assert_eq!(render::json(&[], &SourceMap::new()), expected);
}
