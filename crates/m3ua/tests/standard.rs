//! That the tables say what the text of RFC 4666 says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::path::Path;
use trunkline_m3ua::message_type::{MESSAGES, Presence};
use trunkline_m3ua::msg::UnavailabilityCause;
use trunkline_m3ua::param::{PARAMETERS, Tag};
use trunkline_m3ua::{DeregistrationStatus, ErrorCode, RegistrationStatus, Status, TrafficMode};

/// The lines of the standard, or `None` (loudly) if it is not here.
fn standard() -> Option<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/rfc/rfc4666.txt");
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let lines = text.lines().map(|line| line.trim().to_owned());
            let between_pages = |line: &String| {
                line.starts_with("Morneault & Pastor") || line.starts_with("RFC 4666  ")
            };
            Some(lines.filter(|line| !between_pages(line)).collect())
        }
        Err(error) => {
            eprintln!("NOT RUN: {}: {error}", path.display());
            None
        }
    }
}

/// The lines of a section, which the table of contents names too.
fn section<'a>(lines: &'a [String], number: &str) -> &'a [String] {
    let heading = |line: &String| {
        let rest = line.strip_prefix(number);
        rest.is_some_and(|rest| rest.starts_with(". ")) && !line.contains("....")
    };
    let start = lines.iter().position(heading).unwrap() + 1;
    // The next heading: a number of sections, then two blanks.
    let length = lines[start..].iter().position(|line| {
        let number = line.split(".  ").next().unwrap();
        let digits = number.split('.').all(|part| part.parse::<u8>().is_ok());
        digits && number.contains('.') && line.len() > number.len()
    });
    &lines[start..][..length.unwrap_or(lines.len() - start)]
}

/// The two columns of a line.
fn columns(line: &str) -> Option<(&str, &str)> {
    let (first, second) = line.split_once("  ")?;
    Some((first.trim(), second.trim()))
}

/// What a table of numbers and names lists, after the line that has `before`.
fn numbered(lines: &[String], before: &str) -> Vec<(u32, String)> {
    let start = lines.iter().position(|line| line.contains(before)).unwrap() + 1;
    let mut listed = Vec::new();
    for line in &lines[start..] {
        let row = columns(line).and_then(|(number, name)| {
            let hexadecimal = number.strip_prefix("0x");
            let number = match hexadecimal {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            Some((number, name.to_owned()))
        });
        match row {
            Some(row) => listed.push(row),
            // Prose ends the table, empty lines do not.
            None if line.is_empty() || listed.is_empty() => {}
            None => break,
        }
    }
    listed
}

/// Without what is neither letter nor digit, and in lower case.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_ascii_alphanumeric());
    letters.collect::<String>().to_ascii_lowercase()
}

#[test]
fn message_types_are_those_of_3_1_2() {
    let Some(lines) = standard() else { return };
    let lines = section(&lines, "3.1.2");
    let mut found = Vec::new();
    for (class, heading) in [
        (0, "Management (MGMT) Messages (see"),
        (1, "Transfer Messages (see"),
        (2, "SS7 Signalling Network Management (SSNM) Messages (see"),
        (3, "ASP State Maintenance (ASPSM) Messages (see"),
        (4, "ASP Traffic Maintenance (ASPTM) Messages (see"),
        (9, "Routing Key Management (RKM) Messages (see"),
    ] {
        for (code, name) in numbered(lines, heading) {
            // "Destination Unavailable (DUNA)"
            if let Some((_, short)) = name.rsplit_once('(') {
                found.push((class, code, plain(short)));
            }
        }
    }
    let ours: Vec<_> = MESSAGES
        .iter()
        .map(|row| (row.class, u32::from(row.code), plain(row.name)))
        .collect();
    assert_eq!(found, ours);
}

#[test]
fn tags_are_those_of_3_2() {
    let Some(lines) = standard() else { return };
    let mut found: Vec<(u16, String)> = Vec::new();
    for line in section(&lines, "3.2") {
        let Some((name, code)) = columns(line) else {
            continue;
        };
        if let Some(code) = code.strip_prefix("0x")
            && let Ok(code) = u16::from_str_radix(code, 16)
            && !["Reserved", "Not Used in M3UA"].contains(&name)
        {
            found.push((code, plain(name)));
        }
    }
    let ours: Vec<_> = PARAMETERS
        .iter()
        .map(|row| (row.code, plain(row.name)))
        .collect();
    assert_eq!(found, ours);
}

/// "Mandatory*" is mandatory for some error codes only.
const PRESENCES: [&str; 4] = ["Mandatory", "Mandatory*", "Conditional", "Optional"];

#[test]
fn messages_list_the_parameters_of_their_sections() {
    let Some(lines) = standard() else { return };
    for row in MESSAGES {
        let number = row.clause.strip_prefix("RFC 4666 ").unwrap();
        // The acknowledgement of a heartbeat refers to the heartbeat.
        let number = if number == "3.5.6" { "3.5.5" } else { number };
        let lines = section(&lines, number);
        let start = lines.iter().position(|line| {
            // 3.6.2 and 3.6.4 mark no list.
            line.contains("contains the following")
        });
        let mut found: Vec<(String, &str)> = Vec::new();
        for line in &lines[start.unwrap() + 1..] {
            match columns(line) {
                Some((name, presence)) if PRESENCES.contains(&presence) => {
                    found.push((plain(name), presence));
                }
                _ if found.is_empty() || line.is_empty() => {}
                _ => break,
            }
        }
        let ours: Vec<_> = row
            .parameters
            .iter()
            .map(|(tag, _)| plain(&tag.to_string()))
            .collect();
        let mut names: Vec<_> = found.iter().map(|(name, _)| name.clone()).collect();
        // The list of Error names the network appearance before the affected point code; the
        // drawing, whose order is ours, after it.
        if row.class == 0 && row.code == 0 {
            names.swap(2, 3);
        }
        assert_eq!(names, ours, "{}", row.name);
        for (name, presence) in found {
            let (_, own) = row
                .parameters
                .iter()
                .find(|(tag, _)| plain(&tag.to_string()) == name)
                .unwrap();
            assert_eq!(
                own.is_mandatory(),
                presence == "Mandatory",
                "{}: {name} is {presence}",
                row.name
            );
            // One or more of them, says the section.
            let repeated = lines
                .iter()
                .any(|line| plain(line).contains(&format!("oneormore{name}parameters")));
            assert_eq!(own.is_repeated(), repeated, "{}: {name}", row.name);
        }
    }
    // "One or more Routing Key parameters MAY be included", but the parameter is mandatory.
    let (tag, presence) = MESSAGES[MESSAGES.len() - 4].parameters[0];
    assert_eq!(
        (tag, presence),
        (Tag::RoutingKey, Presence::MandatoryRepeated)
    );
}

#[test]
fn codes_are_those_of_their_sections() {
    let Some(lines) = standard() else { return };
    let named = |number, before| -> Vec<(u32, String)> {
        let rows = numbered(section(&lines, number), before).into_iter();
        rows.filter(|(_, name)| !["Reserved", "Not Used in M3UA"].contains(&name.as_str()))
            .map(|(code, name)| (code, plain(&name)))
            .collect()
    };
    macro_rules! own {
        ($type:ident) => {
            $type::NAMED
                .iter()
                .map(|code| (u32::from(code.value()), plain(code.name())))
                .collect::<Vec<_>>()
        };
    }
    assert_eq!(named("3.8.1", "The Error parameter value"), own!(ErrorCode));
    assert_eq!(
        named("3.6.2", "Its values may be:"),
        own!(RegistrationStatus)
    );
    assert_eq!(
        named("3.6.4", "Its values may be:"),
        own!(DeregistrationStatus)
    );
    assert_eq!(named("3.7.1", "following table:"), own!(TrafficMode));
    assert_eq!(named("3.6.1", "The valid values for"), own!(TrafficMode));
    let causes = named("3.4.5", "recommendation is definitive.");
    assert_eq!(causes, own!(UnavailabilityCause));

    // "Application Server Inactive (AS-INACTIVE)", "ASP Failure"
    for (status_type, before) in [(1, "values are used:"), (2, "values are defined:")] {
        let mut count = 0;
        for (information, name) in named("3.8.2", before) {
            let status = Status::from_values(status_type, information as u16);
            let short = plain(&status.to_string());
            assert!(name.contains(&short), "{name} is not {status}");
            count += 1;
        }
        assert_eq!(count, 3);
    }
}
