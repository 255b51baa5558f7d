//! `touchstone openapi`

use std::{io::Write, process::ExitCode};

use touchstone_api::openapi;

/// Print the OpenAPI document of this program
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(Args {}: Args) -> anyhow::Result<ExitCode> {
    let text = openapi::to_text(&openapi::document());
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
