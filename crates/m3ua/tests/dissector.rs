//! What an independent decoder, that of Wireshark, reads in messages that are written here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/generate.rs"]
mod generate;
#[path = "support/tshark.rs"]
mod tshark;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use trunkline_m3ua::message_type::MESSAGES;
use trunkline_m3ua::msg::UnavailabilityCause;
use trunkline_m3ua::param::{PARAMETERS, Tag};
use trunkline_m3ua::{
    AffectedPointCode, DeregistrationStatus, ErrorCode, InfoString, Message, MessageType,
    RegistrationStatus, RoutingKey, TrafficMode, encode,
};

/// All fields that the dissector has for RFC 4666.
const FIELDS: &[&str] = &[
    "_ws.col.Info",
    "_ws.malformed",
    "_ws.expert.message",
    "m3ua.version",
    "m3ua.reserved",
    "m3ua.message_class",
    "m3ua.message_type",
    "m3ua.message_length",
    "m3ua.parameter_tag",
    "m3ua.parameter_length",
    "m3ua.parameter_padding",
    "m3ua.network_appearance",
    "m3ua.info_string",
    "m3ua.routing_context",
    "m3ua.diagnostic_information",
    "m3ua.heartbeat_data",
    "m3ua.error_code",
    "m3ua.status_type",
    "m3ua.status_info",
    "m3ua.asp_identifier",
    "m3ua.affected_point_code_mask",
    "m3ua.affected_point_code_pc",
    "m3ua.unavailability_cause",
    "m3ua.user_identity",
    "m3ua.traffic_mode_type",
    "m3ua.congestion_reserved",
    "m3ua.congestion_level",
    "m3ua.concerned_reserved",
    "m3ua.concerned_dpc",
    "m3ua.local_rk_identifier",
    "m3ua.dpc_mask",
    "m3ua.dpc_pc",
    "m3ua.si",
    "m3ua.opc_list_mask",
    "m3ua.opc_list_pc",
    "m3ua.protocol_data_opc",
    "m3ua.protocol_data_dpc",
    "m3ua.protocol_data_si",
    "m3ua.protocol_data_ni",
    "m3ua.protocol_data_mp",
    "m3ua.protocol_data_sls",
    "m3ua.correlation_identifier",
    "m3ua.registration_status",
    "m3ua.deregistration_status",
];

#[test]
fn wireshark_reads_every_message_and_parameter() {
    let strategy = generate::message();
    // The same messages in every run.
    let mut runner = TestRunner::deterministic();
    let messages: Vec<Message> = (0..4_000)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    let octets: Vec<Vec<u8>> = messages.iter().map(encode).collect();
    let Some(rows) = tshark::dissect(&octets, FIELDS) else {
        return tshark::not_run("wireshark_reads_every_message_and_parameter");
    };
    let mut seen: BTreeMap<(MessageType, u16), usize> = BTreeMap::new();
    for ((message, octets), row) in messages.iter().zip(octets).zip(rows) {
        let expected = Expected::of(message);
        for tag in &expected.tags {
            *seen.entry((message.message_type(), *tag)).or_default() += 1;
        }
        let read: BTreeMap<&str, String> = FIELDS.iter().copied().zip(row).collect();
        let expected = expected.fields(octets.len());
        for field in FIELDS {
            let wanted = expected.get(field).cloned().unwrap_or_default();
            assert_eq!(read[field], wanted, "{field} of {message:?}\n{octets:02x?}");
        }
    }
    for row in MESSAGES {
        for (tag, _) in row.parameters.iter() {
            let count = seen.get(&(row.message_type, tag.row().code));
            assert!(count > Some(&10), "{tag} of {}: {count:?}", row.name);
        }
    }
}

/// What the dissector should show, made from a message and not from its octets.
#[derive(Default)]
struct Expected {
    name: &'static str,
    tags: Vec<u16>,
    /// The lengths of their values.
    lengths: Vec<usize>,
    values: BTreeMap<&'static str, Vec<String>>,
    /// The octets of what stands in parameters that contain others.
    inside: usize,
}

impl Expected {
    fn of(message: &Message) -> Self {
        let mut this = Self {
            name: message.name(),
            ..Self::default()
        };
        match message {
            Message::Data(m) => {
                let p = &m.protocol_data;
                this.word(0x0200, "m3ua.network_appearance", m.network_appearance);
                this.word(0x0006, "m3ua.routing_context", m.routing_context);
                this.tag(0x0210, 12 + p.data.len());
                this.value("m3ua.protocol_data_opc", p.opc.value());
                this.value("m3ua.protocol_data_dpc", p.dpc.value());
                this.value("m3ua.protocol_data_si", p.si);
                this.value("m3ua.protocol_data_ni", p.ni as u8);
                this.value("m3ua.protocol_data_mp", p.mp);
                this.value("m3ua.protocol_data_sls", p.sls);
                this.word(0x0013, "m3ua.correlation_identifier", m.correlation_id);
            }
            Message::Duna(m) => {
                this.network(m.network_appearance, &m.routing_contexts, &m.affected);
                this.info(m.info.as_ref());
            }
            Message::Dava(m) => {
                this.network(m.network_appearance, &m.routing_contexts, &m.affected);
                this.info(m.info.as_ref());
            }
            Message::Daud(m) => {
                this.network(m.network_appearance, &m.routing_contexts, &m.affected);
                this.info(m.info.as_ref());
            }
            Message::Drst(m) => {
                this.network(m.network_appearance, &m.routing_contexts, &m.affected);
                this.info(m.info.as_ref());
            }
            Message::Scon(m) => {
                this.network(m.network_appearance, &m.routing_contexts, &m.affected);
                if let Some(concerned) = m.concerned {
                    this.word(0x0206, "m3ua.concerned_dpc", Some(concerned.value()));
                    this.value("m3ua.concerned_reserved", "00");
                }
                if let Some(level) = m.level {
                    this.word(0x0205, "m3ua.congestion_level", Some(level.into()));
                    this.value("m3ua.congestion_reserved", "000000");
                }
                this.info(m.info.as_ref());
            }
            Message::Dupu(m) => {
                let affected = AffectedPointCode::one(m.affected);
                this.network(m.network_appearance, &m.routing_contexts, &[affected]);
                this.tag(0x0204, 4);
                this.value("m3ua.unavailability_cause", m.cause.value());
                this.value("m3ua.user_identity", m.user);
                this.info(m.info.as_ref());
            }
            Message::AspUp(m) => this.up(m.asp_identifier, m.info.as_ref()),
            Message::AspUpAck(m) => this.up(m.asp_identifier, m.info.as_ref()),
            Message::AspDown(m) => this.info(m.info.as_ref()),
            Message::AspDownAck(m) => this.info(m.info.as_ref()),
            Message::Heartbeat(m) => this.octets(0x0009, "m3ua.heartbeat_data", m.data.as_ref()),
            Message::HeartbeatAck(m) => {
                this.octets(0x0009, "m3ua.heartbeat_data", m.data.as_ref());
            }
            Message::AspActive(m) => {
                this.active(m.traffic_mode, &m.routing_contexts, m.info.as_ref());
            }
            Message::AspActiveAck(m) => {
                this.active(m.traffic_mode, &m.routing_contexts, m.info.as_ref());
            }
            Message::AspInactive(m) => this.active(None, &m.routing_contexts, m.info.as_ref()),
            Message::AspInactiveAck(m) => this.active(None, &m.routing_contexts, m.info.as_ref()),
            Message::Error(m) => {
                this.word(0x000c, "m3ua.error_code", Some(m.code.value()));
                this.contexts(&m.routing_contexts);
                this.affected(&m.affected);
                this.word(0x0200, "m3ua.network_appearance", m.network_appearance);
                let diagnostic = m.diagnostic.as_ref();
                this.octets(0x0007, "m3ua.diagnostic_information", diagnostic);
            }
            Message::Notify(m) => {
                let (status_type, information) = m.status.values();
                this.tag(0x000d, 4);
                this.value("m3ua.status_type", status_type);
                this.value("m3ua.status_info", information);
                this.word(0x0011, "m3ua.asp_identifier", m.asp_identifier);
                this.contexts(&m.routing_contexts);
                this.info(m.info.as_ref());
            }
            Message::RegReq(m) => {
                for key in &m.routing_keys {
                    this.around(0x0207, |this| this.routing_key(key));
                }
            }
            Message::RegRsp(m) => {
                for result in &m.results {
                    this.around(0x0208, |this| {
                        let identifier = Some(result.local_rk_identifier);
                        this.word(0x020a, "m3ua.local_rk_identifier", identifier);
                        let status = Some(result.status.value());
                        this.word(0x0212, "m3ua.registration_status", status);
                        let context = Some(result.routing_context);
                        this.word(0x0006, "m3ua.routing_context", context);
                    });
                }
            }
            Message::DeregReq(m) => this.contexts(&m.routing_contexts),
            Message::DeregRsp(m) => {
                for result in &m.results {
                    this.around(0x0209, |this| {
                        let context = Some(result.routing_context);
                        this.word(0x0006, "m3ua.routing_context", context);
                        let status = Some(result.status.value());
                        this.word(0x0213, "m3ua.deregistration_status", status);
                    });
                }
            }
        }
        this
    }

    fn routing_key(&mut self, key: &RoutingKey) {
        let mode = key.traffic_mode.map(TrafficMode::value);
        let identifier = Some(key.local_rk_identifier);
        self.word(0x020a, "m3ua.local_rk_identifier", identifier);
        self.word(0x0006, "m3ua.routing_context", key.routing_context);
        self.word(0x000b, "m3ua.traffic_mode_type", mode);
        self.word(0x0200, "m3ua.network_appearance", key.network_appearance);
        for destination in &key.destinations {
            let AffectedPointCode { mask, point_code } = destination.dpc;
            self.word(0x020b, "m3ua.dpc_pc", Some(point_code.value()));
            self.value("m3ua.dpc_mask", mask);
            if !destination.service_indicators.is_empty() {
                self.tag(0x020c, destination.service_indicators.len());
                for indicator in &destination.service_indicators {
                    self.value("m3ua.si", indicator);
                }
            }
            let fields = ["m3ua.opc_list_mask", "m3ua.opc_list_pc"];
            self.point_codes(0x020e, fields, &destination.opcs);
        }
    }

    fn network(
        &mut self,
        network_appearance: Option<u32>,
        routing_contexts: &[u32],
        affected: &[AffectedPointCode],
    ) {
        self.word(0x0200, "m3ua.network_appearance", network_appearance);
        self.contexts(routing_contexts);
        self.affected(affected);
    }

    fn up(&mut self, asp_identifier: Option<u32>, info: Option<&InfoString>) {
        self.word(0x0011, "m3ua.asp_identifier", asp_identifier);
        self.info(info);
    }

    fn active(&mut self, mode: Option<TrafficMode>, contexts: &[u32], info: Option<&InfoString>) {
        let mode = mode.map(TrafficMode::value);
        self.word(0x000b, "m3ua.traffic_mode_type", mode);
        self.contexts(contexts);
        self.info(info);
    }

    fn contexts(&mut self, contexts: &[u32]) {
        if !contexts.is_empty() {
            self.tag(0x0006, contexts.len() * 4);
            for context in contexts {
                self.value("m3ua.routing_context", context);
            }
        }
    }

    fn affected(&mut self, codes: &[AffectedPointCode]) {
        let fields = [
            "m3ua.affected_point_code_mask",
            "m3ua.affected_point_code_pc",
        ];
        self.point_codes(0x0012, fields, codes);
    }

    fn point_codes(&mut self, tag: u16, fields: [&'static str; 2], codes: &[AffectedPointCode]) {
        if !codes.is_empty() {
            self.tag(tag, codes.len() * 4);
            for AffectedPointCode { mask, point_code } in codes {
                self.value(fields[0], mask);
                self.value(fields[1], point_code.value());
            }
        }
    }

    fn info(&mut self, info: Option<&InfoString>) {
        if let Some(info) = info {
            self.tag(0x0004, info.as_bytes().len());
            // The dissector takes the text for ASCII, octet by octet.
            let text = info.as_bytes().iter().map(|octet| match octet.is_ascii() {
                true => char::from(*octet),
                false => char::REPLACEMENT_CHARACTER,
            });
            self.value("m3ua.info_string", text.collect::<String>());
        }
    }

    fn octets(&mut self, tag: u16, field: &'static str, octets: Option<&Vec<u8>>) {
        if let Some(octets) = octets {
            self.tag(tag, octets.len());
            let hex = octets.iter().map(|octet| format!("{octet:02x}"));
            self.value(
                field,
                match octets.is_empty() {
                    true => "<MISSING>".to_owned(),
                    false => hex.collect(),
                },
            );
        }
    }

    fn word(&mut self, tag: u16, field: &'static str, value: Option<u32>) {
        if let Some(value) = value {
            self.tag(tag, 4);
            self.value(field, value);
        }
    }

    /// A parameter around those that `inside` adds.
    fn around(&mut self, tag: u16, inside: impl FnOnce(&mut Self)) {
        let place = self.tags.len();
        self.tag(tag, 0);
        inside(self);
        let inner = &self.lengths[place + 1..];
        let octets = inner
            .iter()
            .map(|length| 4 + length.next_multiple_of(4))
            .sum();
        self.lengths[place] = octets;
        self.inside += octets;
    }

    fn tag(&mut self, tag: u16, length: usize) {
        self.tags.push(tag);
        self.lengths.push(length);
    }

    fn value(&mut self, field: &'static str, value: impl ToString) {
        self.values
            .entry(field)
            .or_default()
            .push(value.to_string());
    }

    /// All fields of a message of that length.
    fn fields(mut self, octets: usize) -> BTreeMap<&'static str, String> {
        let row = MESSAGES.iter().find(|row| row.name == self.name).unwrap();
        let whole = self
            .lengths
            .iter()
            .map(|length| 4 + length.next_multiple_of(4));
        assert_eq!(8 + whole.sum::<usize>() - self.inside, octets);
        self.value("_ws.col.Info", format!("{} ", row.name));
        self.value("m3ua.version", 1);
        self.value("m3ua.reserved", "0x00");
        self.value("m3ua.message_class", row.class);
        self.value("m3ua.message_type", row.code);
        self.value("m3ua.message_length", octets);
        for (tag, length) in std::mem::take(&mut self.tags)
            .into_iter()
            .zip(self.lengths.clone())
        {
            self.value("m3ua.parameter_tag", tag);
            self.value("m3ua.parameter_length", 4 + length);
            let padding = length.next_multiple_of(4) - length;
            if padding > 0 {
                self.value("m3ua.parameter_padding", "00".repeat(padding));
            }
        }
        let values = self.values.into_iter();
        values
            .map(|(field, values)| (field, values.join(";")))
            .collect()
    }
}

#[test]
fn wireshark_names_the_same_messages() {
    let mut octets = Vec::new();
    for class in 0..16 {
        octets.extend((0..=u8::MAX).map(|code| vec![1, 0, class, code, 0, 0, 0, 8]));
    }
    let fields = ["m3ua.message_class", "m3ua.message_type", "_ws.col.Info"];
    let Some(rows) = tshark::dissect(&octets, &fields) else {
        return tshark::not_run("wireshark_names_the_same_messages");
    };
    let mut named = Vec::new();
    for row in rows {
        let name = row[2].trim();
        if name != "reserved" {
            named.push((
                row[0].parse().unwrap(),
                row[1].parse().unwrap(),
                name.to_owned(),
            ));
        }
    }
    let ours = MESSAGES
        .iter()
        .map(|row| (row.class, row.code, row.name.to_owned()));
    assert_eq!(named, ours.collect::<Vec<(u8, u8, String)>>());
}

#[test]
fn wireshark_names_the_same_codes() {
    let Some(mut lists) = tshark::values() else {
        return tshark::not_run("wireshark_names_the_same_codes");
    };
    let mut list = |field: &str| lists.remove(field).unwrap().into_iter();
    // A circuit range, which RFC 3332 had and RFC 4666 has not.
    let tags = list("m3ua.parameter_tag").filter(|(code, _)| *code != 0x020f);
    let ours = PARAMETERS.iter().map(|row| {
        let name = match row.tag {
            Tag::CorrelationId => "correlation identifier",
            _ => row.name,
        };
        (u32::from(row.code), name.to_lowercase())
    });
    let theirs = tags.map(|(code, name)| (code, name.to_lowercase().replace(" / ", "/")));
    assert_eq!(theirs.collect::<Vec<_>>(), ours.collect::<Vec<_>>());

    macro_rules! check {
        ($($field:literal $type:ident [$($code:literal $name:literal)*];)*) => {$({
            // Where it has another name.
            let other: &[(u32, &str)] = &[$(($code, $name)),*];
            let ours = $type::NAMED.iter().map(|code| {
                let value = u32::from(code.value());
                let other = other.iter().find(|(code, _)| *code == value);
                let name = other.map_or(code.name(), |(_, name)| *name);
                (value, name.to_lowercase())
            });
            let theirs = list($field).map(|(code, name)| (code, name.to_lowercase()));
            assert_eq!(theirs.collect::<Vec<_>>(), ours.collect::<Vec<_>>(), $field);
        })*};
    }
    check! {
        "m3ua.error_code" ErrorCode [5 "unsupported traffic handling mode"];
        "m3ua.traffic_mode_type" TrafficMode [1 "over-ride" 2 "load-share"];
        "m3ua.unavailability_cause" UnavailabilityCause [];
        "m3ua.registration_status" RegistrationStatus [];
        "m3ua.deregistration_status" DeregistrationStatus [];
    }
}
