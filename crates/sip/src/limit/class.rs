//! What kinds of request are told apart, and which come first.

use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::uri::Uri;

/// A kind of request, with a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// INVITE that starts a call.
    Invite,
    /// REGISTER.
    Register,
    /// Any other request outside a dialog.
    Other,
}

impl Class {
    /// The class of a request; `None` if it belongs to something that was let in before: a
    /// response, a request in a dialog (RFC 3261 12.2), ACK, or CANCEL.
    pub fn of(message: &Message) -> Option<Self> {
        let class = match message.method()? {
            Method::Ack | Method::Cancel => return None,
            Method::Invite => Self::Invite,
            Method::Register => Self::Register,
            _ => Self::Other,
        };
        message.to().tag().is_none().then_some(class)
    }
}

/// Whether a request goes before others when there is too much: a call to an emergency service
/// (RFC 5031 3) or to one of these numbers, or marked as an emergency (RFC 3261 20.26), or with a
/// Resource-Priority above routine (RFC 4412 10, RFC 7135).
pub fn is_priority(request: &Message, emergency_numbers: &[Box<str>]) -> bool {
    request
        .request_uri()
        .is_some_and(|uri| is_emergency(uri, emergency_numbers))
        || request
            .header(Name::Priority)
            .is_some_and(|value| value.eq_ignore_ascii_case("emergency"))
        || request
            .headers(Name::ResourcePriority)
            .any(is_above_routine)
}

fn is_emergency(uri: &str, numbers: &[Box<str>]) -> bool {
    match Uri::parse(uri) {
        Ok(Uri::Sip(uri)) => uri
            .user_decoded()
            .is_some_and(|user| numbers.iter().any(|number| **number == *user)),
        Ok(Uri::Tel(uri)) => numbers.iter().any(|number| **number == *uri.digits()),
        Ok(Uri::Other { scheme, rest }) => {
            let sos = "service:sos";
            scheme.eq_ignore_ascii_case("urn")
                && rest
                    .get(..sos.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(sos))
                && matches!(rest.as_bytes().get(sos.len()), None | Some(b'.'))
        }
        Err(_) => false,
    }
}

/// Whether an r-value of Resource-Priority goes before other requests. Unknown namespaces do not
/// (RFC 4412 4.6).
fn is_above_routine(value: &str) -> bool {
    let Some((namespace, priority)) = value.split_once('.') else {
        return false;
    };
    NAMESPACES.iter().any(|(known, priorities)| {
        known.eq_ignore_ascii_case(namespace)
            && priorities
                .iter()
                .any(|known| known.eq_ignore_ascii_case(priority))
    })
}

/// Namespaces and their values above routine (RFC 4412 10.2 to 10.6, RFC 7135 4). The lowest
/// value of dsn, drsn and q735 is that of any call.
const NAMESPACES: &[(&str, &[&str])] = &[
    ("dsn", &["priority", "immediate", "flash", "flash-override"]),
    (
        "drsn",
        &[
            "priority",
            "immediate",
            "flash",
            "flash-override",
            "flash-override-override",
        ],
    ),
    ("q735", &["3", "2", "1", "0"]),
    ("ets", &["4", "3", "2", "1", "0"]),
    ("wps", &["4", "3", "2", "1", "0"]),
    ("esnet", &["4", "3", "2", "1", "0"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str, to: &str, more: &str) -> Message {
        let method = line.split(' ').next().unwrap();
        let text = format!(
            "{line} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
             From: <sip:a@b.com>;tag=1\r\nTo: {to}\r\nCall-ID: 1\r\nCSeq: 1 {method}\r\n\
             Max-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n"
        );
        Message::parse(text.into_bytes()).unwrap()
    }

    #[test]
    fn classes() {
        for (line, to, class) in [
            ("INVITE sip:a@b.com", "<sip:a@b.com>", Some(Class::Invite)),
            ("INVITE sip:a@b.com", "<sip:a@b.com>;tag=2", None),
            ("ACK sip:a@b.com", "<sip:a@b.com>;tag=2", None),
            ("CANCEL sip:a@b.com", "<sip:a@b.com>", None),
            ("BYE sip:a@b.com", "<sip:a@b.com>;tag=2", None),
            ("REGISTER sip:b.com", "<sip:a@b.com>", Some(Class::Register)),
            ("OPTIONS sip:b.com", "<sip:a@b.com>", Some(Class::Other)),
            ("NOTIFY sip:b.com", "<sip:a@b.com>", Some(Class::Other)),
            ("NEW sip:b.com", "<sip:a@b.com>", Some(Class::Other)),
        ] {
            assert_eq!(Class::of(&request(line, to, "")), class, "{line} {to}");
        }
    }

    #[test]
    fn priority() {
        let numbers: [Box<str>; 2] = ["112".into(), "911".into()];
        for (uri, more, expected) in [
            ("sip:a@b.com", "", false),
            ("urn:service:sos", "", true),
            ("URN:service:SOS.police", "", true),
            ("urn:service:sosx", "", false),
            ("urn:service:counseling", "", false),
            ("sip:112@b.com;user=phone", "", true),
            ("sip:1123@b.com", "", false),
            ("tel:9-1-1;phone-context=+1", "", true),
            ("sip:a@b.com", "Priority: Emergency\r\n", true),
            ("sip:a@b.com", "Priority: urgent\r\n", false),
            ("sip:a@b.com", "Resource-Priority: wps.4\r\n", true),
            ("sip:a@b.com", "Resource-Priority: x.1, ESNET.1\r\n", true),
            (
                "sip:a@b.com",
                "Resource-Priority: dsn.routine, q735.4\r\n",
                false,
            ),
            ("sip:a@b.com", "Resource-Priority: dsn.flash\r\n", true),
            (
                "sip:a@b.com",
                "Resource-Priority: ets, ets.9, unknown.0\r\n",
                false,
            ),
        ] {
            let request = request(&format!("INVITE {uri}"), "<sip:a@b.com>", more);
            assert_eq!(is_priority(&request, &numbers), expected, "{uri} {more}");
        }
    }
}
