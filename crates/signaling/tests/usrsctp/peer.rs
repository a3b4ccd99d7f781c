//! The program `tests/usrsctp/peer.c`: built once, run as often as tests need it.

use crate::pair::LIMIT;
use crate::scene::Wire;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

/// What the peer is told at its start.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    /// `server` or `client`.
    pub(crate) role: &'static str,
    pub(crate) ip: &'static str,
    pub(crate) port: u16,
    /// 0 for raw IP.
    pub(crate) udp_port: u16,
    pub(crate) far_ip: &'static str,
    pub(crate) far_port: u16,
    pub(crate) far_udp_port: u16,
}

/// Streams that the peer asks for.
pub(crate) const STREAMS: u16 = 9;

/// A running peer. Killed when it is dropped.
pub(crate) struct Peer {
    child: Child,
    commands: ChildStdin,
    lines: UnboundedReceiver<String>,
    /// What it said and nobody asked for yet.
    seen: Vec<String>,
}

impl Peer {
    /// Starts one at its end of the wire; it is ready when this returns.
    pub(crate) async fn start(wire: &Wire, arguments: &Arguments) -> Self {
        let numbers = |number: u16| number.to_string();
        let mut command = Command::new(program());
        command
            .args([arguments.role, arguments.ip])
            .args([arguments.port, arguments.udp_port].map(numbers))
            .arg(arguments.far_ip)
            .args([arguments.far_port, arguments.far_udp_port, STREAMS].map(numbers))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = wire.at_their_end(|| command.spawn()).unwrap();
        let (sender, lines) = unbounded_channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut peer = Self {
            commands: child.stdin.take().unwrap(),
            child,
            lines,
            seen: Vec::new(),
        };
        peer.until("ready").await;
        peer
    }

    /// Tells it to do something.
    pub(crate) fn command(&mut self, command: &str) {
        writeln!(self.commands, "{command}").unwrap();
    }

    /// Waits until it says just that.
    pub(crate) async fn until(&mut self, wanted: &str) {
        self.next(|line| (line == wanted).then_some(())).await;
    }

    /// The first line that the test wants and did not have yet, and what it makes of it.
    pub(crate) async fn next<T>(&mut self, mut wanted: impl FnMut(&str) -> Option<T>) -> T {
        let seen = self.seen.iter().enumerate();
        let found = seen
            .filter_map(|(at, line)| Some((at, wanted(line)?)))
            .next();
        if let Some((at, value)) = found {
            self.seen.remove(at);
            return value;
        }
        let deadline = Instant::now() + LIMIT;
        loop {
            let line = match timeout_at(deadline, self.lines.recv()).await {
                Ok(Some(line)) => line,
                other => panic!("{other:?} instead of the line, after {:#?}", self.seen),
            };
            if let Some(value) = wanted(&line) {
                return value;
            }
            self.seen.push(line);
        }
    }

    /// The next DATA: payload protocol identifier, stream, signaling link selection, number.
    pub(crate) async fn next_data(&mut self) -> [u32; 4] {
        self.next(|line| {
            let fields = line.strip_prefix("data ")?;
            let fields: Vec<u32> = fields.split(' ').map(|f| f.parse().unwrap()).collect();
            let [stream, ppid, sls, number] = fields[..] else {
                panic!("{line}");
            };
            Some([ppid, stream, sls, number])
        })
        .await
    }

    /// Kills it as `kill -9` does: it cannot say goodbye.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The path of the program, which is built the first time.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/usrsctp/peer.c");
        let program = concat!(env!("CARGO_TARGET_TMPDIR"), "/usrsctp-peer");
        let building = format!("{program}.{}", std::process::id());
        let output = Command::new("cc")
            .args([
                "-std=c11",
                "-D_GNU_SOURCE",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-O1",
            ])
            .args(["-o", &building, source, "-lusrsctp", "-lpthread"])
            .output()
            .expect("cc, which is of the Debian package gcc");
        assert!(
            output.status.success(),
            "cannot build {source}; it needs the Debian package libusrsctp-dev:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        // In one step, for another test may be running the one that is there.
        std::fs::rename(&building, program).unwrap();
        program.to_owned()
    })
}
