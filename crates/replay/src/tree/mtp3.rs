//! Message signal units of MTP level 3 (Q.704): routing label, and the message of the user part.

use super::isup::{self, Fit, Inside};
use super::{Node, Options, Tree};
use crate::sighting::{Protocol, user};
use trunkline_isup::{PointCodeFormat, Variant};
use trunkline_model::mtp::SI_ISUP;
use trunkline_model::{NetworkIndicator, PointCode};

/// What stands before the message of a user part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// The service information octet, if it is there.
    sio: Option<u8>,
    /// How long the routing label is.
    label: usize,
    /// The variant of the network.
    variant: &'static Variant,
}

impl Header {
    /// The header of octets that begin with a service information octet of ISUP or BICC.
    pub(super) fn with_sio(options: Options, octets: &[u8]) -> Option<Self> {
        let sio = *octets.first()?;
        isup::variant_of(options, sio & 0x0f)?;
        Some(Self {
            sio: Some(sio),
            ..Self::without_sio(options)
        })
    }

    /// The header of octets that begin with the routing label.
    pub(super) fn without_sio(options: Options) -> Self {
        let variant = options.variant();
        let label = match variant.point_code().bits() {
            // Two point codes and 4 bits (Q.704 2.2).
            ..=14 => 4,
            // Whole octets.
            bits => usize::from(bits.div_ceil(8)) * 2 + 1,
        };
        Self {
            sio: None,
            label,
            variant,
        }
    }

    /// How well what follows fits as a message.
    pub(super) fn fit(self, options: Options, octets: &[u8]) -> Fit {
        let variant = isup::variant_of(options, self.si());
        match (variant, octets.get(self.length()..)) {
            (Some(variant), Some(message)) => isup::fit(variant, message),
            _ => Fit::NoSuchType,
        }
    }

    fn length(self) -> usize {
        usize::from(self.sio.is_some()) + self.label
    }

    fn si(self) -> u8 {
        self.sio.map_or(SI_ISUP, |sio| sio & 0x0f)
    }
}

/// A message that begins with that header. Octets are counted from 1.
pub(super) fn tree(options: Options, header: Header, octets: &[u8]) -> Tree {
    let (before, message) = octets
        .split_at_checked(header.length())
        .unwrap_or((octets, &[]));
    let mut fields = Vec::new();
    let mut label = before;
    if let (Some(sio), Some(rest)) = (header.sio, before.get(1..)) {
        fields.push(service_information(sio));
        label = rest;
    }
    fields.push(routing_label(
        header.variant,
        before.len() - label.len() + 1,
        label,
    ));
    let inside = isup::inside(options, header.si(), header.length() + 1, message);
    let Inside {
        node,
        kind,
        error,
        difference,
        regular,
    } = inside.unwrap_or_else(|| Inside {
        node: Node::named("user's data").at(header.length() + 1, message),
        kind: None,
        error: None,
        difference: None,
        regular: false,
    });
    fields.push(node);
    Tree {
        protocol: Protocol::Mtp3,
        name: "MSU".to_owned(),
        title: Some("message signal unit".to_owned()),
        clause: Some("Q.704 2"),
        variant: isup::variant_of(options, header.si()),
        octets: octets.len(),
        remarks: Vec::new(),
        fields,
        error,
        difference,
        regular,
        inside: kind,
    }
}

fn service_information(sio: u8) -> Node {
    Node::named("service information octet")
        .by("Q.704 14.2")
        .at(1, &[sio])
        .with(vec![
            Node::new("service indicator", service(sio & 0x0f)).by("Q.704 14.2.1"),
            Node::new(
                "message priority (national option)",
                (sio >> 4 & 3).to_string(),
            ),
            Node::new("network indicator", network(sio >> 6)).by("Q.704 14.2.2"),
        ])
}

/// The label that begins at that octet, its point codes with the least significant octet first.
fn routing_label(variant: &Variant, at: usize, octets: &[u8]) -> Node {
    let format = variant.point_code();
    let width = format.bits();
    let is_ansi = isup::is_ansi(variant);
    let clause = match width {
        16 => "JT-Q704 2.2",
        24 if is_ansi => "T1.111.4 2.2",
        24 => "GF001-9001",
        _ => "Q.704 2.2",
    };
    let bits = octets
        .iter()
        .rev()
        .fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
    let part = |name: &str, from: u8, width: u8, show: &dyn Fn(u32) -> String| {
        let value = (bits >> from & ((1 << width) - 1)) as u32;
        let mut node = Node::new(name, show(value));
        node.octet = Some(at + usize::from(from / 8));
        node
    };
    let code = |value| point_code(format, value);
    let selection = if is_ansi { 8 } else { 4 };
    let mut fields = vec![
        part("destination point code", 0, width, &code),
        part("originating point code", width, width, &code),
        part(
            "signalling link selection",
            2 * width,
            selection,
            &|value| value.to_string(),
        ),
    ];
    let spare = bits >> (2 * width + selection);
    if let (1.., Some(node)) = (spare, fields.last_mut()) {
        node.remark = Some(format!("spare bits are {spare:#x}, not 0"));
    }
    Node::named("routing label")
        .by(clause)
        .at(at, octets)
        .with(fields)
}

/// Decimal, and in the notation of the network where it fits.
pub(super) fn point_code(format: PointCodeFormat, value: u32) -> String {
    match PointCode::new(value).filter(|code| format.fits(*code)) {
        Some(code) => format!("{value} ({})", format.text(code)),
        None => value.to_string(),
    }
}

/// A service indicator and its user part.
pub(super) fn service(si: u8) -> String {
    user(si).map_or_else(|| si.to_string(), |name| format!("{si} {name}"))
}

/// A network indicator in words.
pub(super) fn network(ni: u8) -> String {
    let name = match NetworkIndicator::from_bits(ni) {
        NetworkIndicator::International => "international network",
        NetworkIndicator::InternationalSpare => "spare for international use",
        NetworkIndicator::National => "national network",
        NetworkIndicator::NationalReserved => "reserved for national use",
    };
    format!("{ni} {name}")
}
