//! osmo-stp (Debian: osmo-stp) and its VTY.

use crate::guest::uml_run;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use trunkline_tests::peers::{PATIENCE, Process, until};

/// The address of the signal transfer point; the port of its M3UA is 2905.
pub(crate) const STP: &str = "10.0.1.9";

/// An application server of it, with its application server processes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) routing_context: u32,
    /// The point code of its routing key.
    pub(crate) routing_key: &'static str,
    /// The point code that is routed there.
    pub(crate) destination: &'static str,
    pub(crate) traffic_mode: &'static str,
    pub(crate) processes: &'static [Asp],
    /// Whether osmo-stp hears of it by registration alone.
    pub(crate) registers: bool,
}

/// An application server process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asp {
    pub(crate) name: &'static str,
    /// Its addresses, and its port.
    pub(crate) remote: &'static [&'static str],
    pub(crate) port: u16,
    pub(crate) kind: Kind,
}

/// Who is what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It connects to us, the gateway.
    Asp,
    /// It is a gateway, to which osmo-stp connects as an ASP, from that port of its own.
    Sgp { local_port: u16 },
}

/// A running osmo-stp, and a session at its VTY.
#[derive(Debug)]
pub(crate) struct Stp {
    process: Process,
    vty: TcpStream,
}

impl Stp {
    /// Starts it with its own addresses and application servers.
    pub(crate) fn start(folder: &Path, local: &[&str], servers: &[Server]) -> Self {
        let command = Command::new("osmo-stp");
        Self::run(command, folder, "127.0.0.1", local, servers)
    }

    /// The same in a network namespace, with its VTY at an address there.
    pub(crate) fn start_in(
        namespace: &str,
        folder: &Path,
        vty: &str,
        local: &[&str],
        servers: &[Server],
    ) -> Self {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", namespace, "osmo-stp"]);
        Self::run(command, folder, vty, local, servers)
    }

    /// Starts it alone in a guest, which has its address on a tap device of ours.
    pub(crate) fn boot(folder: &Path, tap: &str, servers: &[Server]) -> Self {
        let mut command = uml_run(folder);
        command.args(["--tap", tap, "--", "sh", "-c", BOOT, "sh", STP]);
        Self::run(command, folder, STP, &[STP], servers)
    }

    fn run(
        mut command: Command,
        folder: &Path,
        vty: &str,
        local: &[&str],
        servers: &[Server],
    ) -> Self {
        let file = folder.join("osmo-stp.cfg");
        let text = configuration(vty, local, servers);
        std::fs::write(&file, text).expect("a file in the folder");
        let process = Process::start("osmo-stp", command.arg("-c").arg(file));
        process.until_printed("Available via telnet", 1, PATIENCE);
        let vty = TcpStream::connect((vty, 4239)).expect("the VTY of osmo-stp");
        vty.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let mut stp = Self { process, vty };
        stp.until_prompt();
        stp.vty("enable");
        stp
    }

    /// Ends it by SIGTERM, and the guest that it is alone in.
    pub(crate) fn stop(mut self) {
        self.process.terminate(PATIENCE);
    }

    /// Ends it as nothing in it can notice.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// What its VTY answers to a command.
    pub(crate) fn vty(&mut self, command: &str) -> String {
        let written = write!(self.vty, "{command}\r\n");
        written.unwrap_or_else(|error| panic!("VTY of osmo-stp: {error}"));
        self.until_prompt()
    }

    fn until_prompt(&mut self) -> String {
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        while !PROMPTS.iter().any(|prompt| text.ends_with(prompt)) {
            match self.vty.read(&mut buffer) {
                Ok(0) => panic!("VTY of osmo-stp: closed"),
                Ok(length) => text.extend_from_slice(&buffer[..length]),
                Err(error) => panic!("VTY of osmo-stp: {error}"),
            }
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Waits until it shows an ASP, by its name, in a state, as `ASP_ACTIVE`.
    pub(crate) fn until_asp(&mut self, name: &str, state: &str) {
        self.until_shown("show cs7 instance 0 asp", name, state);
    }

    /// Waits until it shows an AS, by its name, in a state, as `AS_ACTIVE`.
    pub(crate) fn until_as(&mut self, name: &str, state: &str) {
        self.until_shown("show cs7 instance 0 as all", name, state);
    }

    fn until_shown(&mut self, command: &str, name: &str, state: &str) {
        until(&format!("osmo-stp: {name} {state}"), PATIENCE, || {
            let shown = self.vty(command);
            let row = shown
                .lines()
                .find(|line| words(line).first() == Some(&name));
            row.is_some_and(|row| words(row).contains(&state))
                .then_some(())
        });
    }
}

const PROMPTS: [&[u8]; 2] = [b"OsmoSTP> ", b"OsmoSTP# "];

/// What a guest does that has nothing but osmo-stp in it.
const BOOT: &str = "set -e
    ip link set vec0 up
    ip address add $1/24 dev vec0
    shift
    exec osmo-stp \"$@\"";

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Its configuration file.
fn configuration(vty: &str, local: &[&str], servers: &[Server]) -> String {
    let mut text = HEAD.replace("VTY", vty);
    // Writing to memory does not fail.
    let addresses = |text: &mut String, key: &str, list: &[&str]| {
        for address in list {
            let _ = writeln!(text, "  {key} {address}");
        }
    };
    for asp in servers.iter().flat_map(|server| server.processes) {
        let (local_port, role, sctp_role) = match asp.kind {
            Kind::Asp => (2905, "sg", "server"),
            Kind::Sgp { local_port } => (local_port, "asp", "client"),
        };
        let _ = writeln!(text, " asp {} {} {local_port} m3ua", asp.name, asp.port);
        addresses(&mut text, "local-ip", local);
        addresses(&mut text, "remote-ip", asp.remote);
        let _ = writeln!(text, "  role {role}\n  sctp-role {sctp_role}");
    }
    let configured = || servers.iter().filter(|server| !server.registers);
    for server in configured() {
        let _ = writeln!(text, " as {} m3ua", server.name);
        for asp in server.processes {
            let _ = writeln!(text, "  asp {}", asp.name);
        }
        let (context, key) = (server.routing_context, server.routing_key);
        let _ = writeln!(text, "  routing-key {context} {key}");
        let _ = writeln!(text, "  traffic-mode {}", server.traffic_mode);
    }
    text.push_str(" route-table system\n");
    for server in configured() {
        let (name, destination) = (server.name, server.destination);
        let _ = writeln!(text, "  update route {destination} 7.255.7 linkset {name}");
    }
    text.push_str(" listen m3ua 2905\n");
    addresses(&mut text, "local-ip", local);
    text.push_str("  accept-asp-connections pre-configured\n");
    text
}

const HEAD: &str = "\
log stderr
 logging filter all 1
 logging color 0
 logging print category 1
 logging print level 1
 logging level set-all info
line vty
 no login
 bind VTY
cs7 instance 0
 network-indicator national
 point-code 2.100.3
 xua rkm routing-key-allocation dynamic-permitted
";
