//! sipp (Debian: sip-tester) with the scenarios in tests/sipp, or with its own.

use super::{Folder, Process, installed};
use core::time::Duration;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// How sipp is run.
#[derive(Clone, Debug)]
pub struct Sipp<'a> {
    /// A file of tests/sipp, without `.xml`; or one of those that sipp comes with.
    pub scenario: &'a str,
    /// Whether it comes with sipp.
    pub is_stock: bool,
    /// As sipp names it: `u1` for UDP, `t1` for TCP with one connection, `tn` with one for each
    /// call.
    pub transport: &'a str,
    /// Where the two controllers of a call of three parties meet (`-3pcc`).
    pub meeting: Option<SocketAddr>,
    /// Its own SIP address.
    pub local: SocketAddr,
    /// Its own port for sound, which it sends back to where it came from.
    pub media: SocketAddr,
    /// Whom it calls; nobody if it is called.
    pub remote: Option<SocketAddr>,
    /// The number that it calls.
    pub number: &'a str,
    /// How many calls it makes or takes.
    pub calls: u32,
    /// Calls a second.
    pub rate: u32,
    /// From answer to BYE, for scenarios that pause.
    pub hold: Duration,
    /// When it gives up.
    pub limit: Duration,
}

/// A sipp that runs.
#[derive(Debug)]
pub struct SippRun {
    /// The program.
    pub process: Process,
    statistics: PathBuf,
    errors: PathBuf,
    limit: Duration,
}

/// What sipp says of its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its exit status: 0 if no call failed.
    pub status: Option<i32>,
    /// Calls begun.
    pub created: u64,
    /// Calls that went as the scenario says.
    pub successful: u64,
    /// Calls that did not.
    pub failed: u64,
    /// Messages that it sent again.
    pub retransmissions: u64,
    /// Its error file: unexpected messages, and what it could not send.
    pub errors: String,
}

impl Outcome {
    /// As it must be.
    ///
    /// # Panics
    /// If not that many calls went as the scenario says, any failed, or messages came that belong
    /// to none.
    pub fn assert_all_successful(&self, calls: u32) {
        assert!(
            self.status == Some(0)
                && self.successful == u64::from(calls)
                && self.created == u64::from(calls)
                && self.failed == 0,
            "{calls} successful calls expected: {self:#?}"
        );
        // A repeated message may arrive after the call that it belonged to.
        assert!(
            self.errors.is_empty() || self.retransmissions > 0,
            "{self:#?}"
        );
    }
}

impl<'a> Sipp<'a> {
    /// One that calls a number.
    pub fn caller(
        scenario: &'a str,
        local: SocketAddr,
        media: SocketAddr,
        remote: SocketAddr,
        number: &'a str,
    ) -> Self {
        Self {
            remote: Some(remote),
            number,
            ..Self::callee(scenario, local, media)
        }
    }

    /// One that is called.
    pub fn callee(scenario: &'a str, local: SocketAddr, media: SocketAddr) -> Self {
        Self {
            scenario,
            is_stock: false,
            transport: "u1",
            meeting: None,
            local,
            media,
            remote: None,
            number: "",
            calls: 1,
            rate: 10,
            hold: Duration::from_millis(200),
            limit: Duration::from_secs(60),
        }
    }

    /// Runs it to its end.
    pub fn run(&self, folder: &Folder) -> Outcome {
        self.start(folder).outcome()
    }

    /// The same with a scenario that comes with sipp.
    #[must_use]
    pub fn stock(mut self) -> Self {
        self.is_stock = true;
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// If sipp is not installed.
    pub fn start(&self, folder: &Folder) -> SippRun {
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp");
        // A test may run the same scenario more than once at a time.
        let name = format!("{}-{}", self.scenario, self.local.port());
        let statistics = folder.file(&format!("{name}.csv"));
        let errors = folder.file(&format!("{name}.errors"));
        let mut command = installed("sipp", "sip-tester");
        command
            .current_dir(folder.path())
            // It draws a screen, which nobody sees.
            .env("TERM", "dumb")
            .args(["-nostdin", "-rtp_echo", "-t", self.transport]);
        if self.is_stock {
            command.args(["-sn", self.scenario]);
            // Where they look for sound.
            let sound = folder.file("pcap");
            if !sound.exists() {
                let linked = std::os::unix::fs::symlink("/usr/share/sip-tester", sound);
                linked.expect("a link to sipp's sound");
            }
        } else {
            let file = scenarios.join(format!("{}.xml", self.scenario));
            command.arg("-sf").arg(file);
        }
        if self.transport.ends_with('n') {
            // As many as a shell usually allows to be open.
            command.args(["-max_socket", "1000"]);
        }
        if let Some(meeting) = self.meeting {
            command.args(["-3pcc", &meeting.to_string()]);
        }
        command
            .args(["-i", &self.local.ip().to_string()])
            .args(["-p", &self.local.port().to_string()])
            .args(["-mi", &self.media.ip().to_string()])
            .args(["-mp", &self.media.port().to_string()])
            .args(["-m", &self.calls.to_string()])
            .args(["-d", &self.hold.as_millis().to_string()])
            .args(["-timeout", &format!("{}s", self.limit.as_secs())])
            .arg("-timeout_error")
            .args(["-trace_stat", "-fd", "1", "-stf"])
            .arg(&statistics)
            .args(["-trace_err", "-error_file"])
            .arg(&errors);
        if let Some(remote) = self.remote {
            command
                .args(["-s", self.number])
                .args(["-r", &self.rate.to_string()])
                .arg(remote.to_string());
        }
        SippRun {
            process: Process::start(&format!("sipp {}", self.scenario), &mut command),
            statistics,
            errors,
            limit: self.limit + GRACE,
        }
    }
}

/// What the second of two controllers notes when both have done their calls.
const PARTED: &str = "3PCC controller A has ended -> exiting";

/// A line of the error file without its time: day, time and seconds are separated by tabs.
fn after_time(line: &str) -> &str {
    line.split_once(": ").map_or(line, |(_, what)| what)
}

/// sipp's own limit comes first.
const GRACE: Duration = Duration::from_secs(10);

impl SippRun {
    /// Waits until it has ended.
    ///
    /// # Panics
    /// If it does not, or leaves no statistics.
    pub fn outcome(mut self) -> Outcome {
        let status = self.process.wait(self.limit).code();
        let statistics = std::fs::read_to_string(&self.statistics).unwrap_or_default();
        // The file is there only if there were errors.
        let mut errors = std::fs::read_to_string(&self.errors).unwrap_or_default();
        if let [_, PARTED] = errors.lines().map(after_time).collect::<Vec<_>>()[..] {
            errors.clear();
        }
        let mut lines = statistics.lines();
        let names: Vec<&str> = lines.next().unwrap_or_default().split(';').collect();
        let totals: Vec<&str> = lines.last().unwrap_or_default().split(';').collect();
        let total = |name: &str| {
            let column = names.iter().position(|&column| column == name);
            let value = column.and_then(|column| totals.get(column)?.parse().ok());
            value.unwrap_or_else(|| panic!("sipp: no {name} in its statistics; errors: {errors}"))
        };
        Outcome {
            status,
            created: total("TotalCallCreated"),
            successful: total("SuccessfulCall(C)"),
            failed: total("FailedCall(C)"),
            retransmissions: total("Retransmissions(C)"),
            errors,
        }
    }
}
