//! A binding of an address of record (RFC 3261 10.3, RFC 5626 6).

use crate::store::Record;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_sip::header::{Address, Contact, ContactAddress, Qvalue};
use trunkline_sip::{Flow, Name, Transport, header};

/// Where an address of record can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The URI that requests go to, and what the phone said of it; without `expires`. With
    /// `reg-id` the binding is a flow of an instance (RFC 5626 6): of several with the same
    /// `+sip.instance` only one is to be tried at a time (RFC 5626 7).
    pub contact: ContactAddress<'static>,
    /// The way there, to be sent as Route (RFC 3327 5.1).
    pub path: Vec<Address<'static>>,
    /// The flow that the phone registered over, if it is the phone's own: requests go back this
    /// way, whatever the URI says. `None`: they go by the path, or by the URI.
    pub flow: Option<Flow>,
    /// When it ends.
    pub until: Time,
    /// When it was made or last refreshed.
    pub updated: Time,
    pub(crate) call_id: Box<str>,
    pub(crate) cseq: u32,
}

impl Binding {
    /// How much it is preferred; 1 where the phone does not say (RFC 3261 16.6).
    pub fn q(&self) -> Qvalue {
        self.contact.q.unwrap_or(Qvalue::ONE)
    }

    /// Whether it is the binding that this Contact value names: the same flow of the same
    /// instance (RFC 5626 6), or an equivalent URI (RFC 3261 10.3).
    pub(crate) fn is_of(&self, contact: &ContactAddress<'_>) -> bool {
        let (ours, theirs) = (&self.contact, contact);
        match (ours.reg_id, theirs.reg_id) {
            (Some(a), Some(b)) => a == b && ours.instance == theirs.instance,
            (None, None) => match (ours.uri.parts(), theirs.uri.parts()) {
                (Ok(a), Ok(b)) => a.is_equivalent(&b),
                _ => false,
            },
            _ => false,
        }
    }

    /// Contact for a 200 (RFC 3261 10.3 step 8).
    pub(crate) fn listed(&self, now: Time) -> String {
        let left = self.until.since(now);
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        let expires = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
        ContactAddress {
            expires,
            ..self.contact.clone()
        }
        .to_string()
    }

    /// What is stored of it. `origin` is the Unix time of [`Time::ZERO`].
    pub(crate) fn record(&self, aor: &str, origin: Origin) -> Record {
        let path: Vec<String> = self.path.iter().map(ToString::to_string).collect();
        let datagrams = self.flow.filter(|flow| flow.transport == Transport::Udp);
        Record {
            aor: aor.into(),
            contact: self.contact.to_string(),
            path: path.join(", "),
            call_id: self.call_id.to_string(),
            cseq: self.cseq,
            until: origin.unix(self.until),
            updated: origin.unix(self.updated),
            datagrams: datagrams.map(|flow| (flow.local, flow.remote)),
            is_bound: self.flow.is_some_and(|flow| {
                flow.connection.is_some() && !is_reachable_anew(&self.contact, &flow)
            }),
        }
    }

    /// From what was stored. `None` if it cannot be read, or can only be reached over a
    /// connection, which did not survive.
    pub(crate) fn from_record(record: &Record, origin: Origin) -> Option<Self> {
        if record.is_bound {
            return None;
        }
        let Contact::Address(contact) = Contact::parse(&record.contact).ok()? else {
            return None;
        };
        let path: Option<Vec<_>> = header::split(Name::Path, &record.path)
            .filter(|(_, value)| !value.is_empty())
            .map(|(_, value)| Some(Address::parse(value).ok()?.into_owned()))
            .collect();
        let flow = |(local, remote): (SocketAddr, SocketAddr)| Flow::udp(local, remote);
        Some(Self {
            contact: contact.into_owned(),
            path: path?,
            flow: record.datagrams.map(flow),
            until: origin.time(record.until),
            updated: origin.time(record.updated),
            call_id: record.call_id.as_str().into(),
            cseq: record.cseq,
        })
    }
}

/// Whether a phone whose connection is gone takes another one: it did not ask for its flow to be
/// used (RFC 5626), it is no browser (RFC 7118), and its URI has the address that it connected
/// from, so that no translator stands before it.
pub(crate) fn is_reachable_anew(contact: &ContactAddress<'_>, flow: &Flow) -> bool {
    let Ok(uri) = contact.uri.parts() else {
        return false;
    };
    let Some(uri) = uri.sip() else {
        return false;
    };
    let is_web = matches!(flow.transport, Transport::Ws | Transport::Wss);
    let is_there = uri.host.ip() == Some(flow.remote.ip());
    contact.reg_id.is_none() && !is_web && is_there
}

/// The Unix time at [`Time::ZERO`], in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin(i64);

impl Origin {
    /// From the Unix time now.
    pub(crate) fn new(now: Time, unix: Duration) -> Self {
        let millis = |value: u128| i64::try_from(value).unwrap_or(i64::MAX);
        Self(millis(unix.as_millis()).saturating_sub(millis(now.as_millis().into())))
    }

    /// Milliseconds of Unix time.
    pub(crate) fn unix(self, time: Time) -> i64 {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.0.saturating_add(millis)
    }

    fn time(self, unix: i64) -> Time {
        // What was before the origin ends at it.
        let millis = u64::try_from(unix.saturating_sub(self.0)).unwrap_or(0);
        Time::from_micros(millis.saturating_mul(1_000))
    }
}
