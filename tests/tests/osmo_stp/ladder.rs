//! What tshark saw between the parties of a capture.

use trunkline_tests::peers::Tshark;

/// Who a message is of or for: the last octet of its address says it, on every path.
const PARTIES: &[(&str, &str)] = &[(".1", "near"), (".2", "far"), (".9", "stp")];

/// Message class, message type, name (RFC 4666 3.1.2).
const M3UA: &[(&str, &str, &str)] = &[
    ("0", "0", "ERR"),
    ("0", "1", "NTFY"),
    ("1", "1", "DATA"),
    ("2", "1", "DUNA"),
    ("2", "2", "DAVA"),
    ("2", "3", "DAUD"),
    ("2", "4", "SCON"),
    ("2", "5", "DUPU"),
    ("2", "6", "DRST"),
    ("3", "1", "ASPUP"),
    ("3", "2", "ASPDN"),
    ("3", "3", "BEAT"),
    ("3", "4", "ASPUP_ACK"),
    ("3", "5", "ASPDN_ACK"),
    ("3", "6", "BEAT_ACK"),
    ("4", "1", "ASPAC"),
    ("4", "2", "ASPIA"),
    ("4", "3", "ASPAC_ACK"),
    ("4", "4", "ASPIA_ACK"),
    ("9", "1", "REG_REQ"),
    ("9", "2", "REG_RSP"),
    ("9", "3", "DEREG_REQ"),
    ("9", "4", "DEREG_RSP"),
];

/// Status type and information of Notify (RFC 4666 3.8.2).
const STATUS: &[(&str, &str)] = &[
    ("1.2", "AS-INACTIVE"),
    ("1.3", "AS-ACTIVE"),
    ("1.4", "AS-PENDING"),
    ("2.1", "Insufficient ASP Resources Active"),
    ("2.2", "Alternate ASP Active"),
    ("2.3", "ASP Failure"),
];

/// Error codes (RFC 4666 3.8.1).
const ERRORS: &[(&str, &str)] = &[
    ("5", "Unsupported Traffic Mode Type"),
    ("6", "Unexpected Message"),
    ("13", "Refused"),
    ("25", "Invalid Routing Context"),
    ("26", "No Configured AS for ASP"),
];

/// ISUP's message types (Q.763 table 4).
const ISUP: &[(&str, &str)] = &[
    ("1", "IAM"),
    ("6", "ACM"),
    ("9", "ANM"),
    ("12", "REL"),
    ("16", "RLC"),
    ("18", "RSC"),
    ("23", "GRS"),
    ("41", "GRA"),
    ("44", "CPG"),
];

/// One M3UA message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    from: &'static str,
    to: &'static str,
    /// As `ASPUP`, `NTFY AS-ACTIVE` or `DATA IAM`.
    name: String,
    /// The packet's source address.
    source: String,
}

/// The M3UA messages of a capture, each once, in the order in which they were sent.
#[derive(Clone, Debug)]
pub(crate) struct Ladder(Vec<Message>);

impl Ladder {
    /// Reads a capture.
    ///
    /// # Panics
    /// If tshark finds anything malformed in it, or a wrong checksum.
    pub(crate) fn read(tshark: &Tshark) -> Self {
        let wrong = "_ws.malformed || _ws.short || sctp.checksum.status == 0 \
                     || (m3ua && _ws.expert.severity >= 8388608)";
        let packets = tshark.fields(wrong, &["frame.number", "_ws.col.Info"]);
        assert!(packets.is_empty(), "{packets:#?}");
        let fields = [
            "ip.src",
            "ip.dst",
            "m3ua.message_class",
            "m3ua.message_type",
            "m3ua.status_type",
            "m3ua.status_info",
            "m3ua.error_code",
            "isup.message_type",
        ];
        let packets = tshark.fields("m3ua", &fields);
        Self(packets.iter().flat_map(|packet| messages(packet)).collect())
    }

    /// Those between two parties: `> ` from the first, `< ` from the second.
    pub(crate) fn between(&self, one: &str, other: &str) -> Vec<String> {
        let messages = self.0.iter().filter_map(|message| {
            let arrow = match (message.from, message.to) {
                (from, to) if from == one && to == other => '>',
                (from, to) if from == other && to == one => '<',
                _ => return None,
            };
            Some(format!("{arrow} {}", message.name))
        });
        messages.collect()
    }

    /// All from one to the other but DATA. In one direction alone, since the answer to the first
    /// of two messages can pass the second.
    pub(crate) fn management(&self, from: &str, to: &str) -> Vec<&str> {
        let between = self.0.iter().filter(|m| m.from == from && m.to == to);
        let names = between.map(|message| message.name.as_str());
        names.filter(|name| !name.starts_with("DATA")).collect()
    }

    /// As [`Self::between`], the messages of calls alone.
    pub(crate) fn calls(&self, one: &str, other: &str) -> Vec<String> {
        let mut all = self.between(one, other);
        let calls = ["IAM", "ACM", "CPG", "ANM", "REL", "RLC"];
        all.retain(|message| calls.iter().any(|call| message.ends_with(call)));
        all
    }

    /// Messages of a name from one to the other, each by the address that it was sent from.
    pub(crate) fn sources(&self, name: &str, from: &str, to: &str) -> Vec<&str> {
        let between = self.0.iter().filter(|m| m.from == from && m.to == to);
        let named = between.filter(|message| message.name == name);
        named.map(|message| message.source.as_str()).collect()
    }
}

/// A packet can have several messages; each DATA has one of ISUP.
fn messages(packet: &[String]) -> Vec<Message> {
    let list = |field: usize| packet[field].split(',').filter(|value| !value.is_empty());
    let mut status = list(4)
        .zip(list(5))
        .map(|(kind, info)| format!("{kind}.{info}"));
    let (mut errors, mut isup) = (list(6), list(7));
    let mut messages = Vec::new();
    for (class, kind) in list(2).zip(list(3)) {
        let known = M3UA.iter().find(|row| (row.0, row.1) == (class, kind));
        let name = known.map_or("?", |row| row.2);
        let detail = match name {
            "NTFY" => of(STATUS, status.next().as_deref()),
            "ERR" => of(ERRORS, errors.next()),
            "DATA" => of(ISUP, isup.next()),
            _ => "",
        };
        messages.push(Message {
            from: party(&packet[0]),
            to: party(&packet[1]),
            name: format!("{name} {detail}").trim_end().to_owned(),
            source: packet[0].clone(),
        });
    }
    messages
}

fn of(table: &[(&str, &'static str)], code: Option<&str>) -> &'static str {
    let row = table.iter().find(|row| Some(row.0) == code);
    row.map_or("?", |row| row.1)
}

fn party(address: &str) -> &'static str {
    let row = PARTIES.iter().find(|row| address.ends_with(row.0));
    row.map_or("?", |row| row.1)
}
