//! Two hosts with two networks between them, as network namespaces.
#![allow(unsafe_code, reason = "setns, which nothing else can do")]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Hosts 1 and 2 in the networks 10.0.1.0/24, 10.0.2.0/24, fd00:1::/64 and fd00:2::/64; each has
/// its number as the last part of its addresses. Network `n` is the interface `net<n>` of a host
/// and a bridge in a namespace of its own.
pub(crate) struct Network {
    hosts: [String; 2],
    bridges: String,
}

impl Network {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("tl{}x{count}", std::process::id());
        let network = Self {
            hosts: [format!("{prefix}h1"), format!("{prefix}h2")],
            bridges: format!("{prefix}b"),
        };
        for name in network.hosts.iter().chain([&network.bridges]) {
            run("ip", &["netns", "add", name], "");
        }
        let mut plugs = String::new();
        for net in [1, 2] {
            plugs += &format!("link add br{net} type bridge mcast_snooping 0\n");
            for (number, host) in (1..).zip(&network.hosts) {
                plugs += &format!(
                    "link add port{net}{number} type veth peer name net{net} netns {host}\n\
                     link set port{net}{number} master br{net} up\n"
                );
            }
            plugs += &format!("link set br{net} up\n");
        }
        run("ip", &["-n", &network.bridges, "-batch", "-"], &plugs);
        for (number, host) in (1..).zip(&network.hosts) {
            let mut commands = "link set lo up\n".to_owned();
            for net in [1, 2] {
                // Without duplicate address detection, which takes a second. Without packets of
                // 64 KB, which no network has and a capture must have room for.
                commands += &format!(
                    "address add 10.0.{net}.{number}/24 dev net{net}\n\
                     address add fd00:{net}::{number}/64 dev net{net} nodad\n\
                     link set net{net} gso_max_size 3000 up\n"
                );
            }
            run("ip", &["-n", host, "-batch", "-"], &commands);
        }
        network
    }

    /// Runs something on a host; threads that it starts are there too.
    pub(crate) fn on<T: Send>(&self, host: usize, what: impl FnOnce() -> T + Send) -> T {
        let path = format!("/run/netns/{}", self.hosts[host - 1]);
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                let file = File::open(&path).unwrap();
                // SAFETY: setns only looks at the descriptor, which is open.
                let result = unsafe { libc::setns(file.as_raw_fd(), libc::CLONE_NEWNET) };
                assert_eq!(result, 0, "{path}: {}", std::io::Error::last_os_error());
                what()
            });
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Lets a network lose all, both ways, and nobody notice; or work again.
    pub(crate) fn silence(&self, net: usize, silent: bool) {
        let state = if silent { "down" } else { "up" };
        Self::set(&self.bridges, &format!("br{net} {state}"));
    }

    /// Unplugs a network at a host, or plugs it in.
    pub(crate) fn link(&self, host: usize, net: usize, up: bool) {
        let state = if up { "up" } else { "down" };
        Self::set(&self.hosts[host - 1], &format!("net{net} {state}"));
    }

    /// Captures a network at the cable of host 1.
    pub(crate) fn capture(&self, net: usize, file: &Path) -> Capture {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.bridges, "tcpdump"]);
        Capture::start(command, &format!("port{net}1"), file)
    }

    fn set(namespace: &str, what: &str) {
        let command = format!("link set {what}\n");
        run("ip", &["-n", namespace, "-batch", "-"], &command);
    }
}

/// A running capture of SCTP.
pub(crate) struct Capture {
    child: Child,
}

impl Capture {
    /// Starts tcpdump (Debian: tcpdump).
    pub(crate) fn start(mut tcpdump: Command, interface: &str, file: &Path) -> Self {
        let others = without_processes();
        let mut child = tcpdump
            .args(["--immediate-mode", "-U", "-B", "16384", "-s", "4000"])
            .args(["-i", interface, "-Z", "root", "-w"])
            .arg(file)
            .arg("sctp")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(others);
        let mut messages = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening on") {
            line.clear();
            assert!(messages.read_line(&mut line).unwrap() > 0, "no tcpdump");
        }
        Self { child }
    }

    /// Ends it, and writes down what it has not written yet.
    pub(crate) fn stop(mut self) {
        run("kill", &[&self.child.id().to_string()], "");
        self.child.wait().unwrap();
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for name in self.hosts.iter().chain([&self.bridges]) {
            run("ip", &["netns", "del", name], "");
        }
    }
}

/// While this is held no other process is started here. What is closed meanwhile is closed at
/// once: a process has a copy of all that is open from its start until it becomes its program.
pub(crate) fn without_processes() -> MutexGuard<'static, ()> {
    static PROCESSES: Mutex<()> = Mutex::new(());
    PROCESSES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a program to its end.
pub(crate) fn run(program: &str, arguments: &[&str], input: &str) {
    let _others = without_processes();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?} {input}: {errors}"
    );
}
