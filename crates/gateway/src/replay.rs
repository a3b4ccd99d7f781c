//! To be written.
use std::process::ExitCode;
/// Arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}
pub(crate) fn replay(_: Args) -> ExitCode {
    ExitCode::SUCCESS
}
