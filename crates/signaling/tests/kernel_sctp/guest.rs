//! Runs tests that need the kernel's SCTP where there is some: here, or in user-mode Linux.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Runs a test in two parts: `inside`, where the kernel has SCTP, and `outside`, afterwards, for
/// what the first left in a folder.
///
/// If this kernel has no SCTP, this test executable runs once more in the kernel that
/// `tests/uml/run` boots, with all its tests whose names contain `group`; what came of this one
/// there is what comes of `inside` here.
pub(crate) fn with_sctp(group: &str, inside: impl FnOnce(&Path), outside: impl FnOnce(&Path)) {
    static GUEST: OnceLock<Output> = OnceLock::new();
    let folder = match std::env::var_os(FOLDER) {
        Some(folder) => PathBuf::from(folder),
        None => std::env::temp_dir().join(format!("trunkline-sctp-{}", std::process::id())),
    };
    std::fs::create_dir_all(&folder).unwrap();
    if has_sctp() {
        inside(&folder);
    } else {
        let output = GUEST.get_or_init(|| boot(group, &folder));
        let text = String::from_utf8_lossy(&output.stdout);
        let current = std::thread::current();
        let name = current.name().unwrap();
        let result = text
            .lines()
            .find_map(|line| line.strip_prefix("test ")?.strip_prefix(name));
        if result != Some(" ... ok") {
            let errors = String::from_utf8_lossy(&output.stderr);
            panic!("in user-mode Linux:\n{text}\n{errors}");
        }
    }
    if std::env::var_os(FOLDER).is_none() {
        outside(&folder);
        // Unless another test has left something there.
        let _ = std::fs::remove_dir(&folder);
    }
}

/// Whether this kernel has SCTP.
pub(crate) fn has_sctp() -> bool {
    Path::new("/proc/net/sctp").exists()
}

fn boot(group: &str, folder: &Path) -> Output {
    // What was asked for on the command line, as far as it is ours.
    let mut filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-') && argument.contains(group))
        .collect();
    if filters.is_empty() {
        filters.push(group.to_owned());
    }
    let mut command = Command::new(SCRIPT);
    command
        .args(["--mem", "1G", "--timeout", "300", "--module", "bridge"])
        .arg("--share")
        .arg(folder)
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(filters)
        .env(FOLDER, folder)
        .env("RUST_TEST_THREADS", "4")
        // They take seconds there.
        .env("RUST_BACKTRACE", "0");
    let output = command.output();
    output.unwrap_or_else(|error| panic!("{SCRIPT}: {error}"))
}

/// What boots the guest.
pub(crate) const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/uml/run");

/// Names the folder, in the guest.
const FOLDER: &str = "TRUNKLINE_SCTP_FOLDER";
