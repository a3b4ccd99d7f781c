//! The binary as people and scripts use it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so"
)]

mod run;

use run::{causemap, command, json_lines, output};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

const OVERRIDES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../config/causes.example.yaml"
);

#[test]
fn one_code_is_answered_in_one_line() {
    assert_eq!(
        output(&["isup", "17"], ""),
        "17 user busy: 486 Busy Here [RFC 3398 7.2.4.1, normal event]\n"
    );
    assert_eq!(
        output(&["sip", "404"], ""),
        "404 Not Found: 1 unallocated (unassigned) number, location beyond-interworking \
         [RFC 3398 8.2.6.1]\n"
    );
    let line = output(&["isup", "44"], "");
    assert!(
        line.contains("no response: repeat the attempt on another circuit"),
        "{line}"
    );
    let line = output(&["isup", "16"], "");
    assert!(
        line.contains("BYE or CANCEL; to a pending INVITE 480"),
        "{line}"
    );
    let line = output(&["sip", "407"], "");
    assert!(
        line.contains("authenticate first, else 21 call rejected"),
        "{line}"
    );
    let line = output(&["sip", "487"], "");
    assert!(line.contains("no cause"), "{line}");
}

#[test]
fn code_that_cannot_be_is_one_line_and_status_2() {
    for arguments in [
        &["isup", "0"][..],
        &["isup", "128"],
        &["isup", "busy"],
        &["sip", "200"],
        &["sip", "700"],
        &["sip", "4xx"],
        &["rel", "zz"],
        &["rel", "0500"],
        &["isup", "17", "--overrides", "/nonexistent"],
    ] {
        let (status, stdout, stderr) = causemap(arguments, "");
        assert_eq!((status, stdout.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(stderr.lines().count(), 1, "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("causemap: "), "{stderr}");
    }
    let (_, _, stderr) = causemap(&["isup", "128"], "");
    assert_eq!(
        stderr,
        "causemap: \"128\" is no cause: expected 1 to 127 (Q.850)\n"
    );
}

#[test]
fn codes_are_read_from_a_column_and_a_bad_one_costs_no_other() {
    let (status, stdout, stderr) = causemap(&["isup"], "17\r\n\n cause\n\"34\"\n");
    assert_eq!(status, 2);
    assert_eq!(
        stderr,
        "causemap: line 3: \"cause\" is no cause: expected 1 to 127 (Q.850)\n"
    );
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].starts_with("17 user busy: 486") && lines[1].starts_with("34 "),
        "{stdout}"
    );
    // One line each, also for a cause with exceptions.
    assert_eq!(output(&["isup"], "21\n22\n").lines().count(), 2);
    assert_eq!(output(&["sip"], "488\n503").lines().count(), 2);
    assert_eq!(
        output(&["rel"], "0c0200028491\n05000c0200028390\n")
            .lines()
            .count(),
        2
    );
    assert_eq!(output(&["isup"], ""), "");
}

#[test]
fn rel_is_decoded() {
    let line = output(&["rel", "05", "00", "0c", "02", "00", "02", "84", "91"], "");
    assert_eq!(
        line,
        "CIC 5: REL 17 user busy, location public-remote (RLN): 486 Busy Here \
         [RFC 3398 7.2.4.1, normal event]; Reason: Q.850;cause=17;text=\"user busy\";location=RLN\n"
    );
    let said = &json_lines(&["rel", "0C02 0002 8095", "--format", "json"], "")[0];
    assert_eq!(
        (&said["status"], &said["cic"]),
        (&603.into(), &serde_json::Value::Null)
    );
}

#[test]
fn formats_hold_the_same() {
    let said = &json_lines(&["isup", "34", "--format", "json"], "")[0];
    assert_eq!(said["status"], 503);
    assert_eq!(said["source"], "RFC 3398 7.2.4.1, resource unavailable");
    let csv = output(&["sip", "404", "--format", "csv"], "");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "direction,status,reason,condition,outcome,first,cause,name,location,reason_header,source"
    );
    assert!(
        lines[1].starts_with("sip-to-isup,404,Not Found,,cause,,1,"),
        "{csv}"
    );
    let table: serde_json::Value =
        serde_json::from_str(&output(&["table", "--format", "json"], "")).unwrap();
    assert!(table.as_array().unwrap().len() > 70);
    let csv = output(&["table", "--format", "csv"], "");
    // Two tables, each with its line of names.
    assert_eq!(csv.split("\n\n").count(), 2);
    for table in csv.split("\n\n") {
        let columns = table.lines().next().unwrap().split(',').count();
        assert!(
            table.lines().all(|line| line.split(',').count() >= columns),
            "{table}"
        );
    }
}

#[test]
fn diff_tells_where_profiles_differ() {
    assert_eq!(output(&["diff", "rfc3398", "rfc3398"], ""), "");
    let diff = output(&["diff", "rfc3398", "q1912.5"], "");
    assert!(
        diff.contains("isup-to-sip 18 no user responding: 408 Request Timeout -> 480 "),
        "{diff}"
    );
    assert!(
        diff.contains("sip-to-isup 480 Temporarily Unavailable: 18 no user responding"),
        "{diff}"
    );
    assert!(
        diff.contains("sip-to-isup CANCEL: 16 ") && !diff.contains("sip-to-isup BYE"),
        "{diff}"
    );
    // The same on both sides: not told.
    assert!(!diff.contains("isup-to-sip 17 "), "{diff}");
    let diff = output(
        &["diff", "rfc3398", "rfc3398", "--overrides", OVERRIDES],
        "",
    );
    assert!(
        diff.contains("isup-to-sip 20 subscriber absent: 480 "),
        "{diff}"
    );
    assert!(diff.contains("-> 404 Not Found"), "{diff}");
}

#[test]
fn overrides_go_before_the_tables() {
    let line = output(&["sip", "480", "--overrides", OVERRIDES], "");
    assert!(
        line.contains(": 20 subscriber absent") && line.contains("[override, line "),
        "{line}"
    );
    let line = output(
        &[
            "isup",
            "34",
            "--location",
            "transit",
            "--overrides",
            OVERRIDES,
        ],
        "",
    );
    assert!(
        line.contains("503 Service Unavailable, Retry-After: 10"),
        "{line}"
    );

    let path = std::env::temp_dir().join(format!("causemap-{}.yaml", std::process::id()));
    std::fs::write(&path, "isup_to_sip:\n- cause: 17\n  statsu: 486\n").unwrap();
    let path_text = path.to_str().unwrap();
    let (status, _, stderr) = causemap(&["isup", "17", "--overrides", path_text], "");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(status, 2);
    assert!(stderr.starts_with(&format!(
        "causemap: {path_text}: line 3: statsu: unknown key"
    )));
    assert_eq!(stderr.lines().count(), 1);
}

#[test]
fn profile_that_is_none_is_refused() {
    let (status, _, stderr) = causemap(&["table", "--profile", "q1912"], "");
    assert_eq!(status, 2);
    assert!(
        stderr.contains("expected rfc3398, q1912.5 or legacy-draft"),
        "{stderr}"
    );
}

#[test]
fn reader_that_has_seen_enough_is_no_error() {
    let mut child = command(&["isup"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // Ends early, by a broken pipe of our own, once the child is gone.
        while stdin.write_all(b"17\n").is_ok() {}
    });
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn help_has_examples_that_work() {
    let help = output(&["--help"], "");
    let examples: Vec<&str> = help
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("causemap "))
        .collect();
    assert!(examples.len() >= 6, "{help}");
    for example in examples.iter().filter(|line| !line.contains("causes.yaml")) {
        // The explanation stands behind two blanks.
        let arguments: Vec<&str> = example.split("  ").next().unwrap().split(' ').collect();
        assert!(!output(&arguments, "").is_empty(), "{example}");
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "measures a process")]
fn starts_in_under_ten_milliseconds() {
    // The quickest of several: what else runs on the machine is not its fault.
    let quickest = (0..20)
        .map(|_| {
            let start = Instant::now();
            output(&["isup", "17"], "");
            start.elapsed()
        })
        .min()
        .unwrap();
    assert!(quickest < Duration::from_millis(10), "{quickest:?}");
}
