//! Every row of the published tables, read from the published texts, against what the binary says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so"
)]

mod run;

use run::{json_lines, output};
use std::collections::BTreeMap;
use std::path::Path;

/// A text that the tables were made from; `None`, loudly, if it is not there.
fn shared(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("NOT RUN: {} cannot be read: {error}", path.display());
            None
        }
    }
}

/// The lines between two headings of an RFC; the first heading is the last one of that text, since
/// the table of contents has it too.
fn section<'a>(rfc: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    let lines: Vec<&str> = rfc.lines().collect();
    let start = lines
        .iter()
        .rposition(|line| line.starts_with(from))
        .expect(from);
    let end = lines[start..]
        .iter()
        .position(|line| line.starts_with(to))
        .expect(to);
    lines[start..start + end].to_vec()
}

/// A row of a table of RFC 3398: a number, words, at least two blanks, and the rest.
fn row(line: &str) -> Option<(u16, &str, &str)> {
    let line = line.strip_prefix("   ")?;
    let (number, rest) = line.split_once(' ')?;
    let number = number.parse().ok()?;
    let (words, answer) = rest.trim_start().split_once("  ")?;
    Some((number, words, answer.trim_start()))
}

fn first_number(text: &str) -> Option<u16> {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|part| !part.is_empty())?
        .parse()
        .ok()
}

/// What each cause from 1 to 127 becomes: the status if it is a response.
fn statuses(arguments: &[&str]) -> BTreeMap<u16, Option<u16>> {
    let all: String = (1..=127).map(|cause| format!("{cause}\n")).collect();
    let arguments = [&["isup", "--format", "json"], arguments].concat();
    let rows = json_lines(&arguments, &all);
    assert_eq!(rows.len(), 127);
    let number = |value: &serde_json::Value| value.as_u64().map(|n| u16::try_from(n).unwrap());
    rows.iter()
        .map(|row| (number(&row["cause"]).unwrap(), number(&row["status"])))
        .collect()
}

/// What each status from 300 to 699 becomes.
fn causes(arguments: &[&str]) -> BTreeMap<u16, serde_json::Value> {
    let all: String = (300..700).map(|status| format!("{status}\n")).collect();
    let arguments = [&["sip", "--format", "json"], arguments].concat();
    let rows = json_lines(&arguments, &all);
    assert_eq!(rows.len(), 400);
    (300..700).zip(rows).collect()
}

/// ISUP to SIP of RFC 3398 7.2.4.1: the cause, whether a diagnostic is needed, the status.
fn rfc3398_isup(rfc: &str) -> Vec<(u16, bool, Option<u16>)> {
    let rows: Vec<_> = section(rfc, "7.2.4.1", "7.2.5")
        .into_iter()
        .filter_map(row)
        .map(|(cause, words, answer)| {
            let status = if answer.starts_with("---") {
                None
            } else {
                first_number(answer)
            };
            (cause, words.contains("w/ diagnostic"), status)
        })
        .collect();
    assert_eq!(rows.len(), 33, "rows in RFC 3398 7.2.4.1");
    rows
}

#[test]
fn every_row_of_rfc_3398_from_isup_to_sip() {
    let Some(rfc) = shared("rfc/rfc3398.txt") else {
        return;
    };
    let mut statuses = statuses(&[]);
    for (cause, diagnostic, status) in rfc3398_isup(&rfc) {
        if diagnostic {
            let cause = cause.to_string();
            let line = output(&["isup", &cause, "--new-number", "+4930123"], "");
            assert!(line.contains(&status.unwrap().to_string()), "{line}");
            assert!(line.contains("Contact: <tel:+4930123>"), "{line}");
        } else {
            assert_eq!(statuses.remove(&cause), Some(status), "cause {cause}");
        }
    }
    // "effectively, the cause code is untranslatable"
    assert_eq!(statuses.remove(&44), Some(None));
    // "the default response '500 Server internal error' SHOULD be used"
    for (cause, status) in statuses {
        assert_eq!(status, Some(500), "cause {cause}");
    }
}

#[test]
fn user_who_rejects_gives_603() {
    // RFC 3398 7.2.4.1, note (+)
    let line = output(&["isup", "21", "--location", "user"], "");
    assert!(line.contains("603 Decline"), "{line}");
    for location in ["public-local", "TN", "10", "LOC-15"] {
        let line = output(&["isup", "21", "--location", location], "");
        assert!(line.contains("403 Forbidden"), "{line}");
    }
}

#[test]
fn every_row_of_rfc_3398_from_sip_to_isup() {
    let Some(rfc) = shared("rfc/rfc3398.txt") else {
        return;
    };
    let lines = section(&rfc, "8.2.6.1", "8.2.7");
    let rows: Vec<_> = lines.into_iter().filter_map(row).collect();
    assert_eq!(rows.len(), 37, "rows in RFC 3398 8.2.6.1");
    let mut causes = causes(&[]);
    let mut whole_table = output(&["table", "sip"], "");
    whole_table.make_ascii_lowercase();
    for (mut status, words, answer) in rows {
        if words == "Version Not Supported" {
            // A misprint of the RFC.
            status = 505;
        }
        let said = causes.remove(&status).unwrap();
        let remedy = said["first"].as_str();
        match answer.split_whitespace().next().unwrap() {
            "---" if answer.contains("no mapping") => assert_eq!(said["outcome"], "none"),
            "---" => {
                assert!(answer.contains("by Warning header"), "{answer}");
                assert_eq!(said["cause"], 31, "{status}");
                let status = status.to_string();
                let warned = output(&["sip", &status, "--warning", "304"], "");
                assert!(warned.contains(": 65 bearer"), "{warned}");
            }
            cause => {
                assert_eq!(
                    said["cause"],
                    cause.parse::<u16>().unwrap(),
                    "status {status}"
                );
                let words = format!("{answer} {words}");
                if words.contains("(*)") {
                    assert_eq!(remedy, Some("authenticate"), "{status}");
                } else if words.contains("(+)") {
                    assert_eq!(remedy, Some("mend and retry"), "{status}");
                }
            }
        }
        let user = if status >= 600 {
            "user"
        } else {
            "beyond-interworking"
        };
        assert_eq!(said["location"], user, "{status}");
        assert!(
            whole_table.contains(&format!("\n{status} ")) || status == 400,
            "{status}"
        );
    }
    // "Any SIP status codes not listed below ... should be mapping to cause code 31"
    for (status, said) in causes {
        assert_eq!(said["cause"], 31, "status {status}");
    }
    let table = output(&["table", "sip"], "");
    assert!(
        table.contains("BYE request: 16 ") && table.contains("CANCEL request: 16 "),
        "{table}"
    );
}

/// `1`, `2, 3` and `38 to 47`.
fn codes(cell: &str) -> Vec<u16> {
    let mut codes = Vec::new();
    for part in cell.split(',') {
        match part.split_once(" to ") {
            Some((first, last)) => {
                codes.extend(first_number(first).unwrap()..=first_number(last).unwrap());
            }
            None => codes.extend(first_number(part)),
        }
    }
    codes
}

#[test]
fn every_row_of_q1912_5() {
    let Some(tables) = shared("spec/cause-tables.md") else {
        return;
    };
    let start = tables
        .find("| SIP | cause |")
        .expect("the table of q1912.5");
    let profile = ["--profile", "q1912.5"];
    let causes = causes(&profile);
    let mut statuses = statuses(&profile);
    let table = output(&["table", "--profile", "q1912.5"], "");
    let mut others = causes.clone();
    let mut rows = 0;
    let lines = tables[start..]
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    for line in lines {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [sip, cause, _, isup, status] = cells[..] else {
            panic!("{line}")
        };
        rows += 1;
        match sip {
            "" => {}
            "BYE" | "CANCEL" => {
                assert!(
                    table.contains(&format!("\n{sip} request: {cause} ")),
                    "{table}"
                );
            }
            "all others" => {
                others.retain(|status, _| *status >= 400);
                for said in others.values() {
                    assert_eq!(said["cause"], cause.parse::<u16>().unwrap(), "{said}");
                }
            }
            sip => {
                for status in codes(sip) {
                    let said = others.remove(&status).unwrap();
                    if cause.starts_with("none") {
                        assert_eq!(said["first"], "retry", "{status}");
                    } else {
                        assert_eq!(said["cause"], cause.parse::<u16>().unwrap(), "{status}");
                    }
                    assert_eq!(said["location"], "beyond-interworking", "{status}");
                }
            }
        }
        for cause in codes(isup) {
            // "486 if CCBS is possible, else 480"
            let usual = status.split("else ").last().unwrap();
            assert_eq!(
                statuses.remove(&cause),
                Some(first_number(usual)),
                "cause {cause}"
            );
        }
    }
    assert!(rows >= 20, "{rows} rows");
    let line = output(&["isup", "34", "--ccbs", "--profile", "q1912.5"], "");
    assert!(line.contains("486 Busy Here"), "{line}");
    let line = output(
        &["isup", "21", "--location", "user", "--profile", "q1912.5"],
        "",
    );
    assert!(line.contains("603 Decline"), "{line}");
    // "keep each row overridable and say so in `causemap table`"
    assert!(
        table.contains("override") && table.contains("working knowledge"),
        "{table}"
    );
}

#[test]
fn every_difference_of_the_legacy_draft() {
    let (Some(tables), Some(rfc)) = (shared("spec/cause-tables.md"), shared("rfc/rfc3398.txt"))
    else {
        return;
    };
    let text = tables
        .split("## Profile `legacy-draft`")
        .nth(1)
        .expect("legacy-draft");
    let text = text
        .split("It differs from RFC 3398 in:")
        .nth(1)
        .expect("the differences");
    let (differences, rest) = text
        .split_once("; and has no rows for")
        .expect("missing rows");
    let mut expected: BTreeMap<u16, Option<u16>> = rfc3398_isup(&rfc)
        .into_iter()
        .filter(|(_, diagnostic, _)| !diagnostic)
        .map(|(cause, _, status)| (cause, status))
        .collect();
    for difference in differences.split(';') {
        match difference.split_once(" to ") {
            Some((causes, status)) => {
                for cause in codes(causes) {
                    expected.insert(cause, first_number(status));
                }
            }
            None => {
                assert!(difference.contains("none"), "{difference}");
                expected.insert(first_number(difference).unwrap(), None);
            }
        }
    }
    for cause in codes(rest.split('.').next().unwrap()) {
        expected.remove(&cause).unwrap();
    }
    for (cause, status) in statuses(&["--profile", "legacy-draft"]) {
        let expected = expected.get(&cause).copied().unwrap_or(Some(500));
        assert_eq!(status, expected, "cause {cause}");
    }
}

#[test]
fn every_chain_through_gateways() {
    let Some(tables) = shared("spec/cause-tables.md") else {
        return;
    };
    let line = tables
        .lines()
        .find(|line| line.contains("Chains to test:"))
        .expect("the chains");
    let chains = line
        .split("Chains to test:")
        .nth(1)
        .unwrap()
        .trim_end_matches('.');
    let mut count = 0;
    for chain in chains.split(';') {
        let codes: Vec<u16> = chain
            .split(" to ")
            .map(|code| first_number(code).unwrap())
            .collect();
        for step in codes.windows(2) {
            let code = step[0].to_string();
            let (direction, key) = if step[0] >= 300 {
                ("sip", "cause")
            } else {
                ("isup", "status")
            };
            let said = json_lines(&[direction, "--format", "json"], &code);
            assert_eq!(said[0][key], step[1], "{chain}: {}", said[0]);
        }
        count += 1;
    }
    assert!(count >= 6, "{count} chains");
}
