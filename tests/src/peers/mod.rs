//! Programs that tests talk to: `trunkline` itself, sipp, tshark, baresip, Kamailio, Chromium
//! with JsSIP.
//!
//! A [`Gateway`] is the program of this build with a configuration and ports of its own; the
//! others are Debian's. Every wait is for an event and has a limit; what a test starts ends with
//! it, by its process id. When a test fails, the last lines of every program that it had running
//! are printed.
#![allow(
    clippy::panic,
    reason = "a test whose peer does not do its part has failed"
)]

mod authority;
mod baresip;
mod browser;
mod folder;
mod gateway;
mod http;
mod kamailio;
mod metrics;
mod names;
mod ports;
mod process;
mod sipp;
mod tshark;
mod wav;

pub use authority::{Authority, Identity};
pub use baresip::{Baresip, Summary};
pub use browser::{Browser, Page};
pub use folder::Folder;
pub use gateway::{Addresses, Gateway, Network, Setup};
pub use http::{Response, request};
pub use kamailio::{Kamailio, Mode};
pub use metrics::Metrics;
pub use names::{Named, Names};
pub use ports::Ports;
pub use process::Process;
pub use sipp::{Outcome, Sipp, SippRun};
pub use tshark::{RtpStream, Tshark};
pub use wav::Wav;

use core::time::Duration;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// How long a program may take to start or to stop.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The program `trunkline` of this build: it lies in the folder above that of the tests.
///
/// # Panics
/// If it has not been built.
pub fn trunkline() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("tests are built in target/PROFILE/deps");
    let program = folder.join("trunkline");
    assert!(
        program.is_file(),
        "{} is not there: build it with `cargo build --workspace --bins` (as tests/run does)",
        program.display()
    );
    program
}

/// A program of Debian's.
///
/// # Panics
/// If it is not installed; the message says which package has it.
fn installed(program: &str, package: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    assert!(
        found,
        "{program} is not installed: apt-get install {package} (or run tests/run, which does it)"
    );
    Command::new(program)
}

/// Asks again and again until there is an answer.
///
/// # Panics
/// If there is none after `limit`.
pub fn until<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = now() + limit;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(now() < deadline, "{what}: not after {limit:?}");
        std::thread::sleep(BETWEEN);
    }
}

/// Between two looks at something that cannot say by itself when it happens.
const BETWEEN: Duration = Duration::from_millis(20);

#[expect(
    clippy::disallowed_methods,
    reason = "other programs live in real time"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
