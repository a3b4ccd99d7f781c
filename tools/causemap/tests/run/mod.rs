//! Runs the binary.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs it with arguments and an input; the status, standard output and standard error.
pub(crate) fn causemap(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = command(arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // Written beside, lest both sides wait for the other to read.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causemap"));
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Its standard output; it must succeed and complain of nothing.
pub(crate) fn output(arguments: &[&str], input: &str) -> String {
    let (status, stdout, stderr) = causemap(arguments, input);
    assert_eq!((status, stderr.as_str()), (0, ""), "{arguments:?}");
    stdout
}

/// Its output as JSON lines.
pub(crate) fn json_lines(arguments: &[&str], input: &str) -> Vec<serde_json::Value> {
    let lines = output(arguments, input);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
