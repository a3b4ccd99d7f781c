//! Offer and answer of the SIP half of a call (RFC 3264).

use std::net::SocketAddr;
use trunkline_model::CallId;
use trunkline_model::media::{Mode, RtpParameters};
use trunkline_sip::Message;
use trunkline_sip::sdp::{
    self, Capabilities, Carrier, Direction, Meaning, Negotiated, SessionDescription,
    SessionVersion, State,
};

/// What was offered and answered, and what is open.
#[derive(Debug)]
pub(crate) struct OfferAnswer {
    /// The family of the far end's addresses, and so of ours.
    ipv6: bool,
    /// The MGW's address for the SIP half.
    local: Option<SocketAddr>,
    exchange: sdp::OfferAnswer,
    /// Whether the last INVITE of the far end asked for an offer of ours.
    asked: bool,
    negotiated: Option<Negotiated>,
    /// The session description that was made last.
    sent: Option<Vec<u8>>,
    /// The first `o=`; the exchange counts on.
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
            exchange: sdp::OfferAnswer::new(),
            asked: false,
            negotiated: None,
            sent: None,
            session: SessionVersion {
                id: call.0,
                version: 1,
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

    /// Notes the offer in an INVITE. `Ok(false)`: there is none, it asks for ours.
    pub(crate) fn receive_offer(&mut self, message: &Message) -> Result<bool, Unusable> {
        let offer = message
            .sdp()
            .map(|body| SessionDescription::parse(body).map_err(|_| Unusable::Malformed))
            .transpose()?;
        self.asked = offer.is_none();
        self.exchange
            .receive(Carrier::Invite, offer)
            .map_err(|_| Unusable::NotAcceptable)?;
        Ok(!self.asked)
    }

    /// The far end's open offer is refused: what was agreed before holds.
    pub(crate) fn refuse_offer(&mut self) {
        self.exchange.refuse();
    }

    /// Whether the far end's open offer has a codec of ours; there must be one.
    pub(crate) fn is_acceptable(&self, capabilities: &Capabilities) -> bool {
        self.remote_offer()
            .is_none_or(|offer| sdp::is_acceptable(offer, capabilities))
    }

    /// Whether the far end's offer waits for our answer.
    pub(crate) fn has_offer(&self) -> bool {
        matches!(self.exchange.state(), State::OfferReceived)
    }

    fn remote_offer(&self) -> Option<&SessionDescription> {
        self.exchange.open_offer().filter(|_| self.has_offer())
    }

    /// The session description that [`OfferAnswer::describe`] made last.
    pub(crate) fn sent(&self) -> Option<&[u8]> {
        self.sent.as_deref()
    }

    /// Makes the session description to send: the answer to an open offer, else an offer of ours.
    pub(crate) fn describe(&mut self, capabilities: &Capabilities) -> Result<(), Unusable> {
        let local = self.local.ok_or(Unusable::NotAcceptable)?;
        let (both, session) = (Direction::SendRecv, self.session);
        let (carrier, description) = if let Some(offer) = self.remote_offer() {
            let (answer, negotiated) = sdp::answer(offer, local, capabilities, both, session)
                .map_err(|_| Unusable::NotAcceptable)?;
            self.negotiated = Some(negotiated);
            // A provisional response that has it too is only a preview.
            (Carrier::Success, answer)
        } else {
            // An offer to another destination takes the place of one that nobody answered.
            self.close_offer();
            let carrier = if self.asked {
                Carrier::Success
            } else {
                Carrier::Invite
            };
            (carrier, sdp::offer(local, capabilities, both, session))
        };
        self.exchange
            .send(carrier, Some(description))
            .map_err(|_| Unusable::NotAcceptable)?;
        self.sent = self.exchange.sent().map(SessionDescription::to_bytes);
        Ok(())
    }

    /// Takes the answer to our open offer. `Ok(false)`: no offer is open, or no answer is there.
    pub(crate) fn receive_answer(&mut self, message: &Message) -> Result<bool, Unusable> {
        let Some(offer) = self.exchange.open_offer().filter(|_| self.offer_is_open()) else {
            return Ok(false);
        };
        let carrier = match message.status() {
            Some(200..) => Carrier::Success,
            Some(_) => Carrier::Provisional,
            None => Carrier::Ack,
        };
        let Some(body) = message.sdp() else {
            // Nothing if there was a preview; else the caller sees that nothing is agreed.
            let _ = self.exchange.receive(carrier, None);
            return Ok(false);
        };
        let answer = SessionDescription::parse(body).map_err(|_| Unusable::Malformed)?;
        let negotiated = sdp::negotiated(offer, &answer).map_err(|_| Unusable::NotAcceptable)?;
        match self.exchange.receive(carrier, Some(answer)) {
            Ok(Meaning::Answer | Meaning::Preview) => {
                self.negotiated = Some(negotiated);
                Ok(true)
            }
            Ok(_) => Ok(false),
            Err(_) => Err(Unusable::NotAcceptable),
        }
    }

    /// No further answer to our offer is expected: a final response or an ACK came.
    pub(crate) fn close_offer(&mut self) {
        if self.offer_is_open() {
            self.exchange.refuse();
        }
    }

    /// Whether an offer of ours waits for its answer.
    pub(crate) fn offer_is_open(&self) -> bool {
        matches!(self.exchange.state(), State::OfferSent)
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
