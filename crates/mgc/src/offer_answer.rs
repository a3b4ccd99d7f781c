//! Offer and answer of the SIP half of a call (RFC 3264).

use std::net::SocketAddr;
use trunkline_model::CallId;
use trunkline_model::media::{Mode, RtpParameters};
use trunkline_sip::Message;
use trunkline_sip::sdp::{
    self, Capabilities, Direction, Negotiated, SessionDescription, SessionVersion,
};

/// What was offered and answered, and what is open.
#[derive(Debug)]
pub(crate) struct OfferAnswer {
    /// The family of the far end's addresses, and so of ours.
    ipv6: bool,
    /// The MGW's address for the SIP half.
    local: Option<SocketAddr>,
    /// An offer of the far end that has no answer yet.
    remote_offer: Option<SessionDescription>,
    /// An offer of ours that has no answer yet.
    local_offer: Option<SessionDescription>,
    negotiated: Option<Negotiated>,
    /// The session description that was made last.
    sent: Option<Vec<u8>>,
    session: SessionVersion,
}

/// Why a session description cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// It cannot be read: 400.
    Malformed,
    /// It can be read, but not served: 488.
    NotAcceptable,
}

impl Unusable {
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotAcceptable => 488,
        }
    }
}

impl OfferAnswer {
    pub(crate) fn new(call: CallId) -> Self {
        Self {
            ipv6: false,
            local: None,
            remote_offer: None,
            local_offer: None,
            negotiated: None,
            sent: None,
            session: SessionVersion {
                id: call.0,
                version: 0,
            },
        }
    }

    pub(crate) const fn use_ipv6(&mut self, ipv6: bool) {
        self.ipv6 = ipv6;
    }

    pub(crate) const fn is_ipv6(&self) -> bool {
        self.ipv6
    }

    pub(crate) const fn set_local(&mut self, local: SocketAddr) {
        self.local = Some(local);
    }

    /// Notes the offer in a message. `Ok(false)`: there is none.
    pub(crate) fn receive_offer(&mut self, message: &Message) -> Result<bool, Unusable> {
        let Some(body) = message.sdp() else {
            return Ok(false);
        };
        let offer = SessionDescription::parse(body).map_err(|_| Unusable::Malformed)?;
        self.remote_offer = Some(offer);
        Ok(true)
    }

    /// The far end's open offer is refused: what was agreed before holds.
    pub(crate) fn refuse_offer(&mut self) {
        self.remote_offer = None;
    }

    /// Whether the far end's open offer has a codec of ours; there must be one.
    pub(crate) fn is_acceptable(&self, capabilities: &Capabilities) -> bool {
        self.remote_offer
            .as_ref()
            .is_none_or(|offer| sdp::is_acceptable(offer, capabilities))
    }

    /// Whether the far end's offer waits for our answer.
    pub(crate) const fn has_offer(&self) -> bool {
        self.remote_offer.is_some()
    }

    /// The session description that [`OfferAnswer::describe`] made last.
    pub(crate) fn sent(&self) -> Option<&[u8]> {
        self.sent.as_deref()
    }

    /// Makes the session description to send: the answer to an open offer, else an offer of ours.
    pub(crate) fn describe(&mut self, capabilities: &Capabilities) -> Result<(), Unusable> {
        let local = self.local.ok_or(Unusable::NotAcceptable)?;
        self.session.version += 1;
        if let Some(offer) = &self.remote_offer {
            let (answer, negotiated) = sdp::answer(
                offer,
                local,
                capabilities,
                Direction::SendRecv,
                self.session,
            )
            .map_err(|_| Unusable::NotAcceptable)?;
            self.negotiated = Some(negotiated);
            self.remote_offer = None;
            self.sent = Some(answer.to_string().into_bytes());
            return Ok(());
        }
        let offer = sdp::offer(local, capabilities, Direction::SendRecv, self.session);
        self.sent = Some(offer.to_string().into_bytes());
        self.local_offer = Some(offer);
        Ok(())
    }

    /// Takes the answer to our open offer. `Ok(false)`: no offer is open, or no answer is there.
    pub(crate) fn receive_answer(&mut self, message: &Message) -> Result<bool, Unusable> {
        let (Some(offer), Some(body)) = (&self.local_offer, message.sdp()) else {
            return Ok(false);
        };
        let answer = SessionDescription::parse(body).map_err(|_| Unusable::Malformed)?;
        let negotiated = sdp::negotiated(offer, &answer).map_err(|_| Unusable::NotAcceptable)?;
        self.negotiated = Some(negotiated);
        Ok(true)
    }

    /// No further answer to our offer is expected: a final response or an ACK came.
    pub(crate) fn close_offer(&mut self) {
        self.local_offer = None;
    }

    /// Whether an offer of ours waits for its answer.
    pub(crate) const fn offer_is_open(&self) -> bool {
        self.local_offer.is_some()
    }

    /// How to speak with the far end, once that is agreed.
    pub(crate) fn parameters(&self) -> Option<RtpParameters> {
        self.negotiated
            .as_ref()
            .map(|negotiated| negotiated.parameters)
    }

    /// The directions that the session descriptions allow.
    pub(crate) fn mode(&self) -> Mode {
        let negotiated = self.negotiated.as_ref();
        negotiated.map_or(Mode::Inactive, |negotiated| negotiated.direction.mode())
    }

    /// What of [`OfferAnswer::mode`] remains before the answer: only towards the SIP side if
    /// `towards_sip`, else only from it.
    pub(crate) fn early_mode(&self, towards_sip: bool) -> Mode {
        match (self.mode(), towards_sip) {
            (mode, true) if mode.sends() => Mode::SendOnly,
            (mode, false) if mode.receives() => Mode::ReceiveOnly,
            _ => Mode::Inactive,
        }
    }
}
