//! What a REGISTER makes of the bindings of an address of record (RFC 3261 10.3 steps 6 and 7,
//! RFC 5626 6).

use crate::binding::Binding;
use crate::config::RegistrarConfig;
use trunkline_model::Time;
use trunkline_sip::header::{self, Address, Contact, ContactAddress, Expires};
use trunkline_sip::{Flow, Message, Name, Transport};

/// What a REGISTER asks for.
#[derive(Debug)]
pub(crate) enum Wish {
    /// The list of bindings.
    Query,
    /// That there be none.
    RemoveAll,
    /// These, each with its interval in seconds, 0 to remove it.
    Change(Vec<(ContactAddress<'static>, u32)>),
}

/// Where and when a REGISTER came from.
#[derive(Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) now: Time,
    pub(crate) call_id: &'a str,
    pub(crate) cseq: u32,
    pub(crate) path: Vec<Address<'static>>,
    /// The flow, and the sent-by host of the phone, if no proxy stands between.
    pub(crate) direct: Option<(Flow, String)>,
}

/// Why a REGISTER is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// 400.
    Invalid(&'static str),
    /// 403: more contacts than are kept.
    TooManyContacts,
    /// 423.
    TooBrief,
    /// 439: reg-id, but the first hop knows no outbound.
    FirstHopLacksOutbound,
    /// 500: a later one has been followed already.
    OutOfOrder,
}

/// How outbound concerns a REGISTER (RFC 5626 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outbound {
    /// A binding is that of a flow, and the phone wants to be told so.
    Applied,
    /// A binding is that of a flow.
    Unsaid,
    /// There is none.
    None,
}

/// Reads Contact and Expires. Contact values that have a `reg-id` keep it only if it counts.
pub(crate) fn wish(
    request: &Message,
    config: &RegistrarConfig,
) -> Result<(Wish, Outbound), Rejection> {
    let expires = header::get::<Expires>(request).map(|expires| {
        // Malformed values count as an hour (RFC 3261 10.2).
        expires.map_or(3_600, |Expires(seconds)| seconds)
    });
    let mut contacts = Vec::new();
    for contact in header::all::<Contact<'_>>(request) {
        match contact {
            Ok(Contact::All) => {
                let is_alone = header::all::<Contact<'_>>(request).count() == 1;
                return if is_alone && expires == Some(0) {
                    Ok((Wish::RemoveAll, Outbound::None))
                } else {
                    Err(Rejection::Invalid("Contact * Needs Expires 0"))
                };
            }
            Ok(Contact::Address(contact)) => contacts.push(contact.into_owned()),
            Err(_) => return Err(Rejection::Invalid("Malformed Contact")),
        }
    }
    if contacts.is_empty() {
        return Ok((Wish::Query, Outbound::None));
    }
    let outbound = outbound(request, &mut contacts)?;
    let mut changes = Vec::new();
    for mut contact in contacts {
        let asked = contact.expires.take();
        let asked = asked.or(expires).unwrap_or(config.default_expires);
        if (1..3_600).contains(&asked) && asked < config.min_expires {
            return Err(Rejection::TooBrief);
        }
        if contact.to_string().len() > MAX_CONTACT {
            return Err(Rejection::Invalid("Contact Too Long"));
        }
        changes.push((contact, asked.min(config.max_expires)));
    }
    let is_kept = |change: &&(_, u32)| change.1 > 0;
    let kept = changes.iter().filter(is_kept).count();
    let has_flow = changes.iter().any(|it| it.1 > 0 && it.0.reg_id.is_some());
    if kept > 1 && has_flow {
        return Err(Rejection::Invalid("One Contact With reg-id"));
    }
    if kept > config.max_contacts {
        return Err(Rejection::TooManyContacts);
    }
    Ok((Wish::Change(changes), outbound))
}

/// Whether outbound processing applies; if not, `reg-id` is ignored.
fn outbound(
    request: &Message,
    contacts: &mut [ContactAddress<'static>],
) -> Result<Outbound, Rejection> {
    for contact in contacts.iter_mut() {
        if contact.instance.is_none() {
            contact.reg_id = None;
        }
    }
    if contacts.iter().all(|contact| contact.reg_id.is_none()) {
        return Ok(Outbound::None);
    }
    let is_supported = request.lists(Name::Supported, "outbound");
    // Only a first hop that knows outbound writes `ob`.
    let knows_outbound = is_first_hop(request)
        || header::all_in::<Address<'_>>(request, Name::Path)
            .flatten()
            .any(|path| {
                path.uri
                    .parts()
                    .is_ok_and(|uri| uri.sip().is_some_and(|it| it.params.get("ob").is_some()))
            });
    match (knows_outbound, is_supported) {
        (true, true) => Ok(Outbound::Applied),
        (true, false) => Ok(Outbound::Unsaid),
        (false, true) => Err(Rejection::FirstHopLacksOutbound),
        (false, false) => {
            for contact in contacts {
                contact.reg_id = None;
            }
            Ok(Outbound::None)
        }
    }
}

/// Whether no proxy stands between the phone and us.
pub(crate) fn is_first_hop(request: &Message) -> bool {
    request.headers(Name::Via).count() == 1
}

/// The bindings after a REGISTER, and how many gave way to new ones.
pub(crate) fn apply(
    current: &[Binding],
    wish: Wish,
    origin: &Origin<'_>,
    max_contacts: usize,
) -> Result<(Vec<Binding>, usize), Rejection> {
    let mut bindings: Vec<Binding> = current
        .iter()
        .filter(|binding| binding.until > origin.now)
        .cloned()
        .collect();
    let is_late = |it: &Binding| *it.call_id == *origin.call_id && origin.cseq <= it.cseq;
    match wish {
        Wish::Query => {}
        Wish::RemoveAll => {
            if bindings.iter().any(is_late) {
                return Err(Rejection::OutOfOrder);
            }
            bindings.clear();
        }
        Wish::Change(changes) => {
            if bindings
                .iter()
                .any(|it| is_late(it) && changes.iter().any(|(of, _)| it.is_of(of)))
            {
                return Err(Rejection::OutOfOrder);
            }
            for (contact, expires) in changes {
                bindings.retain(|binding| !binding.is_of(&contact));
                if expires > 0 {
                    bindings.push(binding(contact, expires, origin));
                }
            }
        }
    }
    let mut gave_way = 0;
    while bindings.len() > max_contacts {
        // Those of this request are not among them: there are at most as many as may be kept.
        let first_to_end = bindings
            .iter()
            .enumerate()
            .filter(|(_, binding)| {
                binding.updated < origin.now || *binding.call_id != *origin.call_id
            })
            .min_by_key(|(_, binding)| binding.until)
            .map(|(index, _)| index);
        bindings.remove(first_to_end.unwrap_or(0));
        gave_way += 1;
    }
    Ok((bindings, gave_way))
}

fn binding(contact: ContactAddress<'static>, expires: u32, origin: &Origin<'_>) -> Binding {
    let flow = origin
        .direct
        .as_ref()
        .filter(|(flow, sent_by)| is_own(&contact, flow, sent_by))
        .map(|(flow, _)| *flow);
    Binding {
        contact,
        path: origin.path.clone(),
        flow,
        until: origin.now + core::time::Duration::from_secs(expires.into()),
        updated: origin.now,
        call_id: origin.call_id.into(),
        cseq: origin.cseq,
    }
}

/// Whether the Contact is the sender's own, and not one that it registers for somebody else: it
/// asks for the flow to be used (RFC 5626), or names the host that Via names or that the request
/// came from, or one that cannot be found (RFC 7118 5.2.1).
fn is_own(contact: &ContactAddress<'_>, flow: &Flow, sent_by: &str) -> bool {
    if contact.reg_id.is_some() {
        return true;
    }
    let Ok(uri) = contact.uri.parts() else {
        return false;
    };
    let Some(uri) = uri.sip() else {
        return false;
    };
    let host = uri.host.to_string();
    let is_web = matches!(flow.transport, Transport::Ws | Transport::Wss);
    host.eq_ignore_ascii_case(sent_by)
        || uri.host.ip() == Some(flow.remote.ip())
        || is_web && host.to_ascii_lowercase().ends_with(".invalid")
}

/// Octets of a Contact value.
const MAX_CONTACT: usize = 2_048;
