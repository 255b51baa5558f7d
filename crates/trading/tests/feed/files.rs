//! Tick files in both layouts. The fixtures were made up in the layouts of the real ones.

use rstest::rstest;
use std::io::{BufRead, BufReader, Read};
use touchstone_trading::{FileFaultKind, Layout, TickFile};

const TRUEFX: &str = include_str!("truefx.csv");
const HISTDATA: &str = include_str!("histdata.csv");

/// Each tick or fault as one line.
fn told(reader: impl BufRead, digits: u32) -> Vec<String> {
    TickFile::new(reader, digits)
        .map(|read| match read {
            Ok(tick) => format!(
                "{}: {} {} {}",
                tick.line,
                tick.fed_at.rfc3339(),
                tick.bid.0,
                tick.ask.0
            ),
            Err(fault) => fault.to_string(),
        })
        .collect()
}

#[test]
fn a_truefx_file_is_read_to_its_end_and_faults_are_named_by_line() {
    let expect = [
        "2: 2026-03-02T08:00:00.125000Z 151203 151209",
        "3: 2026-03-02T08:00:00.125000Z 151204 151210",
        "5: 2026-03-02T08:00:01.000250Z 151200 151210",
        "line 6: the bid cannot be read: it has more decimals than the symbol's 3",
        "line 7: the time cannot be read",
        "line 8: 3 columns are wanted, 2 were found",
        "line 9: the ask cannot be read: a plain decimal is wanted",
        "10: 2026-03-02T08:00:06.000000Z 151300 151200",
    ];
    assert_eq!(told(TRUEFX.as_bytes(), 3), expect);
}

/// Five hours behind UTC in March and in July.
#[test]
fn a_histdata_file_has_no_summer_time() {
    let expect = [
        "1: 2026-03-02T08:00:00.125000Z 108523 108525",
        "2: 2026-07-02T08:00:00.125000Z 108524 108526",
        "line 3: the bid cannot be read: it has more decimals than the symbol's 5",
        "line 4: the time cannot be read",
        "line 5: 4 columns are wanted, 3 were found",
        "6: 2026-07-02T08:00:03.000000Z 108524 108526",
    ];
    assert_eq!(told(HISTDATA.as_bytes(), 5), expect);
}

#[rstest]
#[case::windows_ends("\r\n", "")]
#[case::a_mark_at_the_beginning("\n", "\u{feff}")]
#[case::both("\r\n", "\u{feff}")]
fn what_an_editor_adds_is_passed_over(#[case] end: &str, #[case] mark: &str) {
    for (text, digits) in [(TRUEFX, 3), (HISTDATA, 5)] {
        let changed = format!("{mark}{}", text.replace('\n', end));
        assert_eq!(
            told(changed.as_bytes(), digits),
            told(text.as_bytes(), digits)
        );
    }
}

#[rstest]
#[case("", &[])]
#[case("\n\n", &[])]
#[case("timestamp,bid,ask", &[])]
#[case("Open,High\n20260302 030000125,1.085230,1.085250,0\n", &["line 1: this is neither the header of a TrueFX file \
    nor a line of a HistData file"])]
#[case("20260302 030000125,1.085230,1.085250,0", &["1: 2026-03-02T08:00:00.125000Z 108523 108525"])]
fn odd_files_end_well(#[case] text: &str, #[case] expect: &[&str]) {
    assert_eq!(told(text.as_bytes(), 5), expect);
}

#[test]
fn a_line_without_end_is_not_read_into_memory() {
    let endless = BufReader::new(std::io::repeat(b'1'));
    assert_eq!(told(endless, 5), ["line 1: it is longer than any tick"]);
}

#[test]
fn what_is_no_text_ends_the_file() {
    let mut file = TickFile::new(&b"\xff\xfe\n20260302 030000125,1.1,1.2,0\n"[..], 5);
    let fault = file.next().unwrap().unwrap_err();
    assert!(matches!(fault.kind, FileFaultKind::Unreadable(_)));
    assert_eq!(file.next(), None);
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::ConnectionReset.into())
    }
}

#[test]
fn a_reader_that_breaks_is_one_fault() {
    let broken = TRUEFX.as_bytes().chain(BufReader::new(Broken));
    let lines = told(broken, 3);
    assert_eq!(lines.len(), told(TRUEFX.as_bytes(), 3).len() + 1);
    assert_eq!(
        lines.last().unwrap(),
        "line 11: it cannot be read: connection reset"
    );
}

#[test]
fn one_can_see_how_far_it_is() {
    let mut file = TickFile::new(TRUEFX.as_bytes(), 3);
    assert_eq!((file.layout(), file.bytes_read()), (None, 0));
    file.next();
    assert_eq!(file.layout(), Some(Layout::TrueFx));
    let two_lines: usize = TRUEFX.split_inclusive('\n').take(2).map(str::len).sum();
    assert_eq!(file.bytes_read(), two_lines as u64);
    file.by_ref().for_each(drop);
    assert_eq!(file.bytes_read(), TRUEFX.len() as u64);
}
