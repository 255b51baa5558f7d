//! `cargo xtask bench ticks`: the fast engine beside plain revaluation, in one run, on the same ticks.

mod cell;
mod flat;
mod table;
mod world;

use clap::Parser;
use world::Mix;

/// Measure how many ticks a second the rules engine judges, beside plain revaluation of every holder
///
/// Both begin with the same accounts, after ticks that have spread them out, and judge the same ticks; a finished
/// account begins again at once. Their verdicts are compared tick by tick.
#[derive(Debug, Parser)]
pub struct Args {
    /// Numbers of live accounts
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    accounts: Vec<usize>,

    /// Largest steps of a price, in basis points
    #[arg(long, value_name = "BP,BP", value_delimiter = ',', default_values_t = [0.1, 1.0, 10.0])]
    bp: Vec<f64>,

    /// How the floors move
    #[arg(long, value_enum, value_name = "MIX,MIX", value_delimiter = ',', default_values_t = [Mix::Static, Mix::EndOfDay, Mix::Trailing, Mix::Half])]
    mix: Vec<Mix>,

    /// Length of each measurement of one engine
    #[arg(long, value_name = "S", default_value_t = 3.0)]
    seconds: f64,

    /// Ticks of ten basis points before the first measurement of a world
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    warm_up: u64,

    /// Where the random numbers begin
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Print one JSON object for each measurement
    #[arg(long)]
    json: bool,
}

fn main() -> std::process::ExitCode {
    let args = Args::parse();
    let mut same = true;
    if !args.json {
        println!("{}", table::HEAD);
    }
    for accounts in &args.accounts {
        for mix in &args.mix {
            let mut world = cell::World::new(*accounts, *mix, &args);
            for bp in &args.bp {
                let measured = world.measure(*bp, &args);
                same &= measured.is_same;
                println!(
                    "{}",
                    if args.json {
                        measured.json()
                    } else {
                        measured.row()
                    }
                );
            }
        }
    }
    if same {
        std::process::ExitCode::SUCCESS
    } else {
        eprintln!("the two did not say the same");
        std::process::ExitCode::FAILURE
    }
}
