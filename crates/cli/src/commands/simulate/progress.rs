//! How far a simulation is: a bar on a terminal, a line now and then elsewhere.

use std::{
    io::IsTerminal,
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use touchstone_app::simulate::Watch;

const LOOK_EVERY: Duration = Duration::from_millis(100);
const LINE_EVERY_LOOKS: u32 = 50;

/// Until the thread has ended.
pub fn show<T>(traders: u64, watch: &Watch, working: &ScopedJoinHandle<'_, T>) {
    let bar = std::io::stderr().is_terminal().then(|| {
        let bar = ProgressBar::new(traders);
        let template = "{bar:30} {percent:>3} %  {elapsed}  {pos} of {len} traders, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    });
    let mut looks = 0;
    while !working.is_finished() {
        let done = watch.done() as u64;
        match &bar {
            Some(bar) => bar.set_position(done),
            None if looks % LINE_EVERY_LOOKS == LINE_EVERY_LOOKS - 1 => {
                eprintln!(
                    "{} %: {done} of {traders} traders",
                    done * 100 / traders.max(1)
                );
            }
            None => {}
        }
        looks += 1;
        thread::park_timeout(LOOK_EVERY);
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}
