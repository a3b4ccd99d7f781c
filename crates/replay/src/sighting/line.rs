//! One line for a ladder.

use super::number::{masked_text, masked_uri};
use super::{What, user};
use core::fmt::{self, Write};
use trunkline_isup as isup;
use trunkline_m3ua as m3ua;
use trunkline_sip::{Kind, Message};

/// A sighting in one line; see [`What::line`].
pub struct Line<'a> {
    what: &'a What,
    reveal: bool,
}

impl What {
    /// One line: the message's name and what a reader of call flows looks for.
    ///
    /// Telephone numbers are masked unless they are to be revealed. Control characters that a peer
    /// has sent are escaped: the line can be printed on a terminal.
    pub const fn line(&self, reveal: bool) -> Line<'_> {
        Line { what: self, reveal }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line(false).fmt(f)
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Printable(f);
        match self.what {
            What::Sip(message) => self.sip(f, message),
            What::MalformedSip {
                name,
                error,
                salvaged,
            } => {
                match (salvaged, name) {
                    (Some(message), _) => self.sip(f, message)?,
                    (None, Some(name)) => f.write_str(name)?,
                    (None, None) => return write!(f, "malformed: {error}"),
                }
                write!(f, ", malformed: {error}")
            }
            What::M3ua(message) => m3ua(f, message),
            What::MalformedM3ua(error) => write!(f, "malformed: {error}"),
            What::Isup {
                opc,
                dpc,
                pdu: Ok(pdu),
                ..
            } => {
                f.write_str(&self.what.name())?;
                self.isup(f, &pdu.message)?;
                write!(f, " (CIC {}, {opc} to {dpc})", pdu.cic)
            }
            What::Isup {
                opc,
                dpc,
                pdu: Err(error),
                ..
            } => {
                write!(f, "malformed: {error} ({opc} to {dpc})")
            }
            What::OtherUser {
                opc,
                dpc,
                si,
                length,
            } => {
                match user(*si) {
                    Some(user) => write!(f, "DATA of {user}")?,
                    None => write!(f, "DATA of service indicator {si}")?,
                }
                write!(f, ", {length} octets ({opc} to {dpc})")
            }
            What::Sctp(chunk) => f.write_str(chunk),
            What::RtpStarted { ssrc, payload_type } => {
                write!(
                    f,
                    "stream begins: payload type {payload_type}, SSRC {ssrc:08x}"
                )
            }
            What::RtpStream {
                ssrc,
                payload_type,
                packets,
                lost,
            } => write!(
                f,
                "stream: payload type {payload_type}, SSRC {ssrc:08x}, {packets} packets, {lost} lost"
            ),
        }
    }
}

impl Line<'_> {
    fn sip(&self, f: &mut impl Write, message: &Message) -> fmt::Result {
        match message.kind() {
            Kind::Request { method, uri } if self.reveal => write!(f, "{method} {uri}")?,
            Kind::Request { method, uri } => write!(f, "{method} {}", masked_uri(uri))?,
            Kind::Response { status, reason } => {
                write!(f, "{status} ")?;
                match (reason, self.reveal) {
                    ("", _) => {}
                    (reason, true) => write!(f, "{reason} ")?,
                    (reason, false) => write!(f, "{} ", masked_text(reason))?,
                }
                write!(f, "({})", message.cseq().method)?;
            }
        }
        if message.sdp().is_some() {
            f.write_str(" + SDP")
        } else {
            Ok(())
        }
    }

    fn isup(&self, f: &mut impl Write, message: &isup::Message) -> fmt::Result {
        match message {
            isup::Message::Iam(iam) => {
                write!(f, " to {}", self.digits(&iam.called.digits))?;
                match iam.optional.get::<isup::CallingPartyNumber>() {
                    Some(calling) if !calling.digits.is_empty() => {
                        write!(f, " from {}", self.digits(&calling.digits))
                    }
                    _ => Ok(()),
                }
            }
            isup::Message::Sam(sam) => write!(f, " {}", self.digits(&sam.subsequent.digits)),
            isup::Message::Cpg(cpg) => write!(f, ", {}", cpg.event.event),
            isup::Message::Rel(rel) => write!(f, " cause {}", rel.cause.cause()),
            isup::Message::Cfn(cfn) => write!(f, " cause {}", cfn.cause.cause()),
            isup::Message::Acm(acm) => match acm.optional.get::<isup::CauseIndicators>() {
                Some(cause) => write!(f, " cause {}", cause.cause()),
                None => Ok(()),
            },
            isup::Message::Grs(grs) => write!(f, " range {}", grs.range),
            isup::Message::Gra(gra) => write!(f, " range {}", gra.range),
            _ => Ok(()),
        }
    }

    fn digits(&self, digits: &isup::AddressDigits) -> String {
        if self.reveal {
            digits.to_string()
        } else {
            digits.masked().to_string()
        }
    }
}

fn m3ua(f: &mut impl Write, message: &m3ua::Message) -> fmt::Result {
    use m3ua::Message;
    let (affected, contexts): (&[_], &[u32]) = match message {
        Message::Duna(m) => (&m.affected, &m.routing_contexts),
        Message::Dava(m) => (&m.affected, &m.routing_contexts),
        Message::Daud(m) => (&m.affected, &m.routing_contexts),
        Message::Drst(m) => (&m.affected, &m.routing_contexts),
        Message::Scon(m) => (&m.affected, &m.routing_contexts),
        Message::AspActive(m) => (&[], &m.routing_contexts),
        Message::AspActiveAck(m) => (&[], &m.routing_contexts),
        Message::AspInactive(m) => (&[], &m.routing_contexts),
        Message::AspInactiveAck(m) => (&[], &m.routing_contexts),
        Message::Notify(m) => (&[], &m.routing_contexts),
        Message::Error(m) => (&m.affected, &m.routing_contexts),
        _ => (&[], &[]),
    };
    write!(f, "{message}")?;
    if let Message::Dupu(dupu) = message {
        write!(f, " {}", dupu.affected)?;
    }
    list(f, " ", affected)?;
    if !contexts.is_empty() {
        list(f, " (routing context ", contexts)?;
        f.write_str(")")?;
    }
    Ok(())
}

/// The first few of a list that may be long.
fn list<T: fmt::Display>(f: &mut impl Write, before: &str, items: &[T]) -> fmt::Result {
    for (index, item) in items.iter().take(SHOWN).enumerate() {
        f.write_str(if index == 0 { before } else { ", " })?;
        write!(f, "{item}")?;
    }
    if items.len() > SHOWN {
        write!(f, " and {} more", items.len() - SHOWN)?;
    }
    Ok(())
}

const SHOWN: usize = 8;

/// Escapes what terminals obey.
struct Printable<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Printable<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| c.is_control()) {
            self.0.write_str(&rest[..at])?;
            write!(self.0, "{}", c.escape_default())?;
            rest = &rest[at + c.len_utf8()..];
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_isup::{
        AddressDigits, CalledPartyNumber, CallingPartyNumber, Iam, NatureOfAddress, Pdu,
    };
    use trunkline_model::{Cic, PointCode};

    fn number(digits: &str) -> AddressDigits {
        digits.parse().unwrap()
    }

    #[test]
    fn numbers_are_masked_unless_revealed() {
        let national = NatureOfAddress::National;
        let mut iam = Iam::new(CalledPartyNumber::new(national, number("3012345678F")));
        iam.optional
            .push(&CallingPartyNumber::new(national, number("89123456")));
        let message = isup::Message::Iam(iam);
        let what = What::Isup {
            variant: isup::Variant::itu(),
            opc: PointCode::new(1).unwrap(),
            dpc: PointCode::new(2).unwrap(),
            pdu: Ok(Box::new(Pdu::new(Cic::new(7).unwrap(), message))),
        };
        assert_eq!(
            what.to_string(),
            "IAM to 3012******* from 8912**** (CIC 7, 1 to 2)"
        );
        assert_eq!(
            what.line(true).to_string(),
            "IAM to 3012345678F from 89123456 (CIC 7, 1 to 2)"
        );
    }

    #[test]
    fn malformed_requests_keep_their_name_and_terminals_their_peace() {
        let text = "INVITE sip:493012345678@a\u{9b}2J SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\
                    From: <sip:a@h>;tag=1\r\nTo: x y <<\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n";
        let error = Message::parse(text.as_bytes().to_vec()).unwrap_err();
        let salvaged = Message::salvage(text.as_bytes().to_vec()).map(Box::new);
        assert!(salvaged.is_some());
        let name = None;
        let what = What::MalformedSip {
            name,
            error,
            salvaged,
        };
        assert_eq!(
            what.to_string(),
            format!("INVITE sip:4930********@a\\u{{9b}}2J, malformed: {error}")
        );
    }
}
