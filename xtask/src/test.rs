//! `cargo xtask test`: every check, with a summary.

use crate::postgres::{self, Cluster, Purpose};
use crate::report::{LeftOut, Report, Row};
use crate::schemathesis;
use crate::step::{self, Stopwatch};
use crate::{console, shell, sim, tools};
use clap::ValueEnum;
use std::process::{Command, ExitCode};

/// Where the tests find a PostgreSQL whose user may create databases.
const POSTGRES_URL: &str = "TOUCHSTONE_TEST_POSTGRES";

const NO_POSTGRES: LeftOut = LeftOut {
    what: "the store's tests on PostgreSQL, which was not found in version 15 or newer",
    install: "apt-get install postgresql",
};

const NO_SCHEMATHESIS: LeftOut = LeftOut {
    what: "fuzzing the HTTP interface, as schemathesis was not found in version 4",
    install: "pip install -r .ci/schemathesis.txt",
};

/// Run every check: format, lints, doc tests, tests, simulated worlds, fuzzing, the console
///
/// The tests need nothing installed. With PostgreSQL 15 or newer on the machine the store's tests run on it
/// too, in a cluster of their own that is removed afterwards; a server of yours is used instead when
/// TOUCHSTONE_TEST_POSTGRES holds its URL. With schemathesis every operation of a demo server is fuzzed;
/// with Node.js the console is checked, and with Chromium it is used.
/// The last lines say what was left out, and how to have it.
///
/// Exits with 0 when everything passed, else with 1.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Run only the tests whose names contain X, and nothing else
    #[arg(long, value_name = "X")]
    filter: Option<String>,

    /// Run only this step; may be repeated
    #[arg(long, value_name = "STEP", conflicts_with = "filter")]
    step: Vec<StepName>,

    /// What must not be left out
    #[arg(long, value_name = "WHAT", env = "TOUCHSTONE_REQUIRE")]
    require: Option<Require>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StepName {
    /// cargo fmt --check
    Format,
    /// cargo clippy, warnings denied
    Lints,
    /// The examples in the documentation
    DocTests,
    /// All other tests, with cargo nextest when it is there
    Tests,
    /// Simulated worlds by seed: many where nothing may be left out or CI is set, else a few
    Sim,
    /// Every operation of /openapi.json on a demo server, with schemathesis
    Fuzz,
    /// The console's types, lints, tests and weight, with npm
    Console,
    /// The console and a demo server in Chromium
    Browser,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Require {
    /// A tool that is missing is a failure
    All,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut report = Report {
        require_all: args.require.is_some(),
        narrowed_to: args.narrowed_to(),
        ..Report::default()
    };
    if args.wants(StepName::Format) {
        report
            .rows
            .push(step::run("format", cargo(&["fmt", "--all", "--check"])));
    }
    if args.wants(StepName::Lints) {
        let lints = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        report.rows.push(step::run("lints", cargo(&lints)));
    }
    let has_nextest = tools::answer("cargo-nextest", &["nextest", "--version"]).is_some();
    // `cargo test` runs the examples in the documentation by itself.
    if args.wants(StepName::DocTests) && (has_nextest || !args.wants(StepName::Tests)) {
        report.rows.push(step::run(
            "doc tests",
            cargo(&["test", "--workspace", "--doc", "--no-fail-fast"]),
        ));
    }
    if args.wants(StepName::Tests) {
        run_tests(args, has_nextest, &mut report);
    }
    if args.wants(StepName::Sim) {
        let full = args.require.is_some() || std::env::var_os("CI").is_some();
        report.rows.push(sim::test(full));
    }
    if args.wants(StepName::Fuzz) {
        match schemathesis::find() {
            Some(program) => report.rows.extend(schemathesis::run(&program)),
            None => report.left_out.push(NO_SCHEMATHESIS),
        }
    }
    if args.wants(StepName::Console) || args.wants(StepName::Browser) {
        run_console(args, &mut report);
    }
    anstream::print!("{}", report.render());
    Ok(if report.succeeded() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_console(args: &Args, report: &mut Report) {
    if !console::has_node() {
        report.left_out.push(console::NO_NODE);
        return;
    }
    if args.wants(StepName::Console) {
        report.rows.push(console::check());
    }
    if args.wants(StepName::Browser) {
        match console::chromium() {
            Some(chromium) => report.rows.push(console::browse(&chromium)),
            None => report.left_out.push(console::NO_CHROMIUM),
        }
    }
}

fn run_tests(args: &Args, has_nextest: bool, report: &mut Report) {
    let mut command = match has_nextest {
        true => cargo(&["nextest", "run", "--workspace", "--no-fail-fast"]),
        false => cargo(&["test", "--workspace", "--no-fail-fast"]),
    };
    command.args(&args.filter);
    let cluster = if std::env::var_os(POSTGRES_URL).is_some() {
        None
    } else {
        start_postgres(report)
    };
    if let Some(cluster) = &cluster {
        command.env(POSTGRES_URL, cluster.admin_url());
    }
    let mut row = step::run("tests", command);
    if args.filter.is_some() && row.trouble.is_none() && row.tally.passed == 0 {
        row.trouble = Some("no test has such a name".to_owned());
        row.tally.failed = 1;
    }
    report.rows.push(row);
}

fn start_postgres(report: &mut Report) -> Option<Cluster> {
    let Some(installation) = postgres::find() else {
        report.left_out.push(NO_POSTGRES);
        return None;
    };
    let watch = Stopwatch::start();
    match Cluster::start(&installation, Purpose::Tests) {
        Ok(cluster) => {
            anstream::println!(
                "\nPostgreSQL {} for the tests: {}",
                installation.major,
                cluster.admin_url()
            );
            Some(cluster)
        }
        Err(error) => {
            let trouble = Some(format!("{error:#}"));
            report
                .rows
                .push(Row::new("PostgreSQL", trouble, None, watch.elapsed()));
            None
        }
    }
}

impl Args {
    fn wants(&self, step: StepName) -> bool {
        match &self.filter {
            Some(_) => step == StepName::Tests,
            None => self.step.is_empty() || self.step.contains(&step),
        }
    }

    fn narrowed_to(&self) -> Option<String> {
        if let Some(filter) = &self.filter {
            return Some(format!("tests whose names contain `{filter}`"));
        }
        let names: Vec<_> = self
            .step
            .iter()
            .filter_map(|step| step.to_possible_value())
            .collect();
        let names: Vec<&str> = names.iter().map(|value| value.get_name()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

fn cargo(args: &[&str]) -> Command {
    let mut command = shell::cargo();
    command.current_dir(shell::workspace_root()).args(args);
    command
}
