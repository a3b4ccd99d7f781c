//! A sighting as JSON.

use super::number::{masked_text, masked_uri};
use super::{Sighting, What};
use serde_json::{Map, Value, json};
use trunkline_isup as isup;
use trunkline_m3ua as m3ua;
use trunkline_sip::{Kind, Message};

impl Sighting {
    /// One object: `frame`, `time` (seconds since 1970), `from`, `to`, `protocol`, `name`, `text`
    /// (the line of a ladder), `error` of what is malformed, and what the protocol has to say.
    /// Telephone numbers are masked unless they are to be revealed.
    pub fn to_json(&self, reveal: bool) -> Value {
        let mut object = Map::new();
        let mut set = |key: &str, value: Value| {
            object.insert(key.to_owned(), value);
        };
        if self.frame > 0 {
            set("frame", json!(self.frame));
        }
        set("time", json!(self.time.as_secs_f64()));
        set("from", json!(self.from.to_string()));
        set("to", json!(self.to.to_string()));
        set("protocol", json!(self.what.protocol().name()));
        set("name", json!(self.what.name()));
        set("text", json!(self.what.line(reveal).to_string()));
        match &self.what {
            What::Sip(message)
            | What::MalformedSip {
                salvaged: Some(message),
                ..
            } => {
                sip(message, reveal, &mut set);
            }
            What::M3ua(message) => m3ua(message, &mut set),
            What::Isup { opc, dpc, pdu, .. } => {
                set("opc", json!(opc.value()));
                set("dpc", json!(dpc.value()));
                if let Ok(pdu) = pdu {
                    set("cic", json!(pdu.cic.value()));
                    isup(&pdu.message, reveal, &mut set);
                }
            }
            What::OtherUser {
                opc,
                dpc,
                si,
                length,
            } => {
                set("opc", json!(opc.value()));
                set("dpc", json!(dpc.value()));
                set("si", json!(si));
                set("octets", json!(length));
            }
            What::RtpStarted { ssrc, payload_type } => {
                set("ssrc", json!(ssrc));
                set("payload_type", json!(payload_type));
            }
            What::RtpStream {
                ssrc,
                payload_type,
                packets,
                lost,
            } => {
                set("ssrc", json!(ssrc));
                set("payload_type", json!(payload_type));
                set("packets", json!(packets));
                set("lost", json!(lost));
            }
            What::MalformedSip { .. } | What::MalformedM3ua(_) | What::Sctp(_) => {}
        }
        if let Some(error) = self.what.error() {
            set("error", json!(error.to_string()));
        }
        Value::Object(object)
    }
}

fn sip(message: &Message, reveal: bool, set: &mut impl FnMut(&str, Value)) {
    match message.kind() {
        Kind::Request { method, uri } => {
            set("method", json!(method.to_string()));
            set(
                "uri",
                if reveal {
                    json!(uri)
                } else {
                    json!(masked_uri(uri))
                },
            );
        }
        Kind::Response { status, reason } => {
            set("status", json!(status));
            set(
                "reason",
                if reveal {
                    json!(reason)
                } else {
                    json!(masked_text(reason))
                },
            );
            set("method", json!(message.cseq().method.to_string()));
        }
    }
    set("cseq", json!(message.cseq().number));
    set("call_id", json!(message.call_id()));
    set("sdp", json!(message.sdp().is_some()));
}

fn m3ua(message: &m3ua::Message, set: &mut impl FnMut(&str, Value)) {
    match message {
        m3ua::Message::Notify(notify) => set("status", json!(notify.status.to_string())),
        m3ua::Message::Error(error) => set("code", json!(error.code.value())),
        _ => {}
    }
}

fn isup(message: &isup::Message, reveal: bool, set: &mut impl FnMut(&str, Value)) {
    let digits = |digits: &isup::AddressDigits| {
        if reveal {
            json!(digits.to_string())
        } else {
            json!(digits.masked().to_string())
        }
    };
    match message {
        isup::Message::Iam(iam) => {
            set("called", digits(&iam.called.digits));
            if let Some(calling) = iam.optional.get::<isup::CallingPartyNumber>() {
                set("calling", digits(&calling.digits));
            }
        }
        isup::Message::Cpg(cpg) => set("event", json!(cpg.event.event.name())),
        isup::Message::Rel(rel) => set("cause", json!(rel.cause.value)),
        isup::Message::Cfn(cfn) => set("cause", json!(cfn.cause.value)),
        isup::Message::Grs(grs) => set("range", json!(grs.range)),
        isup::Message::Gra(gra) => set("range", json!(gra.range)),
        _ => {}
    }
}
