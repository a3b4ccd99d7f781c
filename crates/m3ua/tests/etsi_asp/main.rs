//! ETSI TS 102 381, the tests for an ASP.
//!
//! The tests are played octet by octet against an [`Asp`](trunkline_m3ua::asp::Asp) in virtual
//! time, each under its identifier. [`TESTS`] lists all of them, as does `ETSI-TS-102-381.md`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod aspsm;
mod asptm;
mod iut;
mod mtr;
mod rkm;
mod ssnm;
#[path = "../support/tlv.rs"]
mod tlv;

/// What a test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    StateMaintenance,
    TrafficMaintenance,
    MessageTransfer,
    RoutingKeyManagement,
    NetworkManagement,
}

use Group::{
    MessageTransfer, NetworkManagement, RoutingKeyManagement, StateMaintenance, TrafficMaintenance,
};

impl Group {
    const ALL: [(Self, &'static str, usize); 5] = [
        (StateMaintenance, "state maintenance", 9),
        (TrafficMaintenance, "traffic maintenance", 9),
        (MessageTransfer, "message transfer", 6),
        (RoutingKeyManagement, "routing key management", 4),
        (NetworkManagement, "network management", 8),
    ];

    fn name(self) -> &'static str {
        let row = Self::ALL.iter().find(|(group, ..)| *group == self);
        row.unwrap().1
    }

    fn count(self) -> usize {
        let row = Self::ALL.iter().find(|(group, ..)| *group == self);
        row.unwrap().2
    }
}

/// What becomes of a test that is played; of another it would be "does not apply" and why.
const PASS: &str = "pass";

/// One test: its identifier, its group, what it shows, and what became of it.
type Row = (&'static str, Group, &'static str, &'static str);

#[rustfmt::skip]
const TESTS: &[Row] = &[
    ("m3ua-asp-aspsm-v-002", StateMaintenance, "ASPUP has version 1", PASS),
    ("m3ua-asp-aspsm-v-005", StateMaintenance, "ASPDN of an inactive ASP has version 1", PASS),
    ("m3ua-asp-aspsm-v-005-alternate", StateMaintenance, "ASPIA and ASPDN of an active ASP have version 1", PASS),
    ("m3ua-asp-aspsm-i-001", StateMaintenance, "ASPUP_ACK of another version is refused with Invalid Version", PASS),
    ("m3ua-asp-aspsm-i-002", StateMaintenance, "ASPDN_ACK of another version is refused with Invalid Version, after inactive", PASS),
    ("m3ua-asp-aspsm-i-002-alternate", StateMaintenance, "ASPDN_ACK of another version is refused with Invalid Version, after active", PASS),
    ("m3ua-asp-aspsm-i-003", StateMaintenance, "an ASPSM type that is not defined is refused with Unsupported Message Type", PASS),
    ("m3ua-asp-aspsm-o-001", StateMaintenance, "ASPDN_ACK as the answer to ASPUP does not lead to ASPAC", PASS),
    ("m3ua-asp-aspsm-o-002", StateMaintenance, "ASPAC_ACK as the answer to ASPUP does not lead to DATA", PASS),
    ("m3ua-asp-asptm-v-001", TrafficMaintenance, "ASPAC asks for the configured routing context and traffic mode", PASS),
    ("m3ua-asp-asptm-v-002", TrafficMaintenance, "ASPAC has version 1", PASS),
    ("m3ua-asp-asptm-v-005", TrafficMaintenance, "ASPIA has version 1", PASS),
    ("m3ua-asp-asptm-v-007", TrafficMaintenance, "BEAT with much data is answered with BEAT_ACK", PASS),
    ("m3ua-asp-asptm-v-008", TrafficMaintenance, "BEAT_ACK returns the data of BEAT unchanged", PASS),
    ("m3ua-asp-asptm-i-001", TrafficMaintenance, "ASPAC_ACK of another version is refused with Invalid Version", PASS),
    ("m3ua-asp-asptm-i-002", TrafficMaintenance, "ASPIA_ACK of another version is refused with Invalid Version", PASS),
    ("m3ua-asp-asptm-i-003", TrafficMaintenance, "an ASPTM type that is not defined is refused with Unsupported Message Type", PASS),
    ("m3ua-asp-asptm-o-001", TrafficMaintenance, "ASPUP_ACK as the answer to ASPAC does not lead to DATA", PASS),
    ("m3ua-asp-mtr-v-001", MessageTransfer, "DATA has the routing context", PASS),
    ("m3ua-asp-mtr-v-002", MessageTransfer, "DATA has the protocol data of the MTP user", PASS),
    ("m3ua-asp-mtr-v-003", MessageTransfer, "DATA goes on a stream other than 0, the same for one signaling link selection", PASS),
    ("m3ua-asp-mtr-i-001", MessageTransfer, "DATA of another version is refused with Invalid Version", PASS),
    ("m3ua-asp-mtr-i-002", MessageTransfer, "a message class that is not defined is refused with Unsupported Message Class", PASS),
    ("m3ua-asp-mtr-i-003", MessageTransfer, "a transfer type that is not defined is refused with Unsupported Message Type", PASS),
    ("m3ua-asp-rkm-v-002", RoutingKeyManagement, "REG_REQ has a valid routing key", PASS),
    ("m3ua-asp-rkm-v-003", RoutingKeyManagement, "DEREG_REQ is sent on the way out of service", PASS),
    ("m3ua-asp-rkm-v-004", RoutingKeyManagement, "DEREG_REQ has the routing context that was assigned", PASS),
    ("m3ua-asp-rkm-i-001", RoutingKeyManagement, "an RKM type that is not defined is refused with Unsupported Message Type", PASS),
    ("m3ua-asp-ssnm-001", NetworkManagement, "DUNA of one destination is told, and the destination audited", PASS),
    ("m3ua-asp-ssnm-002", NetworkManagement, "DUNA of all destinations is told, and they are audited", PASS),
    ("m3ua-asp-ssnm-003", NetworkManagement, "DRST of one destination is told, and the destination audited", PASS),
    ("m3ua-asp-ssnm-004", NetworkManagement, "DRST of all destinations is told, and they are audited", PASS),
    ("m3ua-asp-ssnm-005", NetworkManagement, "SCON of one destination is told, and the destination audited", PASS),
    ("m3ua-asp-ssnm-006", NetworkManagement, "SCON of all destinations is told, and they are audited", PASS),
    ("m3ua-asp-ssnm-007", NetworkManagement, "DUPU is told, and the destination can be audited", PASS),
    ("m3ua-asp-ssnm-008", NetworkManagement, "DUPU with a mask is refused with Invalid Parameter Value", PASS),
];

/// The files that the tests are in.
const SOURCES: [&str; 5] = [
    include_str!("aspsm.rs"),
    include_str!("asptm.rs"),
    include_str!("mtr.rs"),
    include_str!("rkm.rs"),
    include_str!("ssnm.rs"),
];

/// Every identifier that a test function has.
fn tested() -> Vec<String> {
    let lines = SOURCES.iter().flat_map(|source| source.lines());
    let mut attribute = false;
    let mut found = Vec::new();
    for line in lines {
        if attribute && let Some(rest) = line.strip_prefix("fn m3ua_asp_") {
            let name = rest.split_once('(').unwrap().0;
            found.push(format!("m3ua-asp-{}", name.replace('_', "-")));
        }
        attribute = line == "#[test]";
    }
    found
}

#[test]
fn table_is_complete() {
    for (group, name, count) in Group::ALL {
        let of_group = TESTS.iter().filter(|row| row.1 == group).count();
        assert_eq!(of_group, count, "{name}");
        assert_eq!(group.count(), count);
    }
    assert_eq!(TESTS.len(), 36);
    let mut identifiers: Vec<&str> = TESTS.iter().map(|row| row.0).collect();
    identifiers.sort_unstable();
    identifiers.dedup();
    assert_eq!(identifiers.len(), TESTS.len(), "one is there twice");
}

#[test]
fn what_passes_has_a_test_of_that_name() {
    let mut passed: Vec<String> = TESTS
        .iter()
        .filter(|row| row.3 == PASS)
        .map(|row| row.0.to_owned())
        .collect();
    let mut tested = tested();
    passed.sort_unstable();
    tested.sort_unstable();
    assert_eq!(tested, passed);
}

#[test]
fn document_lists_the_table() {
    let document = include_str!("../../ETSI-TS-102-381.md");
    let section = document.split("\n## ").find(|s| s.starts_with("ASP\n"));
    let rows = section
        .unwrap()
        .lines()
        .filter(|l| l.starts_with("| m3ua-"));
    let table = TESTS.iter().map(|(identifier, group, title, verdict)| {
        let group = group.name();
        format!("| {identifier} | {group} | {title} | {verdict} |")
    });
    assert_eq!(rows.collect::<Vec<_>>(), table.collect::<Vec<_>>());
}
