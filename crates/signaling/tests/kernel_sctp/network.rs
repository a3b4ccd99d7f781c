//! Two hosts with two networks between them, as network namespaces.
#![allow(unsafe_code, reason = "setns, which nothing else can do")]

use std::fs::File;
use std::os::fd::AsRawFd;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Hosts 1 and 2 in the networks 10.0.1.0/24, 10.0.2.0/24, fd00:1::/64 and fd00:2::/64; each has
/// its number as the last part of its addresses. Network `n` is the interface `net<n>`.
pub(crate) struct Network {
    hosts: [String; 2],
}

impl Network {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("tl{}x{count}", std::process::id());
        let hosts = [format!("{prefix}h1"), format!("{prefix}h2")];
        let network = Self { hosts };
        for host in &network.hosts {
            run(&["ip", "netns", "add", host]);
            run(&["ip", "-n", host, "link", "set", "lo", "up"]);
        }
        for net in [1, 2] {
            let name = format!("net{net}");
            let [one, two] = &network.hosts;
            run(&[
                "ip", "-n", one, "link", "add", &name, "type", "veth", "peer", "name", &name,
                "netns", two,
            ]);
            for (number, host) in (1..).zip(&network.hosts) {
                for address in [
                    format!("10.0.{net}.{number}/24"),
                    format!("fd00:{net}::{number}/64"),
                ] {
                    // Without duplicate address detection, which takes a second.
                    let mut command = vec!["ip", "-n", host, "address", "add", &address];
                    command.extend(["dev", &name]);
                    if address.contains(':') {
                        command.push("nodad");
                    }
                    run(&command);
                }
                run(&["ip", "-n", host, "link", "set", &name, "up"]);
            }
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
        let name = format!("net{net}");
        for host in &self.hosts {
            let mut command = vec!["tc", "-n", host, "qdisc"];
            match silent {
                true => command.extend(["add", "dev", &name, "root", "netem", "loss", "100%"]),
                false => command.extend(["del", "dev", &name, "root"]),
            }
            run(&command);
        }
    }

    /// Unplugs a network at a host, or plugs it in.
    pub(crate) fn link(&self, host: usize, net: usize, up: bool) {
        let state = if up { "up" } else { "down" };
        let name = format!("net{net}");
        run(&[
            "ip",
            "-n",
            &self.hosts[host - 1],
            "link",
            "set",
            &name,
            state,
        ]);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for host in &self.hosts {
            let _ = Command::new("ip").args(["netns", "del", host]).status();
        }
    }
}

fn run(command: &[&str]) {
    let output = Command::new(command[0])
        .args(&command[1..])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}
