//! A program that runs beside a test.

use super::{BETWEEN, now};
use core::time::Duration;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// A running program and what it has printed so far. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    output: Arc<Output>,
    readers: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Output {
    printed: Mutex<Printed>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Printed {
    lines: Vec<String>,
    /// Streams that have come to their end.
    ended: usize,
}

impl Process {
    /// Starts it, with nothing to read from.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(name: &str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {command:?}: {error}"));
        let output = Arc::new(Output::default());
        let stdout = child.stdout.take().expect("it is piped");
        let stderr = child.stderr.take().expect("it is piped");
        let readers = vec![
            follow(stdout, Arc::clone(&output)),
            follow(stderr, Arc::clone(&output)),
        ];
        Self {
            name: name.to_owned(),
            child,
            output,
            readers,
        }
    }

    /// Runs it to its end: its status and what it printed.
    ///
    /// # Panics
    /// If it takes longer than `limit`.
    pub fn run(name: &str, command: &mut Command, limit: Duration) -> (ExitStatus, Vec<String>) {
        let mut process = Self::start(name, command);
        let status = process.wait(limit);
        (status, process.lines())
    }

    /// The lines so far, of both streams.
    pub fn lines(&self) -> Vec<String> {
        self.printed().lines.clone()
    }

    /// Those with a text in them.
    pub fn lines_with(&self, text: &str) -> Vec<String> {
        let printed = self.printed();
        let with = printed.lines.iter().filter(|line| line.contains(text));
        with.cloned().collect()
    }

    /// Waits until `count` lines with that text have been printed.
    ///
    /// # Panics
    /// If that is not within `limit`, or the program ends before.
    pub fn until_printed(&self, text: &str, count: usize, limit: Duration) -> Vec<String> {
        let deadline = now() + limit;
        let mut printed = self.printed();
        loop {
            let with: Vec<String> = printed
                .lines
                .iter()
                .filter(|line| line.contains(text))
                .cloned()
                .collect();
            if with.len() >= count {
                return with;
            }
            let ended = printed.ended == self.readers.len();
            let left = deadline.saturating_duration_since(now());
            if ended || left.is_zero() {
                drop(printed);
                panic!(
                    "{}: {} of {count} lines with {text:?} {}",
                    self.name,
                    with.len(),
                    if ended { "when it ended" } else { "in time" }
                );
            }
            printed = self
                .output
                .changed
                .wait_timeout(printed, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(printed, _)| printed);
        }
    }

    /// Waits until it ends.
    ///
    /// # Panics
    /// If that takes longer than `limit`.
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let deadline = now() + limit;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => {}
                Err(error) => panic!("{}: {error}", self.name),
            }
            assert!(now() < deadline, "{} runs longer than {limit:?}", self.name);
            std::thread::sleep(BETWEEN);
        };
        for reader in self.readers.drain(..) {
            assert!(reader.join().is_ok(), "{}: output not read", self.name);
        }
        status
    }

    /// Asks it to end, by SIGTERM, and waits until it does.
    ///
    /// # Panics
    /// If that takes longer than `limit`.
    pub fn terminate(&mut self, limit: Duration) -> ExitStatus {
        self.signal_to_end();
        self.wait(limit)
    }

    /// Asks it to end, by SIGTERM.
    ///
    /// # Panics
    /// If the signal cannot be sent.
    pub fn signal_to_end(&self) {
        // The standard library sends none but SIGKILL.
        let status = Command::new("sh")
            .args(["-c", "kill -TERM \"$0\"", &self.child.id().to_string()])
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "{}: no SIGTERM",
            self.name
        );
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    fn printed(&self) -> MutexGuard<'_, Printed> {
        let printed = self.output.printed.lock();
        printed.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let printed = self.printed();
            let first = printed.lines.len().saturating_sub(SHOWN);
            eprintln!("--- the last lines of {}", self.name);
            for line in &printed.lines[first..] {
                eprintln!("    {line}");
            }
        }
    }
}

/// Lines that are shown of a program when a test fails.
const SHOWN: usize = 60;

/// Lines that are kept of one stream: none of the programs prints as many.
const KEPT: usize = 100_000;

fn follow(stream: impl Read + Send + 'static, output: Arc<Output>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        loop {
            line.clear();
            // An error ends the stream as its end does.
            let more = reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0);
            let printed = output.printed.lock();
            let mut printed = printed.unwrap_or_else(PoisonError::into_inner);
            if !more {
                printed.ended += 1;
                output.changed.notify_all();
                return;
            }
            if printed.lines.len() < KEPT {
                let text = String::from_utf8_lossy(&line);
                printed.lines.push(text.trim_end().to_owned());
                output.changed.notify_all();
            }
        }
    })
}
