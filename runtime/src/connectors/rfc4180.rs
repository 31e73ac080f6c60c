//! Records of a CSV file, strictly by RFC 4180, with what common readers drop: whether a cell was quoted, and on which line a
//! record starts.
//!
//! Records end at LF or CRLF. A quoted cell may hold commas, line ends and doubled quotes. A quote inside an unquoted cell, text
//! after a closing quote, or a quote that is never closed makes the line on which the record starts malformed, and reading goes
//! on with the next line: a stray quote costs one row and not the rest of the file.

use std::io::{self, BufRead};

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    /// Cells, each with whether it was quoted.
    Cells(Vec<(Vec<u8>, bool)>),
    /// A line that is no record.
    Malformed(&'static str),
}

/// A reader of records.
pub(super) struct Records<R> {
    input: R,
    /// Lines that were read for a record and given back, in reverse order.
    returned: Vec<Vec<u8>>,
    next_line: u64,
    /// Bytes before the next line.
    at: u64,
    /// Where the record read last begins and ends, with its line end.
    span: (u64, u64),
    crlf: bool,
}

/// Where the reader stands inside a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Unquoted,
    Quoted,
    /// After a quote in a quoted cell: the cell ends, or the quote was the first of two.
    QuoteSeen,
}

const STRAY: &str = "a quote stands inside an unquoted cell";
const AFTER: &str = "text follows a closing quote";
const OPEN: &str = "a quote is never closed";

impl<R: BufRead> Records<R> {
    pub(super) const fn new(input: R) -> Self {
        Self::at(input, 0)
    }

    /// A reader that begins so many bytes after the start of a file, on its first line.
    pub(super) const fn at(input: R, at: u64) -> Self {
        Self { input, returned: Vec::new(), next_line: 1, at, span: (at, at), crlf: false }
    }

    /// Where the record read last begins and ends, with its line end.
    pub(super) const fn span(&self) -> (u64, u64) {
        self.span
    }

    /// Whether the record read last ends with CR and LF.
    pub(super) const fn ended_with_crlf(&self) -> bool {
        self.crlf
    }

    /// The next record that is not a blank line, with the number of the line it starts on and its bytes without the line end.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Record, Vec<u8>)>> {
        loop {
            let (start, from) = (self.next_line, self.at);
            let Some(first) = self.line()? else { return Ok(None) };
            if without_end(&first).is_empty() {
                continue;
            }
            let mut cutter = Cutter::default();
            let mut lines = vec![first];
            let fault = loop {
                let Some(line) = lines.last() else { break None };
                if let Err(fault) = cutter.cut(line) {
                    break Some(fault);
                }
                if cutter.state != State::Quoted {
                    break None;
                }
                match self.line()? {
                    Some(line) => lines.push(line),
                    None => break Some(OPEN),
                }
            };
            if let Some(fault) = fault {
                self.next_line = start + 1;
                while lines.len() > 1 {
                    let line = lines.pop();
                    self.at -= line.as_ref().map_or(0, |line| line.len() as u64);
                    self.returned.extend(line);
                }
                let raw = lines.pop().unwrap_or_default();
                self.span = (from, self.at);
                return Ok(Some((start, Record::Malformed(fault), without_end(&raw).to_vec())));
            }
            let raw = lines.concat();
            (self.span, self.crlf) = ((from, self.at), raw.ends_with(b"\r\n"));
            return Ok(Some((start, Record::Cells(cutter.finish()), without_end(&raw).to_vec())));
        }
    }

    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let line = match self.returned.pop() {
            Some(line) => line,
            None => {
                let mut line = Vec::new();
                if self.input.read_until(b'\n', &mut line)? == 0 {
                    return Ok(None);
                }
                line
            }
        };
        self.next_line += 1;
        self.at += line.len() as u64;
        Ok(Some(line))
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

struct Cutter {
    state: State,
    cells: Vec<(Vec<u8>, bool)>,
    cell: Vec<u8>,
    quoted: bool,
}

impl Default for Cutter {
    fn default() -> Self {
        Self { state: State::CellStart, cells: Vec::new(), cell: Vec::new(), quoted: false }
    }
}

impl Cutter {
    /// Takes one physical line with its end. Afterwards the state is `Quoted` when the record goes on.
    fn cut(&mut self, line: &[u8]) -> Result<(), &'static str> {
        let text = without_end(line);
        for &byte in text {
            self.state = match (self.state, byte) {
                (State::CellStart, b'"') => {
                    self.quoted = true;
                    State::Quoted
                }
                (State::CellStart | State::Unquoted | State::QuoteSeen, b',') => {
                    self.end_cell();
                    State::CellStart
                }
                (State::Unquoted, b'"') => return Err(STRAY),
                (State::QuoteSeen, b'"') => {
                    self.cell.push(byte);
                    State::Quoted
                }
                (State::QuoteSeen, _) => return Err(AFTER),
                (State::Quoted, b'"') => State::QuoteSeen,
                (State::Quoted, _) => {
                    self.cell.push(byte);
                    State::Quoted
                }
                (State::CellStart | State::Unquoted, _) => {
                    self.cell.push(byte);
                    State::Unquoted
                }
            };
        }
        if self.state == State::Quoted {
            // The line end belongs to the cell; at the end of the file there may be none.
            self.cell.extend(line.iter().skip(text.len()));
        }
        Ok(())
    }

    fn end_cell(&mut self) {
        self.cells.push((std::mem::take(&mut self.cell), std::mem::take(&mut self.quoted)));
    }

    fn finish(mut self) -> Vec<(Vec<u8>, bool)> {
        self.end_cell();
        self.cells
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use proptest::prelude::*;

    type Cut = Result<Vec<(String, bool)>, &'static str>;

    fn all(text: &str) -> Vec<(u64, Cut)> {
        let mut records = Records::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some((line, record, _)) = records.next().unwrap() {
            found.push((
                line,
                match record {
                    Record::Cells(cells) => {
                        Ok(cells.into_iter().map(|(cell, quoted)| (String::from_utf8(cell).unwrap(), quoted)).collect())
                    }
                    Record::Malformed(fault) => Err(fault),
                },
            ));
        }
        found
    }

    fn plain(cells: &[&str]) -> Cut {
        Ok(cells.iter().map(|cell| ((*cell).to_owned(), false)).collect())
    }

    #[test]
    fn empty_and_quoted_empty_cells_are_told_apart() {
        assert_eq!(
            all("a,,\"\"\n"),
            [(1, Ok(vec![("a".to_owned(), false), (String::new(), false), (String::new(), true)]))]
        );
    }

    #[test]
    fn a_quoted_cell_holds_commas_line_ends_and_quotes() {
        let cell = |text: &str| (text.to_owned(), true);
        assert_eq!(
            all("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\r\nx,y,z"),
            [(1, Ok(vec![cell("a,b"), cell("say \"hi\""), cell("two\r\nlines")])), (3, plain(&["x", "y", "z"]))]
        );
    }

    #[test]
    fn blank_lines_are_skipped_and_counted() {
        assert_eq!(all("a\n\n\r\nb\n"), [(1, plain(&["a"])), (4, plain(&["b"]))]);
    }

    #[test]
    fn a_stray_quote_costs_one_line() {
        assert_eq!(all("a,5\" pipe\nb,c\n"), [(1, Err(STRAY)), (2, plain(&["b", "c"]))]);
        assert_eq!(all("\"a\"b,c\nd,e\n"), [(1, Err(AFTER)), (2, plain(&["d", "e"]))]);
        assert_eq!(all("\"a,b\nc,d\ne,f\n"), [(1, Err(OPEN)), (2, plain(&["c", "d"])), (3, plain(&["e", "f"]))]);
    }

    proptest! {
        /// Written by the rule of the standard, every table comes back as it was.
        #[test]
        fn what_is_written_by_the_standard_is_read_back(
            table in proptest::collection::vec(proptest::collection::vec(("[ -~\n\r,\"é]{0,6}", any::<bool>()), 1..4), 0..6),
            crlf in any::<bool>(),
        ) {
            let mut text = String::new();
            let mut expected = Vec::new();
            for row in &table {
                let mut cells = Vec::new();
                for (i, (cell, quote)) in row.iter().enumerate() {
                    // A row of one empty unquoted cell is a blank line.
                    let quoted = *quote || cell.contains(['"', ',', '\n', '\r']) || row.len() == 1;
                    if i > 0 { text.push(','); }
                    if quoted { text.push('"'); text.push_str(&cell.replace('"', "\"\"")); text.push('"'); } else { text.push_str(cell); }
                    cells.push((cell.clone(), quoted));
                }
                text.push_str(if crlf { "\r\n" } else { "\n" });
                expected.push(Ok(cells));
            }
            prop_assert_eq!(all(&text).into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), expected);
        }

        /// Garbage is cut into rows without losing a byte of content and without a panic.
        #[test]
        fn garbage_ends(text in "[a\",\n\r]{0,60}") {
            let mut records = Records::new(text.as_bytes());
            let mut bytes = 0;
            while let Some((_, _, raw)) = records.next().unwrap() { bytes += raw.len(); }
            prop_assert!(bytes <= text.len());
            prop_assert!(bytes + text.matches(['\n', '\r']).count() >= text.len());
        }
    }
}
