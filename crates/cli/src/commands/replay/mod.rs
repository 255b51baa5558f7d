//! `touchstone replay`

mod breach;
mod feed;
mod progress;
mod ticks;

use std::process::ExitCode;

use super::block_on;

/// Send a file of ticks to a server as a feed, or reach the verdict of a breach again
///
/// FILE: its times are moved to the server's time; with a speed of N ticks keep their distances, divided by N. Ends
/// with 0 when ticks were taken in.
///
/// --breach: takes the stored history of the account, the opening of its phase, everything that the rules were told,
/// and every tick, judges it anew with the plain evaluator, and looks at the breach's place in the chain of records.
/// Changes nothing. Ends with 0 when the verdict is the same, with 1 when it is not, and with 2 when it could not look.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    ticks: ticks::TickArgs,

    #[command(flatten)]
    breach: breach::BreachArgs,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.breach.breach {
        Some(id) => breach::run(id, args.breach),
        None => block_on(ticks::run(args.ticks)),
    }
}
