//! M3UA messages (RFC 4666), and the ISUP messages in their DATA.

use super::isup::{self, Inside};
use super::mtp3::{network, point_code, service};
use super::{Difference, Node, Options, Tree, difference};
use crate::draft;
use crate::sighting::Protocol;
use trunkline_isup::{DecodeError as IsupError, PointCodeFormat};
use trunkline_m3ua::msg::UnavailabilityCause;
use trunkline_m3ua::param::{PARAMETERS, Tag};
use trunkline_m3ua::{
    DecodeError, ErrorCode, HEADER_LENGTH, MessageType, Problem, Status, TrafficMode, VERSION,
    decode, encode,
};
use trunkline_model::PointCode;

/// Whether octets begin as M3UA does and are as long as they say.
pub(super) fn fits(octets: &[u8]) -> bool {
    let Some(&[version, reserved, _, _, l3, l2, l1, l0]) = octets.first_chunk() else {
        return false;
    };
    let length = u32::from_be_bytes([l3, l2, l1, l0]) as usize;
    let padded = length.saturating_add(3) & !3;
    version == VERSION
        && reserved == 0
        && length >= HEADER_LENGTH
        && (length..=padded).contains(&octets.len())
}

/// Whether M3UA has such a message.
pub(super) fn has(class: u8, code: u8) -> bool {
    MessageType::from_codes(class, code).is_some()
}

/// A message from its common header on.
pub(super) fn tree(options: Options, octets: &[u8]) -> Result<Tree, DecodeError> {
    let mut remarks = Vec::new();
    let mut difference = None;
    match decode(octets) {
        Ok(message) if options.check => {
            difference = difference::octets(message.name(), 0, octets, &encode(&message));
        }
        Ok(_) => {}
        Err(error) if error.problem != Problem::Missing || draft::data(octets).is_none() => {
            return Err(error);
        }
        Err(_) => remarks.push(
            "DATA of an Internet-Draft before RFC 3332: its payload is Protocol Data 1".to_owned(),
        ),
    }
    let (class, code) = (octets[2], octets[3]);
    let row = MessageType::from_codes(class, code).map(MessageType::row);
    let mut parameters = Parameters {
        options,
        message: octets,
        position: HEADER_LENGTH,
        fields: header(octets),
        error: None,
        difference: None,
        user: None,
    };
    while parameters.next() {}
    let Parameters {
        fields,
        error,
        difference: inner,
        user,
        ..
    } = parameters;
    Ok(Tree {
        protocol: Protocol::M3ua,
        name: row.map_or("message", |row| row.name).to_owned(),
        title: None,
        clause: row.map(|row| row.clause),
        variant: user.is_some().then(|| options.variant()),
        octets: octets.len(),
        remarks,
        fields,
        error,
        // What differs in the user's octets, differs in those around them too.
        difference: inner.or(difference),
        regular: true,
        inside: user,
    })
}

fn header(octets: &[u8]) -> Vec<Node> {
    let class = match octets[2] {
        0 => "management",
        1 => "transfer",
        2 => "SS7 signalling network management",
        3 => "ASP state maintenance",
        4 => "ASP traffic maintenance",
        9 => "routing key management",
        _ => "unknown",
    };
    let part = |name: &str, at: usize, length: usize, value: String| {
        Node::new(name, value).at(at, octets.get(at..at + length).unwrap_or_default())
    };
    let length = octets[4..8]
        .iter()
        .fold(0_u32, |sum, &octet| sum << 8 | u32::from(octet));
    vec![
        part("version", 0, 1, octets[0].to_string()).by("RFC 4666 3.1.1"),
        part("reserved", 1, 1, octets[1].to_string()).by("RFC 4666 3.1"),
        part("message class", 2, 1, format!("{} {class}", octets[2])).by("RFC 4666 3.1.2"),
        part("message type", 3, 1, octets[3].to_string()).by("RFC 4666 3.1.2"),
        part("message length", 4, 4, length.to_string()).by("RFC 4666 3.1.4"),
    ]
}

/// The parameters of a message that the codec has read.
struct Parameters<'a> {
    options: Options,
    message: &'a [u8],
    position: usize,
    fields: Vec<Node>,
    error: Option<IsupError>,
    difference: Option<Difference>,
    /// The name of the user's message.
    user: Option<String>,
}

impl<'a> Parameters<'a> {
    /// Takes the next one; `false` at the end.
    fn next(&mut self) -> bool {
        let rest = self.message.get(self.position..).unwrap_or_default();
        let Some(&[t1, t0, l1, l0]) = rest.first_chunk() else {
            return false;
        };
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        let Some(value) = rest.get(4..length) else {
            return false;
        };
        let node = self.parameter(u16::from_be_bytes([t1, t0]), self.position + 4, value);
        self.fields.push(node);
        self.position += length.next_multiple_of(4);
        true
    }

    fn parameter(&mut self, code: u16, at: usize, octets: &'a [u8]) -> Node {
        let row = PARAMETERS.iter().find(|row| row.code == code);
        let mut node = match row {
            Some(row) => Node::named(row.name).by(row.clause),
            None if code == DRAFT_PROTOCOL_DATA => Node::named("protocol data 1"),
            None => Node::named("unknown parameter"),
        }
        .at(at, octets);
        node.code = Some(code.into());
        match row.map(|row| row.tag) {
            Some(Tag::ProtocolData) => self.protocol_data(&mut node, at, octets),
            Some(tag) => node.value = value(tag, octets, self.options.variant().point_code()),
            None if code == DRAFT_PROTOCOL_DATA => self.draft(&mut node),
            None => {}
        }
        node
    }

    /// Routing label and the user's octets (RFC 4666 3.3.1).
    fn protocol_data(&mut self, node: &mut Node, at: usize, octets: &'a [u8]) {
        let Some((&[o3, o2, o1, o0, d3, d2, d1, d0, si, ni, mp, sls], user)) =
            octets.split_first_chunk::<12>()
        else {
            return;
        };
        node.hex = None;
        let format = self.options.variant().point_code();
        let (opc, dpc) = (
            u32::from_be_bytes([o3, o2, o1, o0]),
            u32::from_be_bytes([d3, d2, d1, d0]),
        );
        let part = |name: &str, offset: usize, length: usize, value: String| {
            Node::new(name, value).at(at + offset, &octets[offset..offset + length])
        };
        node.fields = vec![
            part("originating point code", 0, 4, point_code(format, opc)),
            part("destination point code", 4, 4, point_code(format, dpc)),
            part("service indicator", 8, 1, service(si)),
            part("network indicator", 9, 1, network(ni)),
            part("message priority", 10, 1, mp.to_string()),
            part("signalling link selection", 11, 1, sls.to_string()),
        ];
        self.user(node, si, at + 12, user);
    }

    /// The label and the user's octets of an Internet-Draft.
    fn draft(&mut self, node: &mut Node) {
        let Some((at, transfer)) = draft::data(self.message) else {
            return;
        };
        node.hex = None;
        let format = self.options.variant().point_code();
        node.fields = vec![
            Node::new("service indicator", service(transfer.si)),
            Node::new("network indicator", network(transfer.ni as u8)),
            Node::new(
                "destination point code",
                point_code(format, transfer.dpc.value()),
            ),
            Node::new(
                "originating point code",
                point_code(format, transfer.opc.value()),
            ),
            Node::new("signalling link selection", transfer.sls.to_string()),
        ];
        self.user(node, transfer.si, at, &transfer.data);
    }

    fn user(&mut self, node: &mut Node, si: u8, at: usize, octets: &[u8]) {
        let Some(inside) = isup::inside(self.options, si, at, octets) else {
            node.fields.push(Node::named("user's data").at(at, octets));
            return;
        };
        let Inside {
            node: message,
            kind,
            error,
            difference,
            ..
        } = inside;
        node.fields.push(message);
        self.error = self.error.or(error);
        self.difference = self.difference.take().or(difference);
        self.user = self.user.take().or(kind);
    }
}

/// The tag of the drafts' Protocol Data 1.
const DRAFT_PROTOCOL_DATA: u16 = 2;

/// What a parameter other than protocol data says.
fn value(tag: Tag, octets: &[u8], format: PointCodeFormat) -> Option<String> {
    let (words, rest) = octets.as_chunks::<4>();
    let words = words.iter().map(|word| u32::from_be_bytes(*word));
    let first = words.clone().next();
    let list = |text: &dyn Fn(u32) -> String| {
        let texts: Vec<_> = words.clone().map(text).collect();
        Some(texts.join(", ")).filter(|_| rest.is_empty())
    };
    match tag {
        Tag::InfoString => Some(format!("{:?}", String::from_utf8_lossy(octets))),
        Tag::TrafficModeType => first.map(|v| format!("{v} {}", TrafficMode::from_value(v))),
        Tag::ErrorCode => first.map(|v| ErrorCode::from_value(v).to_string()),
        Tag::Status => first.map(|v| {
            let (kind, information) = ((v >> 16) as u16, v as u16);
            format!(
                "{kind}/{information} {}",
                Status::from_values(kind, information)
            )
        }),
        Tag::AffectedPointCode => list(&|v| {
            let code = point_code(format, v & PointCode::MAX);
            match v >> 24 {
                0 => code,
                mask => format!("{code} mask {mask}"),
            }
        }),
        Tag::UserCause => first.map(|v| {
            let cause = match UnavailabilityCause::from_value((v >> 16) as u16) {
                UnavailabilityCause::Unknown => "unknown",
                UnavailabilityCause::UnequippedRemoteUser => "unequipped remote user",
                UnavailabilityCause::InaccessibleRemoteUser => "inaccessible remote user",
                UnavailabilityCause::Other(_) => "undefined cause",
            };
            format!("user {}, cause {} {cause}", service(v as u8), v >> 16)
        }),
        Tag::ConcernedDestination | Tag::DestinationPointCode => {
            first.map(|v| point_code(format, v))
        }
        Tag::RoutingContext | Tag::OriginatingPointCodeList => list(&|v| v.to_string()),
        Tag::AspIdentifier
        | Tag::CorrelationId
        | Tag::NetworkAppearance
        | Tag::CongestionIndications
        | Tag::LocalRoutingKeyIdentifier
        | Tag::RegistrationStatus
        | Tag::DeregistrationStatus => first.map(|v| v.to_string()),
        _ => None,
    }
}
