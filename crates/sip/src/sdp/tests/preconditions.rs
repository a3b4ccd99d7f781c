//! RFC 3312 13, the examples, and the rules of RFC 3312 5 to 7 and RFC 4032 4.

use crate::sdp::*;

const MANDATORY: Strength = Strength::Mandatory;

fn attributes(lines: &[&str]) -> Attributes {
    lines
        .iter()
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            Attribute::value(name, value)
        })
        .collect()
}

/// As the calling side writes it.
fn written(table: &StatusTable) -> Vec<String> {
    lines(table, false)
}

/// As the called side writes it.
fn written_by_called(table: &StatusTable) -> Vec<String> {
    lines(table, true)
}

fn lines(table: &StatusTable, is_called: bool) -> Vec<String> {
    let mut attributes = attributes(&["curr:qos e2e send", "conf:qos e2e send"]);
    table.write(&mut attributes);
    if is_called {
        table.write_confirm(&mut attributes);
    }
    attributes
        .iter()
        .map(|attribute| attribute.text().to_string())
        .collect()
}

fn of_peer(lines: &[&str]) -> StatusTable {
    StatusTable::of_peer(&attributes(lines)).unwrap()
}

fn end_to_end() -> StatusTable {
    StatusTable::new(&[(StatusType::EndToEnd, MANDATORY)])
}

// RFC 3312 13.1, figure 2. Both use RSVP, so that each learns of what it sends.
#[test]
fn end_to_end_status() {
    let (mut a, mut b) = (end_to_end(), StatusTable::default());
    // A -> INVITE SDP1 -> B
    let sdp1 = ["curr:qos e2e none", "des:qos mandatory e2e sendrecv"];
    assert_eq!(written(&a), sdp1);
    let offered = a.clone();
    b.take_offer(&of_peer(&sdp1));
    b.reserve(StatusType::EndToEnd, DirectionTag::SEND, false);
    // A <- 183 SDP2 <- B
    let sdp2 = [
        "curr:qos e2e none",
        "des:qos mandatory e2e sendrecv",
        "conf:qos e2e recv",
    ];
    assert_eq!(written_by_called(&b), sdp2);
    a.take_answer(&offered, &of_peer(&sdp2));
    assert!(!a.is_confirmation_due());
    // B gets its RESV, and waits for the other direction.
    b.reserve(StatusType::EndToEnd, DirectionTag::SEND, true);
    assert!(!b.is_met());
    assert_eq!(b.met(), DirectionTag::SEND);
    // A gets its RESV, which it is to confirm.
    a.reserve(StatusType::EndToEnd, DirectionTag::SEND, true);
    assert!(a.is_confirmation_due());
    // A -> UPDATE SDP3 -> B
    let sdp3 = ["curr:qos e2e send", "des:qos mandatory e2e sendrecv"];
    assert_eq!(written(&a), sdp3);
    let offered = a.clone();
    b.take_offer(&of_peer(&sdp3));
    assert!(b.is_met());
    // A <- 200 SDP4 <- B
    let sdp4 = ["curr:qos e2e sendrecv", "des:qos mandatory e2e sendrecv"];
    assert_eq!(written_by_called(&b), sdp4);
    a.take_answer(&offered, &of_peer(&sdp4));
    assert!(a.is_met());
}

// RFC 3312 13.2, figure 4.
#[test]
fn segmented_status() {
    let parts = [
        (StatusType::Local, MANDATORY),
        (StatusType::Remote, MANDATORY),
    ];
    let mut a = StatusTable::new(&parts);
    a.reserve(StatusType::Local, DirectionTag::SENDRECV, true);
    let sdp1 = [
        "curr:qos local sendrecv",
        "curr:qos remote none",
        "des:qos mandatory local sendrecv",
        "des:qos mandatory remote sendrecv",
    ];
    assert_eq!(written(&a), sdp1);
    let offered = a.clone();
    let mut b = StatusTable::default();
    b.take_offer(&of_peer(&sdp1));
    assert!(!b.is_met());
    b.reserve(StatusType::Local, DirectionTag::SENDRECV, true);
    assert!(b.is_met());
    let sdp2 = [
        "curr:qos local sendrecv",
        "curr:qos remote sendrecv",
        "des:qos mandatory local sendrecv",
        "des:qos mandatory remote sendrecv",
    ];
    assert_eq!(written_by_called(&b), sdp2);
    a.take_answer(&offered, &of_peer(&sdp2));
    assert!(a.is_met());
}

// RFC 3312 13.3, figure 5: the offer comes in the 183, the answer in the PRACK.
#[test]
fn offer_in_a_response() {
    let mut b = end_to_end();
    b.reserve(StatusType::EndToEnd, DirectionTag::SEND, false);
    let sdp1 = [
        "curr:qos e2e none",
        "des:qos mandatory e2e sendrecv",
        "conf:qos e2e recv",
    ];
    assert_eq!(written_by_called(&b), sdp1);
    let offered = b.clone();
    let mut a = StatusTable::default();
    a.take_offer(&of_peer(&sdp1));
    let sdp2 = ["curr:qos e2e none", "des:qos mandatory e2e sendrecv"];
    assert_eq!(written(&a), sdp2);
    b.take_answer(&offered, &of_peer(&sdp2));
    a.reserve(StatusType::EndToEnd, DirectionTag::SEND, true);
    assert!(a.is_confirmation_due());
    let sdp3 = ["curr:qos e2e send", "des:qos mandatory e2e sendrecv"];
    assert_eq!(written(&a), sdp3);
    b.take_offer(&of_peer(&sdp3));
    // SDP4: B's own direction is not there yet.
    assert_eq!(
        written_by_called(&b),
        ["curr:qos e2e recv", "des:qos mandatory e2e sendrecv"]
    );
    assert!(!b.is_met());
    b.reserve(StatusType::EndToEnd, DirectionTag::SEND, true);
    assert!(b.is_met());
}

// RFC 3312 4 and 5.1.1: several strengths, in the form the RFC makes mandatory.
#[test]
fn strengths_by_direction() {
    let lines = [
        "curr:qos local none",
        "curr:qos remote none",
        "des:qos optional remote send",
        "des:qos none remote recv",
        "des:qos none local sendrecv",
    ];
    let table = of_peer(&lines);
    // The peer's remote is our local, its send is our recv.
    let [send, recv] = table.rows(StatusType::Local).unwrap();
    assert_eq!(
        (send.desired, recv.desired),
        (Strength::None, Strength::Optional)
    );
    assert!(table.is_met(), "nothing is mandatory");
    let expected = [
        "curr:qos local none",
        "curr:qos remote none",
        "des:qos none local send",
        "des:qos optional local recv",
        "des:qos none remote sendrecv",
    ];
    assert_eq!(written(&table), expected);
}

// RFC 3312 5.2: a strength can rise and not fall.
#[test]
fn strengths_rise() {
    let optional = of_peer(&["curr:qos e2e none", "des:qos optional e2e sendrecv"]);
    let mut ours = end_to_end();
    ours.take_offer(&optional);
    assert_eq!(written(&ours)[1], "des:qos mandatory e2e sendrecv");
    let offered = ours.clone();
    ours.take_answer(&offered, &optional);
    assert_eq!(written(&ours)[1], "des:qos mandatory e2e sendrecv");
    let mut none = StatusTable::new(&[(StatusType::EndToEnd, Strength::None)]);
    none.take_offer(&optional);
    assert_eq!(written(&none)[1], "des:qos optional e2e sendrecv");
}

// RFC 4032 4.1, both tables: transaction, local, known here, what the answerer and the offerer have
// then.
#[test]
fn current_status_by_the_tables() {
    let peer = |current| {
        of_peer(if current {
            &["curr:qos e2e sendrecv", "des:qos mandatory e2e sendrecv"]
        } else {
            &["curr:qos e2e none", "des:qos mandatory e2e sendrecv"]
        })
    };
    for (transaction, local, is_known_here, answerer, offerer) in [
        (false, false, false, false, false),
        (true, true, false, true, true),
        (true, false, false, true, true),
        (true, false, true, false, true),
        (false, true, false, false, false),
        (false, true, true, true, false),
    ] {
        let mut table = end_to_end();
        if is_known_here {
            table.reserve(StatusType::EndToEnd, DirectionTag::SENDRECV, local);
        } else if local {
            table.take_offer(&peer(true));
        }
        let offered = table.clone();
        let mut as_answerer = table.clone();
        as_answerer.take_offer(&peer(transaction));
        table.take_answer(&offered, &peer(transaction));
        let row = format!("{transaction} {local} {is_known_here}");
        assert_eq!(as_answerer.is_met(), answerer, "{row}");
        assert_eq!(table.is_met(), offerer, "{row}");
    }
}

/// What we learnt between our offer and its answer is not undone by the answer, which could not
/// know of it.
#[test]
fn reservations_made_before_the_answer_stay() {
    let mut ours = end_to_end();
    let offered = ours.clone();
    ours.reserve(StatusType::EndToEnd, DirectionTag::SENDRECV, true);
    let answer = of_peer(&["curr:qos e2e none", "des:qos mandatory e2e sendrecv"]);
    ours.take_answer(&offered, &answer);
    assert!(ours.is_met());
}

#[test]
fn other_types_and_streams_without_preconditions() {
    let other = of_peer(&["curr:sec e2e none", "des:sec mandatory e2e sendrecv"]);
    assert!(other.is_empty() && other.is_met() && !other.is_confirmation_due());
    let mut table = StatusTable::default();
    table.reserve(StatusType::Local, DirectionTag::SEND, true);
    assert!(table.is_empty());
    let error = StatusTable::of_peer(&attributes(&["des:qos must e2e send"])).unwrap_err();
    assert_eq!((error.attribute, error.column), ("des", 5));
}

// A 580 says what could not be met (RFC 3312 8).
#[test]
fn failures_are_read() {
    let attributes = attributes(&["des:qos failure e2e send"]);
    let desired: DesiredStatus<'_> = attributes.first().unwrap().unwrap();
    assert_eq!(desired.strength, StrengthTag::Failure);
    assert!(StatusTable::of_peer(&attributes).unwrap().is_met());
}
