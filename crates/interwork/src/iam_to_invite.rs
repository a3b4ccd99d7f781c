//! IAM to INVITE (RFC 3398 8.2.1.1).

use crate::address;
use crate::hop_counter;
use crate::trunk::TrunkProfile;
use std::net::SocketAddr;
use trunkline_isup::Iam;
use trunkline_isup::{
    AddressType, CallingPartyNumber, GenericAddress, GenericNumber, HopCounter, IsupPreference,
    NumberQualifier, NumberingPlan, OriginalCalledNumber, Presentation, Screening,
    TransmissionMedium,
};
use trunkline_model::{Cause, CauseValue, Location};
use trunkline_sip::name::Name;
use trunkline_sip::uri::{EscapedUser, Host};

/// What an IAM says of the INVITE to send.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteParts {
    /// The called number: E.164 with a `+` if it is known to be that, else digits.
    pub called: String,
    /// The number that was called first, if that was another one.
    pub original_called: Option<String>,
    /// Max-Forwards.
    pub max_forwards: u8,
    caller: Caller,
}

/// What is known of the caller, and what may be told.
#[derive(Clone, PartialEq, Eq)]
struct Caller {
    /// The number for From.
    shown: Option<String>,
    /// The number that the network vouches for, for P-Asserted-Identity.
    asserted: Option<String>,
    /// Whether the called party must not learn it.
    restricted: bool,
}

/// Numbers are masked: this is for logs.
impl core::fmt::Debug for InviteParts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("InviteParts")
            .field(
                "called",
                &trunkline_model::Digits::new(self.called.as_str()),
            )
            .field("max_forwards", &self.max_forwards)
            .field("restricted", &self.caller.restricted)
            .finish_non_exhaustive()
    }
}

/// What the INVITE for an IAM holds.
///
/// # Errors
/// The cause to release the call with: 28 if the called number cannot be, 25 if the hop counter is
/// used up, 65 for a transmission medium other than speech and 3.1 kHz audio, 127 if ISUP is
/// required all the way, which ends here (expert-checks 25).
pub fn invite_from_iam(iam: &Iam, trunk: &TrunkProfile) -> Result<InviteParts, Cause> {
    let refuse = |value| Cause::new(value, Location::BeyondInterworkingPoint);
    if !matches!(
        iam.transmission_medium,
        TransmissionMedium::Speech | TransmissionMedium::Audio3k1
    ) {
        return Err(refuse(CauseValue::BEARER_CAPABILITY_NOT_IMPLEMENTED));
    }
    if iam.forward_call.preference == IsupPreference::Required {
        return Err(refuse(CauseValue::INTERWORKING));
    }
    let max_forwards = match iam.optional.get() {
        None => hop_counter::INITIAL_MAX_FORWARDS,
        Some(HopCounter(hops)) => hop_counter::to_max_forwards(hops, trunk.hop_factor)
            .ok_or(refuse(CauseValue::EXCHANGE_ROUTING_ERROR))?,
    };
    let called = &iam.called;
    let original_called = iam.optional.get().and_then(|number: OriginalCalledNumber| {
        let allowed = number.presentation == Presentation::Allowed;
        let number = address::from_isup(number.nature, number.plan, &number.digits, trunk);
        number.filter(|_| allowed)
    });
    Ok(InviteParts {
        called: address::from_isup(called.nature, called.plan, &called.digits, trunk)
            .ok_or(refuse(CauseValue::INVALID_NUMBER_FORMAT))?,
        original_called,
        max_forwards,
        caller: Caller::of(iam, trunk),
    })
}

impl InviteParts {
    /// The value of From, without a tag. `local` stands for the gateway in it.
    pub fn from(&self, local: SocketAddr) -> String {
        match &self.caller {
            // RFC 3323 4.1, RFC 3398 12.1
            Caller {
                restricted: true, ..
            } => "\"Anonymous\" <sip:anonymous@anonymous.invalid>".to_owned(),
            Caller {
                shown: Some(number),
                ..
            } => address(number, local),
            // "a dummy From header field containing a SIP URI without a user portion"
            Caller { shown: None, .. } => format!("<sip:{}>", HostPort(local)),
        }
    }

    /// The value of To if the call was meant for another number first (RFC 3398 8.2.1.1).
    pub fn to(&self, local: SocketAddr) -> Option<String> {
        self.original_called
            .as_ref()
            .map(|number| address(number, local))
    }

    /// Further headers: P-Asserted-Identity and Privacy.
    pub fn headers(&self, local: SocketAddr) -> Vec<(Name, String)> {
        let mut headers = Vec::new();
        if let Some(number) = &self.caller.asserted {
            headers.push((Name::PAssertedIdentity, address(number, local)));
        }
        if self.caller.restricted {
            headers.push((Name::Privacy, "id".to_owned()));
        }
        headers
    }
}

impl Caller {
    fn of(iam: &Iam, trunk: &TrunkProfile) -> Self {
        let Some(calling) = iam.optional.get().filter(is_available) else {
            return Self {
                shown: None,
                asserted: None,
                restricted: false,
            };
        };
        let number = address::from_isup(calling.nature, calling.plan, &calling.digits, trunk);
        // A spare value may be a restriction of some network; what may be shown says so clearly.
        let restricted = calling.presentation != Presentation::Allowed;
        let vouched = matches!(
            calling.screening,
            Screening::NetworkProvided | Screening::UserProvidedVerifiedPassed
        );
        let asserted = number.clone().filter(|_| vouched && trunk.trust_identity);
        let additional = if trunk.has_generic_addresses() {
            let mut addresses = iam.optional.all();
            addresses.find_map(|address| own_address(&address, trunk))
        } else {
            let mut numbers = iam.optional.all();
            numbers.find_map(|number| own_number(&number, trunk))
        };
        Self {
            shown: additional.or(number),
            asserted,
            restricted,
        }
    }
}

/// "If presentation is set to 'address unavailable', then gateways should treat the IAM as if the
/// CIN parameter was omitted" (RFC 3398 12.1).
fn is_available(calling: &CallingPartyNumber) -> bool {
    calling.presentation != Presentation::NotAvailable
        && calling.plan == NumberingPlan::Isdn
        && !calling.incomplete
}

/// The number that the caller gave as his own, if it may be shown (expert-checks 28).
fn own_number(generic: &GenericNumber, trunk: &TrunkProfile) -> Option<String> {
    let shown = generic.qualifier == NumberQualifier::AdditionalCallingPartyNumber
        && generic.presentation == Presentation::Allowed
        && generic.plan == NumberingPlan::Isdn
        && !generic.incomplete;
    address::from_isup(generic.nature, generic.plan, &generic.digits, trunk).filter(|_| shown)
}

/// The same in ANSI networks (T1.113 3.20A).
fn own_address(generic: &GenericAddress, trunk: &TrunkProfile) -> Option<String> {
    let shown = generic.kind == AddressType::SupplementalNotScreened
        && generic.presentation == Presentation::Allowed
        && generic.plan == NumberingPlan::Isdn;
    address::from_isup(generic.nature, generic.plan, &generic.digits, trunk).filter(|_| shown)
}

fn address(number: &str, local: SocketAddr) -> String {
    format!(
        "<sip:{}@{};user=phone>",
        EscapedUser(number),
        HostPort(local)
    )
}

/// An address as URIs have it; the port only where it is not the usual one.
struct HostPort(SocketAddr);

impl core::fmt::Display for HostPort {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", Host::from(self.0.ip()))?;
        if self.0.port() == 5060 {
            Ok(())
        } else {
            write!(f, ":{}", self.0.port())
        }
    }
}

#[cfg(test)]
mod tests;
