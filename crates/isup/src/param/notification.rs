//! Generic notification indicator, and notification indicator of ANSI.

use super::{Parameter, ParameterCode};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

codes! {
    /// Notification indicator (Q.763 3.25, after Q.931 4.5.22): 7 bits.
    pub enum Notification {
        UserSuspended = 0x00, "user suspended";
        UserResumed = 0x01, "user resumed";
        BearerServiceChange = 0x02, "bearer service change";
        AsnExtension = 0x03, "discriminator for extension to ASN.1 encoded component";
        CallCompletionDelay = 0x04, "call completion delay";
        ConferenceEstablished = 0x42, "conference established";
        ConferenceDisconnected = 0x43, "conference disconnected";
        OtherPartyAdded = 0x44, "other party added";
        Isolated = 0x45, "isolated";
        Reattached = 0x46, "reattached";
        OtherPartyIsolated = 0x47, "other party isolated";
        OtherPartyReattached = 0x48, "other party reattached";
        OtherPartySplit = 0x49, "other party split";
        OtherPartyDisconnected = 0x4a, "other party disconnected";
        ConferenceFloating = 0x4b, "conference floating";
        CallWaiting = 0x60, "call is a waiting call";
        DiversionActivated = 0x68, "diversion activated";
        CallTransferAlerting = 0x69, "call transfer, alerting";
        CallTransferActive = 0x6a, "call transfer, active";
        RemoteHold = 0x79, "remote hold";
        RemoteRetrieval = 0x7a, "remote retrieval";
        CallDiverting = 0x7b, "call is diverting";
        _ => Other, "reserved notification"
    }
}

/// Implements what the notification indicators of both standards have in common.
macro_rules! notifications {
    ($($name:ident: $code:ident;)+) => {$(
        impl $name {
            /// That notification alone.
            pub fn new(notification: Notification) -> Self {
                Self { notifications: vec![notification] }
            }
        }

        impl From<Notification> for $name {
            fn from(notification: Notification) -> Self {
                Self::new(notification)
            }
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                Ok(Self { notifications: read(octets)? })
            }

            fn write(&self, out: &mut Vec<u8>) {
                write(&self.notifications, out);
            }

            fn describe(&self) -> Description {
                let names: Vec<_> = self.notifications.iter().map(ToString::to_string).collect();
                Description::of(names.join("; "))
            }
        }
    )+};
}

/// Generic notification indicator (Q.763 3.25): what the other user is told of supplementary
/// services. A message may contain several.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GenericNotificationIndicator {
    /// The notifications, at least one; more than one by the extension indicator.
    pub notifications: Vec<Notification>,
}

/// Notification indicator (T1.113 3.24B), which has the coding of the generic notification
/// indicator of Q.763.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NotificationIndicator {
    /// The notifications, at least one; more than one by the extension indicator.
    pub notifications: Vec<Notification>,
}

notifications! {
    GenericNotificationIndicator: GENERIC_NOTIFICATION_INDICATOR;
    NotificationIndicator: NOTIFICATION_INDICATOR;
}

fn read(octets: &[u8]) -> Result<Vec<Notification>, Problem> {
    if octets.is_empty() {
        return Err(Problem::TooShort { need: 1, have: 0 });
    }
    let last = octets.iter().position(|octet| octet & EXTENSION != 0);
    // Octets that end without one that says it is the last are all there is.
    let count = last.map_or(octets.len(), |last| last + 1);
    let notifications = octets.iter().take(count);
    Ok(notifications
        .map(|octet| Notification::from_code(octet & !EXTENSION))
        .collect())
}

fn write(notifications: &[Notification], out: &mut Vec<u8>) {
    let last = notifications.len().saturating_sub(1);
    out.extend(
        notifications
            .iter()
            .enumerate()
            .map(|(index, notification)| {
                let extension = if index == last { EXTENSION } else { 0 };
                notification.code() & !EXTENSION | extension
            }),
    );
}

/// The extension indicator: 1 in the last octet.
const EXTENSION: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn one_notification_is_one_octet() {
        reads_and_writes(
            &[0xf9],
            GenericNotificationIndicator::new(Notification::RemoteHold),
        );
        reads_and_writes(
            &[0xe0],
            NotificationIndicator::new(Notification::CallWaiting),
        );
        refuses_fewer::<GenericNotificationIndicator>(1);
        refuses_fewer::<NotificationIndicator>(1);
    }

    #[test]
    fn notifications_go_on_up_to_the_extension_indicator() {
        let value = GenericNotificationIndicator {
            notifications: vec![Notification::UserSuspended, Notification::Other(0x7f)],
        };
        reads_and_writes(&[0x00, 0xff], value.clone());
        assert_eq!(
            described(&value),
            ["user suspended; reserved notification (127)"]
        );
        assert_eq!(
            GenericNotificationIndicator::read(&[0x00, 0xff, 0x80]),
            Ok(value.clone())
        );
        assert_eq!(GenericNotificationIndicator::read(&[0x00, 0x7f]), Ok(value));
    }
}
