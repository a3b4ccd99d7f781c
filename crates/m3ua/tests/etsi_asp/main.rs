//! ETSI TS 102 381, the tests for an ASP.
//!
//! The tests are played octet by octet against an [`Asp`](trunkline_m3ua::asp::Asp) in virtual
//! time, each under its identifier. [`TESTS`] lists all of them, as does `ETSI-TS-102-381.md`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod aspsm;
mod asptm;
#[path = "../support/etsi.rs"]
mod etsi;
mod iut;
mod mtr;
mod rkm;
mod ssnm;
#[path = "../support/tlv.rs"]
mod tlv;

use etsi::{
    List, MessageTransfer, NetworkManagement, PASS, RoutingKeyManagement, Row, StateMaintenance,
    TrafficMaintenance,
};

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

const LIST: List = List {
    side: "ASP",
    counts: [9, 9, 6, 4, 8],
    tests: TESTS,
    sources: [
        include_str!("aspsm.rs"),
        include_str!("asptm.rs"),
        include_str!("mtr.rs"),
        include_str!("rkm.rs"),
        include_str!("ssnm.rs"),
    ],
};

#[test]
fn table_is_complete() {
    LIST.is_complete();
}

#[test]
fn what_passes_has_a_test_of_that_name() {
    LIST.is_played();
}

#[test]
fn document_lists_the_table() {
    LIST.is_documented();
}
