//! RFC 6337 2.2, table 1: which messages carry offers and answers, with and without session.

use crate::sdp::*;

fn description() -> SessionDescription {
    let text =
        b"v=0\no=- 5 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 5 RTP/AVP 8\n";
    SessionDescription::parse(text).unwrap()
}

/// An exchange with a session, whose INVITE transaction is over.
fn stable() -> OfferAnswer {
    let mut exchange = OfferAnswer::new();
    exchange.send(Carrier::Invite, Some(description())).unwrap();
    exchange
        .receive(Carrier::Success, Some(description()))
        .unwrap();
    exchange
}

/// Two sides, of which the first one calls, begins the session or changes it.
struct Pair {
    a: OfferAnswer,
    b: OfferAnswer,
}

impl Pair {
    /// A message from one side to the other; both must see the same in it.
    fn message(
        &mut self,
        a_sends: bool,
        carrier: Carrier,
        has_description: bool,
    ) -> Result<Meaning, Refusal> {
        let (from, to) = if a_sends {
            (&mut self.a, &mut self.b)
        } else {
            (&mut self.b, &mut self.a)
        };
        let sent = from.send(carrier, has_description.then(description));
        let taken = if sent.is_ok() && has_description {
            from.sent().cloned()
        } else {
            has_description.then(description)
        };
        let received = to.receive(carrier, taken);
        if sent.is_err() {
            // What must not be sent is refused too, or ignored, if it comes nevertheless.
            assert!(
                matches!(received, Err(_) | Ok(Meaning::Ignored)),
                "{carrier:?}"
            );
            return sent;
        }
        assert_eq!(received, sent, "{carrier:?}");
        received
    }
}

/// Every pair of messages; only those of the table make an exchange.
#[test]
fn only_the_patterns_of_the_table_exist() {
    for has_session in [false, true] {
        for offer in Carrier::ALL {
            for answer in Carrier::ALL {
                let pattern = PATTERNS
                    .into_iter()
                    .find(|pattern| (pattern.offer, pattern.answer) == (offer, answer));
                let begin = || {
                    if has_session {
                        stable()
                    } else {
                        OfferAnswer::new()
                    }
                };
                let mut pair = Pair {
                    a: begin(),
                    b: begin(),
                };
                // The calling side sends INVITE, PRACK, ACK and UPDATE.
                let is_request = |carrier| {
                    matches!(
                        carrier,
                        Carrier::Invite | Carrier::Prack | Carrier::Ack | Carrier::Update
                    )
                };
                // An offer in a response needs an INVITE without one.
                if matches!(offer, Carrier::ReliableProvisional | Carrier::Success) {
                    pair.message(true, Carrier::Invite, false).unwrap();
                }
                let may_offer = pattern.is_some_and(|pattern| pattern.initial || has_session);
                let offered = pair.message(is_request(offer), offer, true);
                let is_offer = matches!(offered, Ok(Meaning::Offer { .. }));
                let row = format!("{offer:?} {answer:?} {has_session}");
                // Where no pattern has this answer, another one may have the offer.
                assert!(!may_offer || is_offer, "{row}: {offered:?}");
                if !is_offer {
                    continue;
                }
                let before = pair.a.state();
                let answered = pair.message(is_request(answer), answer, true);
                if pattern.is_some() {
                    assert_eq!(answered, Ok(Meaning::Answer), "{row}");
                    assert_eq!(
                        (pair.a.state(), pair.b.state()),
                        (State::Stable, State::Stable)
                    );
                } else {
                    assert!(!matches!(answered, Ok(Meaning::Answer)), "{row}");
                    assert_eq!(pair.a.state(), before, "{row}");
                }
            }
        }
    }
}

// RFC 6337 2.2: "N" in the column "Ini".
#[test]
fn sessions_begin_with_invite() {
    for carrier in [Carrier::Prack, Carrier::Update] {
        let mut exchange = OfferAnswer::new();
        let sent = exchange.send(carrier, Some(description()));
        assert_eq!(sent, Err(Refusal::NoOfferHere), "{carrier:?}");
        let received = exchange.receive(carrier, Some(description()));
        assert_eq!(received, Err(Refusal::NoOfferHere), "{carrier:?}");
        assert_eq!(exchange.state(), State::None);
    }
    // The table as it stands in the RFC.
    let rows = PATTERNS.map(|pattern| (pattern.offer, pattern.answer));
    let expected = [
        (Carrier::Invite, Carrier::Success),
        (Carrier::Success, Carrier::Ack),
        (Carrier::Invite, Carrier::ReliableProvisional),
        (Carrier::ReliableProvisional, Carrier::Prack),
        (Carrier::Prack, Carrier::PrackSuccess),
        (Carrier::Update, Carrier::UpdateSuccess),
    ];
    assert_eq!(rows, expected);
    for pattern in PATTERNS {
        let is_initial = !matches!(pattern.offer, Carrier::Prack | Carrier::Update);
        assert_eq!((pattern.initial, pattern.early), (is_initial, !is_initial));
    }
}

// RFC 6337 2.3, table 2.
#[test]
fn only_offers_in_requests_can_be_refused_by_a_response() {
    let refusable: Vec<_> = Carrier::ALL
        .into_iter()
        .filter(|carrier| carrier.can_be_refused())
        .collect();
    assert_eq!(refusable, [Carrier::Invite, Carrier::Update]);
}
