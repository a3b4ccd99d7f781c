//! The state of offer and answer in one dialog (RFC 3264 4, RFC 6337).
//!
//! ```text
//!            we send an offer            they send an offer
//!   none ----------------------> offer sent
//!   none -----------------------------------------> offer received
//!   offer sent      -- their answer --> stable
//!   offer received  -- our answer   --> stable
//!   stable          -- an offer     --> offer sent, offer received
//!   offer sent, offer received -- the offer is refused --> what was before
//! ```

use super::fit::{
    Mismatch, Oddity, answer_oddities, check_answer, check_lines, is_unchanged, oddities_since,
};
use super::lines::keep_lines;
use super::pattern::Carrier;
use super::turns::{Kind, Turns, Way};
use crate::sdp::{Origin, SessionDescription};

/// Where the exchange stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// No session yet, and no offer.
    None,
    /// Our offer waits for the answer.
    OfferSent,
    /// The peer's offer waits for our answer.
    OfferReceived,
    /// There is a session, and no offer is open.
    Stable,
}

/// What a session description in a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// There is none, and none had to be there.
    Absent,
    /// An offer.
    Offer {
        /// Whether it says the same as the last description of its side. It must be answered
        /// nevertheless.
        unchanged: bool,
    },
    /// The answer; the session is as it says. It may have been a preview before, and the message
    /// does not repeat it.
    Answer,
    /// What the answer is going to be: to be followed, but the exchange is not over
    /// (RFC 6337 3.1.1).
    Preview,
    /// One that the RFC does not want there after the exchange is over: to be ignored
    /// (RFC 6337 3.1.1).
    Ignored,
}

/// Why a description cannot be sent or taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An offer is open in a transaction that we began: wait, and try again.
    #[error("expected no offer while one is open in a transaction of ours (RFC 6337 4.3)")]
    Glare,
    /// An offer is open in a transaction that the peer began.
    #[error("expected no offer while one is open in a transaction of the peer (RFC 6337 4.3)")]
    Busy,
    /// The message cannot carry an offer now.
    #[error("expected no offer in this message (RFC 6337 2.2)")]
    NoOfferHere,
    /// The message had to carry the answer, or the offer that was asked for.
    #[error("expected a session description in this message (RFC 3261 13.2.1)")]
    Missing,
    /// It does not fit what was before.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl Refusal {
    /// The status that refuses an INVITE or UPDATE; a 500 needs a Retry-After of 0 to 10 s
    /// (RFC 3261 14.2, RFC 3311 5.2, RFC 6337 4.3).
    pub const fn status(&self) -> u16 {
        match self {
            Self::Glare => 491,
            Self::Busy => 500,
            Self::NoOfferHere | Self::Missing => 400,
            Self::Mismatch(_) => 488,
        }
    }
}

/// Offer and answer of one dialog. If an INVITE forks, each dialog has its own: a clone.
#[derive(Clone, Debug, Default)]
pub struct OfferAnswer {
    turns: Turns,
    pending: Option<Pending>,
    agreed: Option<Agreed>,
    /// What we sent last; the version counts on from there, also after a refused offer.
    sent: Option<SessionDescription>,
    /// What the peer sent last.
    received: Option<SessionDescription>,
    oddities: Vec<Oddity>,
}

/// What both sides said last and agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Ours.
    pub local: SessionDescription,
    /// The peer's.
    pub remote: SessionDescription,
}

#[derive(Clone, Debug)]
struct Pending {
    offer: SessionDescription,
    /// What an unreliable provisional response said that the answer will be.
    preview: Option<SessionDescription>,
}

impl OfferAnswer {
    /// No session.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the exchange stands.
    pub const fn state(&self) -> State {
        match (self.turns.open(), &self.agreed) {
            (Some(Way::Sent), _) => State::OfferSent,
            (Some(Way::Received), _) => State::OfferReceived,
            (None, Some(_)) => State::Stable,
            (None, None) => State::None,
        }
    }

    /// What is agreed; an open offer does not change it.
    pub const fn agreed(&self) -> Option<&Agreed> {
        self.agreed.as_ref()
    }

    /// The offer that is open.
    pub fn open_offer(&self) -> Option<&SessionDescription> {
        self.pending.as_ref().map(|pending| &pending.offer)
    }

    /// What we sent last, to be sent again as it is.
    pub const fn sent(&self) -> Option<&SessionDescription> {
        self.sent.as_ref()
    }

    /// What the last description of the peer did against the RFC.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// A message of ours goes out, with this description or none. An offer is brought into the
    /// order of lines that the session has; `o=` is that of the session, and its version rises by
    /// one if anything else changed (RFC 3264 8). [`OfferAnswer::sent`] is what must go out.
    ///
    /// # Errors
    /// [`Refusal`]; nothing has changed then.
    pub fn send(
        &mut self,
        carrier: Carrier,
        description: Option<SessionDescription>,
    ) -> Result<Meaning, Refusal> {
        let mut description = description;
        let kind = self
            .turns
            .classify(Way::Sent, carrier, description.is_some())?;
        if let (Kind::Offer, Some(offer), Some(agreed)) = (kind, &mut description, &self.agreed) {
            keep_lines(offer, &agreed.local);
        }
        if let (Kind::Offer | Kind::Answer | Kind::Preview, Some(own), Some(before)) =
            (kind, &mut description, &self.sent)
        {
            own.origin = next_origin(before, own);
        }
        let meaning = self.take(Way::Sent, carrier, kind, description.as_ref())?;
        if matches!(kind, Kind::Offer | Kind::Answer | Kind::Preview) {
            self.sent = description;
        }
        Ok(meaning)
    }

    /// A message of the peer came in, with this description or none.
    ///
    /// # Errors
    /// [`Refusal`]; nothing has changed then: our offer is still open.
    pub fn receive(
        &mut self,
        carrier: Carrier,
        description: Option<SessionDescription>,
    ) -> Result<Meaning, Refusal> {
        let kind = self
            .turns
            .classify(Way::Received, carrier, description.is_some())?;
        let meaning = self.take(Way::Received, carrier, kind, description.as_ref())?;
        if let (Kind::Offer | Kind::Answer | Kind::Preview, Some(theirs)) = (kind, description) {
            self.oddities = self
                .received
                .as_ref()
                .map(|before| oddities_since(before, &theirs))
                .unwrap_or_default();
            if let (Kind::Answer | Kind::Preview, Some(offer)) = (kind, &self.sent) {
                self.oddities.extend(answer_oddities(offer, &theirs));
            }
            self.received = Some(theirs);
        }
        Ok(meaning)
    }

    /// The open offer is refused, by whichever side, or its transaction ended without an answer:
    /// what was agreed before holds (RFC 3261 14.1, RFC 6141 3.4).
    pub fn refuse(&mut self) {
        self.pending = None;
        self.turns.refuse();
    }

    fn take(
        &mut self,
        way: Way,
        carrier: Carrier,
        kind: Kind,
        description: Option<&SessionDescription>,
    ) -> Result<Meaning, Refusal> {
        let meaning = match (kind, description) {
            (Kind::Offer, Some(offer)) => {
                let unchanged = self.take_offer(way, offer)?;
                Meaning::Offer { unchanged }
            }
            (Kind::Preview, Some(answer)) => {
                if let Some(pending) = &mut self.pending {
                    check_answer(&pending.offer, answer)?;
                    pending.preview = Some(answer.clone());
                }
                Meaning::Preview
            }
            (Kind::Previewed, _) => {
                let preview = self.pending.as_mut();
                if let Some(preview) = preview.and_then(|pending| pending.preview.take()) {
                    self.take_answer(way, &preview)?;
                }
                Meaning::Answer
            }
            (Kind::Answer, Some(answer)) => {
                self.take_answer(way, answer)?;
                Meaning::Answer
            }
            (Kind::Ignored, _) => Meaning::Ignored,
            _ => Meaning::Absent,
        };
        self.turns.step(way, carrier, kind);
        Ok(meaning)
    }

    fn take_offer(&mut self, way: Way, offer: &SessionDescription) -> Result<bool, Mismatch> {
        let before = self.agreed.as_ref().map(|agreed| match way {
            Way::Sent => &agreed.local,
            Way::Received => &agreed.remote,
        });
        if let Some(before) = before {
            check_lines(before, offer)?;
        }
        let unchanged = before.is_some_and(|before| is_unchanged(before, offer));
        self.pending = Some(Pending {
            offer: offer.clone(),
            preview: None,
        });
        Ok(unchanged)
    }

    fn take_answer(&mut self, way: Way, answer: &SessionDescription) -> Result<(), Mismatch> {
        let Some(pending) = &self.pending else {
            return Ok(());
        };
        check_answer(&pending.offer, answer)?;
        let Some(Pending { offer, .. }) = self.pending.take() else {
            return Ok(());
        };
        let answer = answer.clone();
        self.agreed = Some(match way {
            Way::Sent => Agreed {
                local: answer,
                remote: offer,
            },
            Way::Received => Agreed {
                local: offer,
                remote: answer,
            },
        });
        Ok(())
    }
}

/// `o=` of a description of ours that follows another: the same, with the next version if anything
/// else changed (RFC 3264 8, RFC 6337 5.2.5).
fn next_origin(before: &SessionDescription, description: &SessionDescription) -> Origin {
    let mut origin = before.origin.clone();
    if !is_unchanged(before, description) {
        origin.version = origin.next_version();
    }
    origin
}
