//! What a test run says at its end.

use crate::tally::Tally;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use std::time::Duration;

/// One step that was run.
#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    /// Why it failed; `None` when it passed.
    pub trouble: Option<String>,
    pub tally: Tally,
    pub took: Duration,
}

impl Row {
    /// A step whose output holds no counts is one check; one that broke outside its tests is one failure more.
    pub fn new(
        name: &'static str,
        trouble: Option<String>,
        counted: Option<Tally>,
        took: Duration,
    ) -> Row {
        let mut tally = match (counted, &trouble) {
            (Some(tally), _) => tally,
            (None, None) => Tally::ONE_PASSED,
            (None, Some(_)) => Tally::default(),
        };
        if trouble.is_some() && tally.failed == 0 {
            tally += Tally::ONE_FAILED;
        }
        Row {
            name,
            trouble,
            tally,
            took,
        }
    }
}

/// Something that could not be run, because a program is missing.
#[derive(Debug)]
pub struct LeftOut {
    pub what: &'static str,
    pub install: &'static str,
}

#[derive(Debug, Default)]
pub struct Report {
    pub rows: Vec<Row>,
    pub left_out: Vec<LeftOut>,
    /// `TOUCHSTONE_REQUIRE=all`: what is left out has failed.
    pub require_all: bool,
    /// What the caller narrowed the run to, for people to read.
    pub narrowed_to: Option<String>,
}

impl Report {
    pub fn succeeded(&self) -> bool {
        self.total().failed == 0
    }

    pub fn total(&self) -> Tally {
        let left_out = self.left_out.len() as u64;
        let mut total = if self.require_all {
            Tally {
                failed: left_out,
                ..Tally::default()
            }
        } else {
            Tally {
                skipped: left_out,
                ..Tally::default()
            }
        };
        for row in &self.rows {
            total += row.tally;
        }
        total
    }

    /// The summary. Its last lines are the closing line and, after it, what was left out.
    pub fn render(&self) -> String {
        let mut text = String::from("\n");
        for row in &self.rows {
            row.render(&mut text);
        }
        if let Some(narrowed_to) = &self.narrowed_to {
            let _ = writeln!(
                text,
                "Only {narrowed_to}: a run without options checks everything."
            );
        }
        let total = self.total();
        let _ = write!(text, "{} passed, {} failed", total.passed, total.failed);
        if total.skipped > 0 {
            let _ = write!(text, ", {} skipped", total.skipped);
        }
        text.push('\n');
        for LeftOut { what, install } in &self.left_out {
            let (style, word) = match self.require_all {
                true => (RED, "missing, and TOUCHSTONE_REQUIRE=all asks for it"),
                false => (YELLOW, "left out"),
            };
            let _ = writeln!(
                text,
                "{style}{word}{style:#}: {what}. To have it: {install}"
            );
        }
        text
    }
}

impl Row {
    fn render(&self, text: &mut String) {
        let (style, mark) = if self.trouble.is_none() {
            (GREEN, "ok    ")
        } else {
            (RED, "FAILED")
        };
        let seconds = self.took.as_secs();
        let Tally { passed, failed, .. } = self.tally;
        let _ = write!(
            text,
            "{style}{mark}{style:#}  {:<12} {passed:>5} passed {failed:>5} failed {seconds:>5} s",
            self.name
        );
        if let Some(trouble) = &self.trouble {
            let _ = write!(text, "  {trouble}");
        }
        text.push('\n');
    }
}

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();

#[cfg(test)]
mod tests {
    use super::{LeftOut, Report, Row};
    use crate::tally::Tally;
    use std::time::Duration;

    fn row(trouble: Option<&str>, tally: Option<Tally>) -> Row {
        Row::new(
            "tests",
            trouble.map(str::to_owned),
            tally,
            Duration::from_secs(3),
        )
    }

    fn last_line(report: &Report) -> String {
        report
            .render()
            .lines()
            .last()
            .map(str::to_owned)
            .unwrap_or_default()
    }

    #[test]
    fn the_closing_line_sums_all_rows_and_stands_last() {
        let counted = Some(Tally {
            passed: 7,
            failed: 0,
            skipped: 0,
        });
        let mut report = Report {
            rows: vec![row(None, None), row(None, counted)],
            require_all: true,
            ..Report::default()
        };
        assert_eq!(last_line(&report), "8 passed, 0 failed");
        assert!(report.succeeded());

        report.rows.push(row(Some("exit status: 101"), counted));
        assert_eq!(last_line(&report), "15 passed, 1 failed");
        assert!(!report.succeeded());
    }

    #[test]
    fn what_was_left_out_is_said_last_and_fails_only_when_all_is_required() {
        let left_out = LeftOut {
            what: "the store on PostgreSQL",
            install: "apt-get install postgresql",
        };
        let mut report = Report {
            rows: vec![row(None, None)],
            left_out: vec![left_out],
            ..Report::default()
        };
        assert!(report.succeeded());
        assert!(report.render().contains("1 passed, 0 failed, 1 skipped\n"));
        assert!(last_line(&report).contains("apt-get install postgresql"));

        report.require_all = true;
        assert!(!report.succeeded());
        assert!(report.render().contains("1 passed, 1 failed\n"));
        assert!(last_line(&report).contains("apt-get install postgresql"));
    }
}
