//! How far a file is: a bar on a terminal, a line now and then elsewhere.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

use super::feed::Tally;

const LINE_EVERY: Duration = Duration::from_secs(2);

pub enum Progress {
    Bar(ProgressBar),
    Lines { bytes: u64, told: Instant },
}

impl Progress {
    pub fn new(bytes: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines {
                bytes,
                told: Instant::now(),
            };
        }
        let bar = ProgressBar::new(bytes);
        let template = "{bar:30} {percent:>3} %  {elapsed}  {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    pub fn show(&mut self, at: u64, tally: &Tally) {
        match self {
            Self::Bar(bar) => {
                bar.set_position(at);
                bar.set_message(tally.to_string());
            }
            Self::Lines { bytes, told } if told.elapsed() >= LINE_EVERY => {
                *told = Instant::now();
                eprintln!("{} %: {tally}", at * 100 / (*bytes).max(1));
            }
            Self::Lines { .. } => {}
        }
    }

    pub fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
