//! ETSI TS 102 381, the tests for an SGP.
//!
//! The tests are played octet by octet against an [`Sgp`](trunkline_m3ua::sgp::Sgp) in virtual
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

/// RFC 4666 3.6.1 has no circuit range any more.
const NO_CIRCUIT_RANGE: &str = "does not apply: the circuit range is a parameter of RFC 3332, and \
    RFC 4666 has none in a routing key that is not supported";

#[rustfmt::skip]
const TESTS: &[Row] = &[
    ("m3ua-sgp-aspsm-v-001", StateMaintenance, "ASPUP is acknowledged", PASS),
    ("m3ua-sgp-aspsm-v-003", StateMaintenance, "the first ASPUP of an AS is followed by NTFY AS-INACTIVE after its acknowledgement", PASS),
    ("m3ua-sgp-aspsm-v-005", StateMaintenance, "ASPDN is acknowledged", PASS),
    ("m3ua-sgp-aspsm-v-009", StateMaintenance, "ASPUP of a blocked ASP is refused with Refused - Management Blocking", PASS),
    ("m3ua-sgp-aspsm-i-001", StateMaintenance, "ASPUP of another version is refused with Invalid Version", PASS),
    ("m3ua-sgp-aspsm-i-002", StateMaintenance, "an ASPSM type that is not defined is refused with Unsupported Message Type, from an ASP that is down", PASS),
    ("m3ua-sgp-aspsm-i-003", StateMaintenance, "ASPAC before ASPUP is refused with Unexpected Message", PASS),
    ("m3ua-sgp-aspsm-i-004", StateMaintenance, "an ASPSM type that is not defined is refused with Unsupported Message Type, from an ASP that is inactive", PASS),
    ("m3ua-sgp-aspsm-o-001", StateMaintenance, "ASPUP of an inactive ASP is acknowledged again", PASS),
    ("m3ua-sgp-aspsm-o-003", StateMaintenance, "ASPUP of an active ASP is answered with Unexpected Message and ASPUP_ACK, and makes its AS pending (RFC 4666 4.3.2) and then inactive", PASS),
    ("m3ua-sgp-aspsm-o-004", StateMaintenance, "ASPDN of an ASP that is down is acknowledged", PASS),
    ("m3ua-sgp-asptm-v-001", TrafficMaintenance, "ASPAC is acknowledged", PASS),
    ("m3ua-sgp-asptm-v-003", TrafficMaintenance, "the first ASPAC of an AS is followed by NTFY AS-ACTIVE after its acknowledgement", PASS),
    ("m3ua-sgp-asptm-v-005", TrafficMaintenance, "ASPAC_ACK has the routing context of ASPAC", PASS),
    ("m3ua-sgp-asptm-v-006", TrafficMaintenance, "ASPIA is acknowledged", PASS),
    ("m3ua-sgp-asptm-v-008", TrafficMaintenance, "ASPIA of the last active ASP is followed by NTFY AS-PENDING after its acknowledgement", PASS),
    ("m3ua-sgp-asptm-v-010", TrafficMaintenance, "BEAT is answered with BEAT_ACK", PASS),
    ("m3ua-sgp-asptm-v-011", TrafficMaintenance, "BEAT_ACK returns the data of BEAT unchanged", PASS),
    ("m3ua-sgp-asptm-v-013", TrafficMaintenance, "ASPs that are inactive are told when too few are active", PASS),
    ("m3ua-sgp-asptm-v-014", TrafficMaintenance, "an ASP that is overridden gets NTFY alternate ASP active", PASS),
    ("m3ua-sgp-asptm-v-015", TrafficMaintenance, "NTFY alternate ASP active has the identifier of the other ASP", PASS),
    ("m3ua-sgp-asptm-i-001", TrafficMaintenance, "ASPAC of another version is refused with Invalid Version", PASS),
    ("m3ua-sgp-asptm-i-003", TrafficMaintenance, "ASPAC in another mode than that of the AS is refused with Unsupported Traffic Mode Type", PASS),
    ("m3ua-sgp-asptm-i-004", TrafficMaintenance, "ASPAC in a mode that is not defined is refused with Unsupported Traffic Mode Type", PASS),
    ("m3ua-sgp-asptm-i-005", TrafficMaintenance, "ASPAC with a routing context of no AS is refused, with the error that RFC 4666 4.3.4.3 has for it: No Configured AS for ASP", PASS),
    ("m3ua-sgp-asptm-i-006", TrafficMaintenance, "an ASPTM type that is not defined is refused with Unsupported Message Type, from an ASP that is inactive", PASS),
    ("m3ua-sgp-asptm-i-008", TrafficMaintenance, "an ASPTM type that is not defined is refused with Unsupported Message Type, from an ASP that is active", PASS),
    ("m3ua-sgp-asptm-i-009", TrafficMaintenance, "loss of the association of an ASP is told to the others with NTFY ASP failure", PASS),
    ("m3ua-sgp-asptm-i-010", TrafficMaintenance, "ASPIA with a parameter that is not its own is acknowledged", PASS),
    ("m3ua-sgp-asptm-o-001", TrafficMaintenance, "ASPAC of an active ASP is acknowledged again", PASS),
    ("m3ua-sgp-asptm-o-003", TrafficMaintenance, "ASPIA of an inactive ASP is acknowledged again", PASS),
    ("m3ua-sgp-mtr-v-001", MessageTransfer, "DATA to an ASP of several ASs has the routing context", PASS),
    ("m3ua-sgp-mtr-v-002", MessageTransfer, "DATA has the protocol data of the network, and is refused with Missing Parameter if it comes without", PASS),
    ("m3ua-sgp-mtr-v-003", MessageTransfer, "DATA goes on a stream other than 0, and is refused with Invalid Stream Identifier if it comes on that", PASS),
    ("m3ua-sgp-mtr-v-004", MessageTransfer, "DATA of one signaling link selection goes on one stream", PASS),
    ("m3ua-sgp-mtr-i-001", MessageTransfer, "DATA of another version is refused with Invalid Version", PASS),
    ("m3ua-sgp-mtr-i-002", MessageTransfer, "a message class that is not defined is refused with Unsupported Message Class", PASS),
    ("m3ua-sgp-mtr-i-003", MessageTransfer, "a transfer type that is not defined is refused with Unsupported Message Type", PASS),
    ("m3ua-sgp-rkm-v-001", RoutingKeyManagement, "a new routing key is registered with a routing context of its own", PASS),
    ("m3ua-sgp-rkm-v-002", RoutingKeyManagement, "a configured routing key is registered with its routing context", PASS),
    ("m3ua-sgp-rkm-v-003", RoutingKeyManagement, "a registered routing key is deregistered", PASS),
    ("m3ua-sgp-rkm-v-004", RoutingKeyManagement, "REG_REQ where registration is not offered is refused with Unsupported Message Class", PASS),
    ("m3ua-sgp-rkm-i-003", RoutingKeyManagement, "a routing key with an invalid service indicator is refused with Invalid Routing Key; one without destination point code is refused with Missing Parameter", PASS),
    ("m3ua-sgp-rkm-i-004", RoutingKeyManagement, "a routing key with an invalid destination point code is refused with Invalid DPC", PASS),
    ("m3ua-sgp-rkm-i-005", RoutingKeyManagement, "a routing key with another network appearance is refused with Invalid Network Appearance", PASS),
    ("m3ua-sgp-rkm-i-006", RoutingKeyManagement, "a routing key that overlaps another is refused with Cannot Support Unique Routing; the same again with Routing Key Already Registered (RFC 4666 4.4.1)", PASS),
    ("m3ua-sgp-rkm-i-007", RoutingKeyManagement, "a routing key that the ASP may not have is refused with Permission Denied", PASS),
    ("m3ua-sgp-rkm-i-008", RoutingKeyManagement, "a new routing key where there are only configured ones is refused with Routing Key not Currently Provisioned", PASS),
    ("m3ua-sgp-rkm-i-009", RoutingKeyManagement, "one routing key too many is refused with Insufficient Resources", PASS),
    ("m3ua-sgp-rkm-i-010", RoutingKeyManagement, "a routing key with a circuit range is refused with Unsupported RK Parameter Field", NO_CIRCUIT_RANGE),
    ("m3ua-sgp-rkm-i-011", RoutingKeyManagement, "a routing key of an override AS is refused in loadshare mode", PASS),
    ("m3ua-sgp-rkm-i-012", RoutingKeyManagement, "a routing key of an override AS is refused in broadcast mode", PASS),
    ("m3ua-sgp-rkm-i-013", RoutingKeyManagement, "a routing key in a mode that is not defined is refused with Unsupported/Invalid Traffic Handling Mode", PASS),
    ("m3ua-sgp-rkm-i-014", RoutingKeyManagement, "a routing key of a loadshare AS is refused in override mode", PASS),
    ("m3ua-sgp-rkm-i-015", RoutingKeyManagement, "a routing key of a loadshare AS is refused in broadcast mode", PASS),
    ("m3ua-sgp-rkm-i-017", RoutingKeyManagement, "a routing key of a broadcast AS is refused in override mode", PASS),
    ("m3ua-sgp-rkm-i-018", RoutingKeyManagement, "a routing key of a broadcast AS is refused in loadshare mode", PASS),
    ("m3ua-sgp-rkm-i-020", RoutingKeyManagement, "DEREG_REQ for what the ASP has not registered is refused with Not Registered, for what does not exist with Invalid Routing Context", PASS),
    ("m3ua-sgp-rkm-i-021", RoutingKeyManagement, "DEREG_REQ for what is configured is refused with Permission Denied", PASS),
    ("m3ua-sgp-rkm-i-022", RoutingKeyManagement, "DEREG_REQ of an active ASP is refused with ASP Currently Active for Routing Context", PASS),
    ("m3ua-sgp-rkm-i-023", RoutingKeyManagement, "an RKM type that is not defined is refused with Unsupported Message Type", PASS),
    ("m3ua-sgp-ssnm-001", NetworkManagement, "DAUD of a congested destination is answered with SCON", PASS),
    ("m3ua-sgp-ssnm-002", NetworkManagement, "DAUD of a restricted destination is answered with DRST", PASS),
    ("m3ua-sgp-ssnm-003", NetworkManagement, "DAUD of an unavailable destination is answered with DUNA", PASS),
    ("m3ua-sgp-ssnm-004", NetworkManagement, "DAUD of an available destination is answered with DAVA, DAUD of all with what each is", PASS),
];

const LIST: List = List {
    side: "SGP",
    counts: [11, 20, 7, 23, 4],
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
