//! Whose turn it is: what a session description in a message is, by what went before alone
//! (RFC 3264 4, RFC 6337). What stands in it is not looked at.

use super::exchange::Refusal;
use super::pattern::{Carrier, is_answer};

/// Whose turn it is in one dialog.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns {
    open: Option<Open>,
    agreed: bool,
    invite: Invite,
}

/// An offer without answer.
#[derive(Clone, Copy, Debug)]
struct Open {
    way: Way,
    carrier: Carrier,
    /// Whether an unreliable provisional response said what the answer will be.
    previewed: bool,
}

impl Open {
    /// Who sent the request of the transaction that the offer is in.
    const fn begun_by(&self) -> Way {
        match (self.carrier, self.way) {
            (Carrier::ReliableProvisional | Carrier::Success, Way::Sent) => Way::Received,
            (Carrier::ReliableProvisional | Carrier::Success, Way::Received) => Way::Sent,
            (_, way) => way,
        }
    }
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Sent,
    Received,
}

/// What the exchange of the current INVITE transaction waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Invite {
    /// Nothing: its exchange has begun, or there is none.
    #[default]
    Begun,
    /// An INVITE without offer went this way: the first reliable response must have the offer.
    WithoutOffer(Way),
}

/// What a description is, before it is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Absent,
    Offer,
    Answer,
    Preview,
    /// No description, where one had to be, but there was a preview.
    Previewed,
    Ignored,
}

impl Turns {
    /// What a description in a message is, if it `is_there`.
    ///
    /// # Errors
    /// It may not be there, or must be.
    pub(crate) fn classify(
        &self,
        way: Way,
        carrier: Carrier,
        is_there: bool,
    ) -> Result<Kind, Refusal> {
        if let Some(open) = &self.open {
            let is_from_answerer = open.way != way;
            let is_answer = is_from_answerer && is_answer(open.carrier, carrier);
            let is_preview = is_from_answerer
                && open.carrier == Carrier::Invite
                && carrier == Carrier::Provisional;
            return match (is_there, is_answer, is_preview) {
                (true, true, _) => Ok(Kind::Answer),
                (true, _, true) => Ok(Kind::Preview),
                // Many peers do not repeat in the 2xx what they sent in a provisional response,
                // against the RFC.
                (false, true, _)
                    if open.carrier.is_last_answer(carrier)
                        && way == Way::Received
                        && open.previewed =>
                {
                    Ok(Kind::Previewed)
                }
                (false, true, _) if open.carrier.is_last_answer(carrier) => Err(Refusal::Missing),
                // An INVITE without offer asks for one.
                (false, ..) if carrier != Carrier::Invite => Ok(Kind::Absent),
                _ if carrier.can_be_refused() => Err(match open.begun_by() {
                    Way::Sent => Refusal::Glare,
                    Way::Received => Refusal::Busy,
                }),
                _ => stray(way, carrier),
            };
        }
        match (carrier, is_there) {
            (Carrier::Invite, true) => Ok(Kind::Offer),
            // They can begin no session (RFC 6337 2.2, table 1). A PRACK has an offer "only if the
            // reliable response that it acknowledges contains an answer": then there is one.
            (Carrier::Prack | Carrier::Update, true) if self.agreed => Ok(Kind::Offer),
            (Carrier::ReliableProvisional | Carrier::Success, true) if self.wants_offer(way) => {
                Ok(Kind::Offer)
            }
            (Carrier::Success, false) if self.wants_offer(way) => Err(Refusal::Missing),
            (_, true) => stray(way, carrier),
            (_, false) => Ok(Kind::Absent),
        }
    }

    /// The message with a description of that kind went its way.
    pub(crate) fn step(&mut self, way: Way, carrier: Carrier, kind: Kind) {
        match kind {
            Kind::Offer => {
                self.open = Some(Open {
                    way,
                    carrier,
                    previewed: false,
                });
                self.invite = Invite::Begun;
            }
            Kind::Preview => {
                if let Some(open) = &mut self.open {
                    open.previewed = true;
                }
            }
            Kind::Answer | Kind::Previewed => {
                self.open = None;
                self.agreed = true;
            }
            Kind::Absent if carrier == Carrier::Invite => self.invite = Invite::WithoutOffer(way),
            Kind::Absent | Kind::Ignored => {}
        }
    }

    /// The open offer has come to nothing: what was agreed before holds.
    pub(crate) fn refuse(&mut self) {
        self.open = None;
        self.invite = Invite::Begun;
    }

    /// The INVITE has come to nothing, and with it an open offer of its transaction.
    pub(crate) fn refuse_invite(&mut self) {
        self.invite = Invite::Begun;
        self.open = self.open.filter(|open| {
            let of_others = [Carrier::Update, Carrier::Prack];
            of_others.contains(&open.carrier)
        });
    }

    /// The UPDATE or PRACK has come to nothing.
    pub(crate) fn refuse_offer_in(&mut self, carrier: Carrier) {
        self.open = self.open.filter(|open| open.carrier != carrier);
    }

    /// Which way the open offer went, if there is one.
    pub(crate) const fn open(&self) -> Option<Way> {
        match &self.open {
            Some(open) => Some(open.way),
            None => None,
        }
    }

    /// Whether a response that goes this way must bring the offer that the INVITE left out.
    pub(crate) fn wants_offer(&self, way: Way) -> bool {
        matches!(self.invite, Invite::WithoutOffer(invite) if invite != way)
    }
}

/// A description where none may be. Peers repeat the answer in later responses, which is ignored
/// (RFC 6337 3.1.1).
const fn stray(way: Way, carrier: Carrier) -> Result<Kind, Refusal> {
    match (way, carrier) {
        (
            Way::Received,
            Carrier::Provisional | Carrier::ReliableProvisional | Carrier::Success | Carrier::Ack,
        ) => Ok(Kind::Ignored),
        _ => Err(Refusal::NoOfferHere),
    }
}
