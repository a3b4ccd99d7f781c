//! RFC 6337 3 and 4, situation by situation, seen from one side.

use crate::sdp::*;
use Carrier::{
    Ack, Invite, Prack, PrackSuccess, Provisional, ReliableProvisional, Success, Update,
    UpdateSuccess,
};
use State::{None as NoSession, OfferReceived, OfferSent, Stable};

fn description() -> SessionDescription {
    let text =
        b"v=0\no=- 5 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 5 RTP/AVP 8\n";
    SessionDescription::parse(text).unwrap()
}

/// What a step does.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// We send a message with a description.
    Send(Carrier),
    /// We send one without.
    SendEmpty(Carrier),
    /// A message with a description comes.
    Receive(Carrier),
    /// One without comes.
    ReceiveEmpty(Carrier),
    /// The open offer is refused.
    Refuse,
}

/// What comes of it, and the state then.
type Row = (Step, Result<&'static str, Refusal>, State);

use Step::{Receive, ReceiveEmpty, Refuse, Send, SendEmpty};

#[track_caller]
fn walk(situation: &str, rows: &[Row]) {
    let mut exchange = OfferAnswer::new();
    for (index, (step, expected, state)) in rows.iter().enumerate() {
        let result = match *step {
            Send(carrier) => exchange.send(carrier, Some(description())),
            SendEmpty(carrier) => exchange.send(carrier, None),
            Receive(carrier) => exchange.receive(carrier, Some(description())),
            ReceiveEmpty(carrier) => exchange.receive(carrier, None),
            Refuse => {
                exchange.refuse();
                Ok(Meaning::Absent)
            }
        };
        let result = result.map(|meaning| match meaning {
            Meaning::Absent => "",
            Meaning::Offer { .. } => "offer",
            Meaning::Answer => "answer",
            Meaning::Preview => "preview",
            Meaning::Ignored => "ignored",
        });
        let at = format!("{situation}, step {}: {step:?}", index + 1);
        assert_eq!(result, *expected, "{at}");
        assert_eq!(exchange.state(), *state, "{at}");
    }
}

#[test]
fn patterns_as_seen_by_the_caller() {
    walk(
        "1: INVITE, 2xx",
        &[
            (Send(Invite), Ok("offer"), OfferSent),
            (ReceiveEmpty(Provisional), Ok(""), OfferSent),
            (Receive(Success), Ok("answer"), Stable),
            (SendEmpty(Ack), Ok(""), Stable),
        ],
    );
    walk(
        "2: 2xx, ACK",
        &[
            (SendEmpty(Invite), Ok(""), NoSession),
            (ReceiveEmpty(Provisional), Ok(""), NoSession),
            (Receive(Success), Ok("offer"), OfferReceived),
            (Send(Ack), Ok("answer"), Stable),
        ],
    );
    walk(
        "4: 1xx-rel, PRACK, and 6: UPDATE in the early dialog",
        &[
            (SendEmpty(Invite), Ok(""), NoSession),
            (Receive(ReliableProvisional), Ok("offer"), OfferReceived),
            (Send(Prack), Ok("answer"), Stable),
            (ReceiveEmpty(PrackSuccess), Ok(""), Stable),
            (Send(Update), Ok("offer"), OfferSent),
            (Receive(UpdateSuccess), Ok("answer"), Stable),
            // Not to be there, but ignored (RFC 6337 3.1.2).
            (Receive(ReliableProvisional), Ok("ignored"), Stable),
            (Receive(Success), Ok("ignored"), Stable),
            (SendEmpty(Ack), Ok(""), Stable),
        ],
    );
}

// RFC 6337 figure 1: only the description in F6 is the answer.
#[test]
fn answer_in_a_reliable_provisional() {
    walk(
        "figure 1, the caller",
        &[
            (Send(Invite), Ok("offer"), OfferSent),
            (Receive(Provisional), Ok("preview"), OfferSent),
            (ReceiveEmpty(ReliableProvisional), Ok(""), OfferSent),
            // "The UAC must not send a new offer."
            (Send(Prack), Err(Refusal::NoOfferHere), OfferSent),
            (Send(Update), Err(Refusal::Glare), OfferSent),
            (SendEmpty(Prack), Ok(""), OfferSent),
            (ReceiveEmpty(PrackSuccess), Ok(""), OfferSent),
            (Receive(ReliableProvisional), Ok("answer"), Stable),
            (Send(Prack), Ok("offer"), OfferSent),
            (Receive(PrackSuccess), Ok("answer"), Stable),
            (Receive(ReliableProvisional), Ok("ignored"), Stable),
            (SendEmpty(Prack), Ok(""), Stable),
            (Receive(Success), Ok("ignored"), Stable),
            (SendEmpty(Ack), Ok(""), Stable),
        ],
    );
    walk(
        "figure 1, the called",
        &[
            (Receive(Invite), Ok("offer"), OfferReceived),
            (Send(Provisional), Ok("preview"), OfferReceived),
            (SendEmpty(ReliableProvisional), Ok(""), OfferReceived),
            (ReceiveEmpty(Prack), Ok(""), OfferReceived),
            (Send(ReliableProvisional), Ok("answer"), Stable),
            (Receive(Prack), Ok("offer"), OfferReceived),
            (Send(PrackSuccess), Ok("answer"), Stable),
            // "the UAS should not include any SDPs in subsequent responses"
            (Send(ReliableProvisional), Err(Refusal::NoOfferHere), Stable),
            (Send(Success), Err(Refusal::NoOfferHere), Stable),
            (SendEmpty(Success), Ok(""), Stable),
            (ReceiveEmpty(Ack), Ok(""), Stable),
        ],
    );
}

// RFC 3261 13.2.1: descriptions that must be there.
#[test]
fn missing_descriptions() {
    walk(
        "2xx without answer",
        &[
            (Send(Invite), Ok("offer"), OfferSent),
            (ReceiveEmpty(Success), Err(Refusal::Missing), OfferSent),
        ],
    );
    walk(
        "2xx without the answer that was in a provisional",
        &[
            (Send(Invite), Ok("offer"), OfferSent),
            (Receive(Provisional), Ok("preview"), OfferSent),
            (ReceiveEmpty(Success), Ok("answer"), Stable),
        ],
    );
    walk(
        "we repeat it",
        &[
            (Receive(Invite), Ok("offer"), OfferReceived),
            (Send(Provisional), Ok("preview"), OfferReceived),
            (SendEmpty(Success), Err(Refusal::Missing), OfferReceived),
            (Send(Success), Ok("answer"), Stable),
        ],
    );
    walk(
        "2xx without the offer that was asked for",
        &[
            (SendEmpty(Invite), Ok(""), NoSession),
            (ReceiveEmpty(Success), Err(Refusal::Missing), NoSession),
        ],
    );
    walk(
        "ACK without answer",
        &[
            (ReceiveEmpty(Invite), Ok(""), NoSession),
            (Send(Success), Ok("offer"), OfferSent),
            (ReceiveEmpty(Ack), Err(Refusal::Missing), OfferSent),
            (Refuse, Ok(""), NoSession),
        ],
    );
    walk(
        "PRACK without answer",
        &[
            (ReceiveEmpty(Invite), Ok(""), NoSession),
            (Send(ReliableProvisional), Ok("offer"), OfferSent),
            (ReceiveEmpty(Prack), Err(Refusal::Missing), OfferSent),
        ],
    );
    walk(
        "an offer cannot go in an unreliable provisional",
        &[
            (ReceiveEmpty(Invite), Ok(""), NoSession),
            (Send(Provisional), Err(Refusal::NoOfferHere), NoSession),
            (Send(Success), Ok("offer"), OfferSent),
            (Receive(Ack), Ok("answer"), Stable),
        ],
    );
    walk(
        "nor be taken from one",
        &[
            (SendEmpty(Invite), Ok(""), NoSession),
            (Receive(Provisional), Ok("ignored"), NoSession),
            (Receive(Success), Ok("offer"), OfferReceived),
        ],
    );
}

const BEGIN: [Row; 2] = [
    (Send(Invite), Ok("offer"), OfferSent),
    (Receive(Success), Ok("answer"), Stable),
];

#[track_caller]
fn walk_on(situation: &str, rows: &[Row]) {
    walk(situation, &[&BEGIN[..], rows].concat());
}

// RFC 6337 4.3, figures 14 to 19.
#[test]
fn glare() {
    for (own, theirs) in [
        (Update, Update),
        (Update, Invite),
        (Invite, Update),
        (Invite, Invite),
    ] {
        walk_on(
            "our offer is open",
            &[
                (Send(own), Ok("offer"), OfferSent),
                (Receive(theirs), Err(Refusal::Glare), OfferSent),
                (Send(theirs), Err(Refusal::Glare), OfferSent),
                (Refuse, Ok(""), Stable),
                (Receive(theirs), Ok("offer"), OfferReceived),
            ],
        );
        walk_on(
            "their offer is open",
            &[
                (Receive(own), Ok("offer"), OfferReceived),
                (Receive(theirs), Err(Refusal::Busy), OfferReceived),
                (Send(theirs), Err(Refusal::Busy), OfferReceived),
                (Refuse, Ok(""), Stable),
                (Send(theirs), Ok("offer"), OfferSent),
            ],
        );
    }
    walk_on(
        "figure 16: re-INVITE without offer while our UPDATE is open",
        &[
            (Send(Update), Ok("offer"), OfferSent),
            (ReceiveEmpty(Invite), Err(Refusal::Glare), OfferSent),
        ],
    );
    walk_on(
        "figure 17: re-INVITE without offer while their UPDATE is open",
        &[
            (Receive(Update), Ok("offer"), OfferReceived),
            (ReceiveEmpty(Invite), Err(Refusal::Busy), OfferReceived),
        ],
    );
    walk_on(
        "figure 18: UPDATE while the offer in a 1xx-rel is open, which was theirs",
        &[
            (SendEmpty(Invite), Ok(""), Stable),
            (Receive(ReliableProvisional), Ok("offer"), OfferReceived),
            (Receive(Update), Err(Refusal::Glare), OfferReceived),
            (Send(Prack), Ok("answer"), Stable),
        ],
    );
    walk_on(
        "figure 19: UPDATE while the offer in a 1xx-rel is open, which was ours",
        &[
            (ReceiveEmpty(Invite), Ok(""), Stable),
            (Send(ReliableProvisional), Ok("offer"), OfferSent),
            (Receive(Update), Err(Refusal::Busy), OfferSent),
            (Receive(Prack), Ok("answer"), Stable),
        ],
    );
    assert_eq!(
        (Refusal::Glare.status(), Refusal::Busy.status()),
        (491, 500)
    );
}

// RFC 6337 3.4 and RFC 6141: what was agreed survives a refused re-INVITE.
#[test]
fn a_refused_offer_rolls_back() {
    walk(
        "the first offer is refused",
        &[
            (Send(Invite), Ok("offer"), OfferSent),
            (Refuse, Ok(""), NoSession),
            (Send(Invite), Ok("offer"), OfferSent),
        ],
    );
    walk_on(
        "their re-INVITE is refused with 488",
        &[
            (Receive(Invite), Ok("offer"), OfferReceived),
            (Refuse, Ok(""), Stable),
            (Send(Update), Ok("offer"), OfferSent),
            (Receive(UpdateSuccess), Ok("answer"), Stable),
        ],
    );
    walk_on(
        "a re-INVITE without offer fails before there was one",
        &[
            (SendEmpty(Invite), Ok(""), Stable),
            (Refuse, Ok(""), Stable),
            (Receive(Success), Ok("ignored"), Stable),
        ],
    );
    walk_on(
        "a re-INVITE that is answered early has no second answer",
        &[
            (Send(Invite), Ok("offer"), OfferSent),
            (Receive(ReliableProvisional), Ok("answer"), Stable),
            (SendEmpty(Prack), Ok(""), Stable),
            (Receive(Success), Ok("ignored"), Stable),
        ],
    );
}

/// Each dialog of a forked INVITE has its own exchange.
#[test]
fn forks_are_clones() {
    let mut first = OfferAnswer::new();
    first.send(Invite, Some(description())).unwrap();
    let mut second = first.clone();
    assert_eq!(
        first.receive(ReliableProvisional, Some(description())),
        Ok(Meaning::Answer)
    );
    assert_eq!(second.state(), OfferSent);
    assert_eq!(
        second.receive(Success, Some(description())),
        Ok(Meaning::Answer)
    );
}
