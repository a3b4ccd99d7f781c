//! Runs tests that need the kernel's SCTP where there is some: here, or in user-mode Linux.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Runs the body of a test if this kernel has SCTP. Otherwise this test executable runs once
/// more in the kernel that `tests/uml/run` boots, with all its tests whose names contain
/// `group`, and what came of this one there is what comes of it here.
pub(crate) fn with_sctp(group: &str, body: impl FnOnce()) {
    if Path::new("/proc/net/sctp").exists() {
        return body();
    }
    static GUEST: OnceLock<Output> = OnceLock::new();
    let output = GUEST.get_or_init(|| boot(group));
    let text = String::from_utf8_lossy(&output.stdout);
    let current = std::thread::current();
    let name = current.name().unwrap();
    let result = text
        .lines()
        .find_map(|line| line.strip_prefix("test ")?.strip_prefix(name));
    let errors = String::from_utf8_lossy(&output.stderr);
    match result {
        Some(" ... ok") => {}
        _ => panic!("in user-mode Linux:\n{text}\n{errors}"),
    }
}

fn boot(group: &str) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/uml/run");
    // What was asked for on the command line, as far as it is ours.
    let mut filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-') && argument.contains(group))
        .collect();
    if filters.is_empty() {
        filters.push(group.to_owned());
    }
    Command::new(script)
        .args(["--mem", "1G", "--timeout", "300", "--module", "bridge"])
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(filters)
        .env("RUST_TEST_THREADS", "4")
        // They take seconds there.
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap_or_else(|error| panic!("{script}: {error}"))
}
