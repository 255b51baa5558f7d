//! Reads the closing lines of test runners.

use std::ops::AddAssign;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    pub const ONE_PASSED: Tally = Tally {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    pub const ONE_FAILED: Tally = Tally {
        passed: 0,
        failed: 1,
        skipped: 0,
    };
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The counts in a closing line of `cargo nextest`, `cargo test`, Vitest or Playwright; `None` for any other line.
///
/// The line must be free of colour codes.
pub fn closing_line(line: &str) -> Option<Tally> {
    // The places of the words matter: what a failed test printed stands further to the right.
    let line = line.trim_end();
    let counts = if let Some(rest) = line.strip_prefix("     Summary [") {
        rest.split_once("run: ")?.1
    } else if let Some(rest) = line.strip_prefix("test result: ") {
        rest.split_once(". ")?.1
    } else if let Some(rest) = line.strip_prefix("      Tests  ") {
        rest
    } else {
        return playwright(line);
    };
    let mut tally = Tally::default();
    for part in counts.split([',', ';', '|']) {
        let mut words = part.split_whitespace();
        let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
            continue;
        };
        match words.next() {
            Some("passed") => tally.passed += count,
            // nextest tells "exec failed" and "timed out" apart from "failed".
            Some("failed" | "exec" | "timed") => tally.failed += count,
            Some("skipped" | "ignored") => tally.skipped += count,
            _ => {}
        }
    }
    Some(tally)
}

/// Playwright's end: `  3 passed (1.2m)`, and a line each for `  1 failed` and `  2 skipped`.
fn playwright(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("  ")?;
    let (count, word) = rest.split_once(' ')?;
    let count = count.parse().ok()?;
    let mut tally = Tally::default();
    match word.split_once(" (") {
        Some(("passed", _)) => tally.passed = count,
        None if matches!(word, "failed" | "interrupted" | "did not run") => tally.failed = count,
        // It passed only when it was tried again.
        None if word == "flaky" => tally.failed = count,
        None if word == "skipped" => tally.skipped = count,
        _ => return None,
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::{Tally, closing_line};

    #[test]
    fn closing_lines_of_both_runners_are_read() {
        let check = |line: &str, expect: Option<[u64; 3]>| {
            let expect = expect.map(|[passed, failed, skipped]| Tally {
                passed,
                failed,
                skipped,
            });
            assert_eq!(closing_line(line), expect, "{line}");
        };
        check(
            "     Summary [   0.005s] 12 tests run: 12 passed, 0 skipped",
            Some([12, 0, 0]),
        );
        check(
            "     Summary [   1.2s] 3 tests run: 1 passed (1 slow), 2 failed, 4 skipped",
            Some([1, 2, 4]),
        );
        check(
            "     Summary [   1.2s] 5/9 tests run: 1 passed, 1 exec failed, 3 timed out, 0 skipped",
            Some([1, 4, 0]),
        );
        check(
            "     Summary [  2s] 9 tests run: 9 passed (2 slow, 1 leaky), 1 skipped",
            Some([9, 0, 1]),
        );
        check(
            "test result: ok. 7 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.00s",
            Some([7, 0, 2]),
        );
        check(
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            Some([1, 1, 0]),
        );
        check(
            "        PASS [   0.004s] xtask tally::tests::a_summary",
            None,
        );
        check("      Tests  31 passed (31)", Some([31, 0, 0]));
        check(
            "      Tests  1 failed | 30 passed | 2 skipped (33)",
            Some([30, 1, 2]),
        );
        check("  12 passed (1.2m)", Some([12, 0, 0]));
        check("  2 failed", Some([0, 2, 0]));
        check("  1 did not run", Some([0, 1, 0]));
        check("  1 flaky", Some([0, 1, 0]));
        check("    3 passed (2s)", None);
        check("  3 passed through", None);
        check("test tests::result ... ok", None);
        check(
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured",
            None,
        );
        check(
            "         Summary [   0.005s] 12 tests run: 12 passed, 0 skipped",
            None,
        );
        check("", None);
    }
}
