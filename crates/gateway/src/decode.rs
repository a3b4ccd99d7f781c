//! To be written.
use std::process::ExitCode;
/// Arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}
pub(crate) fn decode(_: Args) -> ExitCode {
    ExitCode::SUCCESS
}
