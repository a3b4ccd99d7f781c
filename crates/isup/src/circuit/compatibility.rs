//! Messages and parameters that are not recognized (Q.764 2.9.5.3): what [`crate::compatibility`]
//! decides is done here.

use super::event::{Discard, Indication};
use super::table::{CircuitTable, State};
use super::timers::Index;
use crate::compatibility::{Action, ExchangeType, Node};
use crate::{CauseIndicators, Cfn, Message, OptionalParameters, Rel};
use trunkline_model::{CircuitId, Location, Time};

/// Behind the circuits is no other ISUP: nothing can be passed on, and instructions are always
/// followed.
const NODE: Node = Node {
    exchange: ExchangeType::A,
    can_pass_on: false,
    location: Location::PublicNetworkLocalUser,
};

/// What becomes of a message for the parameters in it that are not recognized.
#[derive(Debug)]
pub(super) enum Fate {
    /// It is acted upon.
    ActUpon,
    /// It is not.
    Discarded,
    /// The call is to be released for it, with that cause.
    Release(CauseIndicators),
}

impl CircuitTable {
    /// A message of a type that we do not act upon. The message itself may say what is to be done;
    /// if it does not, it is discarded and CFN names it.
    pub(super) fn not_implemented(&mut self, now: Time, index: Index, message: &Message) {
        let CircuitId { dpc, cic } = self.name(index);
        let message_type = message.message_type().code();
        self.discard(dpc, Some(cic), Discard::NotImplemented(message_type));
        let verdict = NODE.unrecognized_message(message);
        let Some(cause) = verdict.cause else {
            return;
        };
        if verdict.action != Action::Release {
            return self.send(index, Message::Cfn(Cfn::new(cause)));
        }
        match self.state_of(index) {
            State::AwaitAcm | State::AwaitAnm | State::OutgoingAnswered => {
                self.release_for(now, index, cause);
            }
            state if state.is_incoming() => self.release_for(now, index, cause),
            // There is no call to release; whoever asked to be told is told.
            _ => {
                let information = message.compatibility();
                if information.is_some_and(|known| known.instruction.send_notification) {
                    self.send(index, Message::Cfn(Cfn::new(cause)));
                }
            }
        }
    }

    /// A message that the state of the circuit allows: does what its sender wants done about the
    /// parameters that the variant does not know. Those to be discarded are taken out.
    pub(super) fn examine(&mut self, index: Index, message: &mut Message) -> Fate {
        let variant = self.group(index).config.variant;
        let recognized = |code| variant.parameter(code).is_some();
        let Some(verdict) = NODE.unrecognized_parameters(message, recognized) else {
            return Fate::ActUpon;
        };
        if let (Action::Release, Some(cause)) = (verdict.action, &verdict.cause) {
            return Fate::Release(cause.clone());
        }
        if let Some(cause) = &verdict.cause {
            self.send(index, Message::Cfn(Cfn::new(cause.clone())));
        }
        if verdict.action == Action::DiscardMessage {
            let CircuitId { dpc, cic } = self.name(index);
            let reason = Discard::UnrecognizedParameter(message.name());
            self.discard(dpc, Some(cic), reason);
            return Fate::Discarded;
        }
        if let Some(optional) = optional_part(message) {
            verdict.apply(optional);
        }
        Fate::ActUpon
    }

    /// A REL, which is always acted upon: takes out the parameters that the variant does not know.
    /// What is to be said about them goes into the RLC.
    pub(super) fn examine_rel(&self, index: Index, rel: &mut Rel) -> Option<CauseIndicators> {
        let variant = self.group(index).config.variant;
        let recognized = |code| variant.parameter(code).is_some();
        if rel.optional.iter().all(|(code, _)| recognized(code)) {
            return None;
        }
        let message = Message::Rel(rel.clone());
        let verdict = NODE.unrecognized_parameters(&message, recognized)?;
        verdict.apply(&mut rel.optional);
        verdict.cause
    }

    /// Releases a call for information that is not recognized.
    pub(super) fn release_for(&mut self, now: Time, index: Index, cause: CauseIndicators) {
        let rel = Rel::new(cause);
        self.tell(index, Indication::Released(rel.clone()));
        self.release(now, index, rel);
    }
}

/// The optional part of a message that is told to the call control.
fn optional_part(message: &mut Message) -> Option<&mut OptionalParameters> {
    match message {
        Message::Iam(iam) => Some(&mut iam.optional),
        Message::Sam(sam) => Some(&mut sam.optional),
        Message::Acm(acm) => Some(&mut acm.optional),
        Message::Cpg(cpg) => Some(&mut cpg.optional),
        Message::Anm(anm) => Some(&mut anm.optional),
        Message::Con(con) => Some(&mut con.optional),
        Message::Sus(sus) => Some(&mut sus.optional),
        Message::Res(res) => Some(&mut res.optional),
        Message::Cfn(cfn) => Some(&mut cfn.optional),
        _ => None,
    }
}
