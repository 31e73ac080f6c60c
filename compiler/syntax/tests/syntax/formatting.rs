//! The canonical style: each case file and what becomes of it.

use syncline_syntax::{FormatError, format};

#[test]
fn cases_become_canonical_and_stay_so() {
    insta::glob!("../cases/format", "*.syn", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let formatted = format(&text).unwrap();
        assert_eq!(format(&formatted).as_deref(), Ok(formatted.as_str()), "{}", path.display());
        for line in formatted.lines() {
            assert_eq!(line.trim_end(), line, "{}", path.display());
        }
        insta::assert_snapshot!(std::format!("{text}\n======== formatted ========\n\n{formatted}"));
    });
}

#[test]
fn a_canonical_text_is_its_own_result() {
    // Written by hand in the style that the formatter promises.
    let text = include_str!("../cases/trees/everything.syn");
    assert_eq!(format(text).as_deref(), Ok(text));
}

#[test]
fn nothing_becomes_nothing() {
    assert_eq!(format("").as_deref(), Ok(""));
    assert_eq!(format("\n \n\n").as_deref(), Ok(""));
    assert_eq!(format("// only this").as_deref(), Ok("// only this\n"));
    assert_eq!(format("\u{FEFF}unit  x\r\n\r\n\r\nunit y").as_deref(), Ok("unit x\n\nunit y\n"));
}

#[test]
fn a_text_with_errors_is_left_alone() {
    let Err(FormatError::Syntax(errors)) = format("unit x\nunit\n") else { panic!("refused") };
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].range.start, 7);
}
