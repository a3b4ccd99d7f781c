//! A kernel of its own for a test: user-mode Linux (tests/uml/run), which has SCTP.

use core::time::Duration;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;
use trunkline_tests::peers::{Folder, Process, until};

/// Runs this very test again in a guest with those addresses on lo, where `inside` is its part;
/// that gets a folder for what shall be looked at afterwards. Gives the folder outside, and
/// nothing inside.
///
/// # Panics
/// If the guest's part fails, with all that it printed.
pub(crate) fn in_guest(
    test: &str,
    addresses: &[&str],
    inside: impl FnOnce(&Path),
) -> Option<Folder> {
    again(test, inside, |folder| {
        let mut command = uml_run(folder);
        for address in addresses {
            command.args(["--address", address]);
        }
        command.arg("--");
        command
    })
}

/// The same on this kernel, in a network namespace, which ends with what runs in it.
///
/// # Panics
/// If the part inside fails, with all that it printed.
pub(crate) fn in_network_namespace(test: &str, inside: impl FnOnce(&Path)) -> Option<Folder> {
    again(test, inside, |_| {
        let mut command = Command::new("unshare");
        command.args(["--net", "--"]);
        command
    })
}

/// A command in a guest, which comes next, and which may write to a folder.
pub(crate) fn uml_run(folder: &Path) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("uml/run");
    let mut command = Command::new(script);
    command.args(["--timeout", &LIMIT.as_secs().to_string()]);
    command.arg("--share").arg(folder);
    command
}

fn again(
    test: &str,
    inside: impl FnOnce(&Path),
    wrapper: impl FnOnce(&Path) -> Command,
) -> Option<Folder> {
    if let Some(folder) = std::env::var_os(INSIDE) {
        let folder = PathBuf::from(folder);
        inside(&folder);
        std::fs::write(folder.join(DONE), "").expect("the shared folder is there");
        return None;
    }
    for (program, package) in NEEDED {
        let path = std::env::var_os("PATH").unwrap_or_default();
        assert!(
            std::env::split_paths(&path).any(|folder| folder.join(program).is_file()),
            "{program} is not installed: apt-get install --no-install-recommends {package} \
             (or run tests/run, which does it)"
        );
    }
    let folder = Folder::new(&test.replace(':', "-"));
    let mut command = wrapper(folder.path());
    command
        .arg(std::env::current_exe().expect("the path of this test"))
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, folder.path());
    let (status, lines) = Process::run(test, &mut command, LIMIT + GRACE);
    // A misspelt name of a test would be no failure: it runs none.
    let done = folder.file(DONE).is_file();
    let printed = lines.join("\n");
    assert!(status.success() && done, "{test}: {status}\n{printed}");
    Some(folder)
}

/// Programs, and the Debian packages that have them.
const NEEDED: [(&str, &str); 6] = [
    ("linux.uml", "user-mode-linux"),
    ("modprobe", "kmod"),
    ("ip", "iproute2"),
    ("osmo-stp", "osmo-stp"),
    ("tcpdump", "tcpdump"),
    ("iptables-legacy", "iptables"),
];

/// Set inside: where the folder is.
const INSIDE: &str = "TRUNKLINE_TEST_INSIDE";
/// The file that says that the part inside came to its end.
const DONE: &str = "done";

/// For one test, of which the boot is three seconds.
const LIMIT: Duration = Duration::from_secs(60);
/// tests/uml/run has its own limit, and ends after it.
const GRACE: Duration = Duration::from_secs(10);

/// tcpdump (Debian: tcpdump) on all interfaces of the guest.
#[derive(Debug)]
pub(crate) struct Capture {
    tcpdump: Process,
    file: PathBuf,
}

impl Capture {
    /// The file in the shared folder.
    pub(crate) const FILE: &str = "capture.pcap";

    /// Captures SCTP from now on.
    pub(crate) fn start(folder: &Path) -> Self {
        let file = folder.join(Self::FILE);
        let mut command = Command::new("tcpdump");
        command
            .args(["-i", "any", "-s", "4096", "-B", "16384"])
            .args(["--immediate-mode", "-U", "-w"])
            .arg(&file)
            .arg(format!("sctp or udp port {END_PORT}"));
        let tcpdump = Process::start("tcpdump", &mut command);
        tcpdump.until_printed("listening on", 1, Duration::from_secs(5));
        Self { tcpdump, file }
    }

    /// Ends the file, when all that was sent until now is in it.
    pub(crate) fn stop(mut self) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let sent = socket.send_to(END, ("127.0.0.1", END_PORT));
        sent.expect("a datagram for the capture");
        until("the capture's end", Duration::from_secs(5), || {
            let written = std::fs::read(&self.file).unwrap_or_default();
            written
                .windows(END.len())
                .any(|octets| octets == END)
                .then_some(())
        });
        let status = self.tcpdump.terminate(Duration::from_secs(5));
        assert!(status.success(), "tcpdump: {status}");
        let none = self.tcpdump.lines_with("0 packets dropped by kernel");
        assert_eq!(none.len(), 1, "{:#?}", self.tcpdump.lines());
    }
}

/// The last packet of a capture; discard's port, where nobody listens.
const END: &[u8] = b"the end of this capture";
const END_PORT: u16 = 9;

/// Runs iproute2's `ip` (Debian: iproute2) with arguments.
pub(crate) fn ip(arguments: &[&str]) {
    run(Command::new("ip").args(arguments));
}

/// Makes the guest's SCTP notice lost peers within a second: see [`SCTP_IN_HASTE`].
pub(crate) fn hasten_sctp() {
    let mut shell = Command::new("sh");
    let all = format!("{SCTP_IN_HASTE}; echo 2 >association_max_retrans");
    shell.args(["-ec", &all]).current_dir("/proc/sys/net/sctp");
    run(&mut shell);
}

/// Packets from and to an address get lost from now on, or no longer.
pub(crate) fn lose_packets_of(address: &str, lost: bool) {
    let action = if lost { "-I" } else { "-D" };
    for end in ["-s", "-d"] {
        let mut command = Command::new("iptables-legacy");
        run(command.args([action, "INPUT", end, address, "-j", "DROP"]));
    }
}

fn run(command: &mut Command) {
    let (status, lines) = Process::run("a command", command, Duration::from_secs(5));
    assert!(status.success(), "{command:?}: {lines:#?}");
}

/// Makes the SCTP of a kernel notice lost paths within a second, for programs that do not set it
/// themselves. For a shell, in `/proc/sys/net/sctp` of the network namespace.
pub(crate) const SCTP_IN_HASTE: &str = "
    echo 100 >rto_min
    echo 100 >rto_initial
    echo 200 >rto_max
    echo 1 >path_max_retrans
    echo 200 >hb_interval";
