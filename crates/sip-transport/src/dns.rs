//! Questions about names (RFC 3263), put to name servers.

use crate::config::DnsSettings;
use core::time::Duration;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use trunkline_sip::locate::{Answer, Naptr, Question, Srv};

/// The resolver with its cache.
pub(crate) struct Dns {
    /// `None` if the system's configuration cannot be read: then nobody can be asked.
    resolver: Option<TokioResolver>,
    /// One for each question under way.
    pub(crate) places: Arc<Semaphore>,
    limit: Duration,
}

impl Dns {
    pub(crate) fn new(settings: &DnsSettings, questions: usize, limit: Duration) -> Self {
        let resolver = build(settings, limit).inspect_err(|error| {
            tracing::warn!(%error, "names cannot be resolved");
        });
        Self {
            resolver: resolver.ok(),
            places: Arc::new(Semaphore::new(questions)),
            limit,
        }
    }

    /// Asks; has an answer within the limit.
    pub(crate) async fn ask(&self, question: &Question) -> Answer {
        let Some(resolver) = &self.resolver else {
            return Answer::Failed;
        };
        // Not a name of the local domain's: no search list.
        let Ok(name) = Name::from_ascii(format!("{}.", question.name())) else {
            return Answer::None;
        };
        let kind = match question {
            Question::Naptr(_) => RecordType::NAPTR,
            Question::Srv(_) => RecordType::SRV,
            Question::A(_) => RecordType::A,
            Question::Aaaa(_) => RecordType::AAAA,
        };
        match timeout(self.limit, resolver.lookup(name, kind)).await {
            Ok(Ok(found)) => {
                let records = found.answers().iter().map(|record| &record.data);
                answer(question, records)
            }
            Ok(Err(error)) if is_sure(&error) => Answer::None,
            Ok(Err(error)) => {
                tracing::debug!(%question, %error, "no answer");
                Answer::Failed
            }
            Err(_) => {
                tracing::debug!(%question, "no answer in time");
                Answer::Failed
            }
        }
    }
}

fn build(settings: &DnsSettings, limit: Duration) -> Result<TokioResolver, NetError> {
    let mut builder = if settings.servers.is_empty() {
        TokioResolver::builder_tokio()?
    } else {
        let servers = settings.servers.iter().map(|server| {
            let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
            for connection in &mut connections {
                connection.port = server.port();
            }
            NameServerConfig::new(server.ip(), true, connections.to_vec())
        });
        let config = ResolverConfig::from_parts(None, Vec::new(), servers.collect());
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
    };
    let options = builder.options_mut();
    options.attempts = REPETITIONS as usize;
    options.timeout = limit / (REPETITIONS + 1);
    builder.build()
}

/// Whether DNS says that there is nothing, and not that it does not know.
fn is_sure(error: &NetError) -> bool {
    error.is_no_records_found()
}

fn answer<'a>(question: &Question, records: impl Iterator<Item = &'a RData>) -> Answer {
    match question {
        Question::Naptr(_) => {
            let found: Vec<_> = records.filter_map(naptr).collect();
            (!found.is_empty()).then_some(Answer::Naptr(found))
        }
        Question::Srv(_) => {
            let found: Vec<_> = records.filter_map(srv).collect();
            (!found.is_empty()).then_some(Answer::Srv(found))
        }
        Question::A(_) | Question::Aaaa(_) => {
            let found: Vec<IpAddr> = records.filter_map(RData::ip_addr).collect();
            (!found.is_empty()).then_some(Answer::Addresses(found))
        }
    }
    // CNAMEs that lead nowhere.
    .unwrap_or(Answer::None)
}

fn naptr(record: &RData) -> Option<Naptr> {
    let RData::NAPTR(naptr) = record else {
        return None;
    };
    let text = |octets: &[u8]| str::from_utf8(octets).map(Box::from).ok();
    Some(Naptr {
        order: naptr.order,
        preference: naptr.preference,
        flags: text(&naptr.flags)?,
        service: text(&naptr.services)?,
        regexp: text(&naptr.regexp)?,
        replacement: host(&naptr.replacement),
    })
}

fn srv(record: &RData) -> Option<Srv> {
    let RData::SRV(srv) = record else {
        return None;
    };
    Some(Srv {
        priority: srv.priority,
        weight: srv.weight,
        port: srv.port,
        target: host(&srv.target),
    })
}

/// Without the dot at the end; empty for the root.
fn host(name: &Name) -> Box<str> {
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).into()
}

/// A server is asked again so often.
const REPETITIONS: u32 = 2;
