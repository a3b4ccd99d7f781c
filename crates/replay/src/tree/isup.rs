//! ISUP messages (Q.763), by the tables of a variant.

mod layout;

use super::{Difference, Node, Options, Tree, difference};
use crate::sighting::Protocol;
use layout::Layout;
pub(super) use layout::{Fit, fit, is_ansi};
use trunkline_isup::{
    DecodeError, Field, Frame, MessageCompatibilityInformation, MessageType, Parameter, Part,
    Place, UnknownMessage, Variant,
};
use trunkline_model::mtp::{SI_BICC, SI_ISUP};

/// A message from the CIC on.
pub(super) fn tree(options: Options, data: &[u8]) -> Result<Tree, DecodeError> {
    tree_within(options, data, PASSED_ALONG)
}

/// A message without its CIC, as SIP carries it in `application/ISUP` (RFC 3204 3.1). Octets are
/// counted as if the CIC were there.
pub(super) fn tree_without_cic(options: Options, data: &[u8]) -> Result<Tree, DecodeError> {
    without_cic(options, data, PASSED_ALONG)
}

/// A message within another one.
pub(super) struct Inside {
    /// The message.
    pub(super) node: Node,
    /// What it is, in two words, if it could be read.
    pub(super) kind: Option<String>,
    /// Why it cannot be read.
    pub(super) error: Option<DecodeError>,
    /// Where it is written otherwise.
    pub(super) difference: Option<Difference>,
    /// Whether it has nothing odd.
    pub(super) regular: bool,
}

/// The message of a user part, whose octets begin at that octet of what carries it; `None` if the
/// service indicator says that it is none of ISUP or BICC.
pub(super) fn inside(options: Options, si: u8, at: usize, octets: &[u8]) -> Option<Inside> {
    let options = Options {
        variant: Some(variant_of(options, si)?),
        ..options
    };
    Some(match tree(options, octets) {
        Ok(tree) => {
            let kind = tree.kind();
            let title = tree.title.map(|title| format!(", {title}"));
            let name = format!("{kind}{}", title.unwrap_or_default());
            let mut node = Node::named(name).with(tree.fields);
            node.clause = tree.clause;
            let protocol = tree.protocol;
            let from =
                format!("octets from here on are those of {protocol}; its octet 1 is octet {at}");
            let malformed = tree.error.map(malformed);
            let remarks = core::iter::once(from).chain(malformed).chain(tree.remarks);
            node.remark = Some(remarks.collect::<Vec<_>>().join("; "));
            Inside {
                node,
                kind: Some(kind),
                error: tree.error,
                difference: tree.difference,
                regular: tree.regular,
            }
        }
        Err(error) => {
            let mut node = Node::named("ISUP").at(at, octets);
            node.remark = Some(malformed(error));
            Inside {
                node,
                kind: None,
                error: Some(error),
                difference: None,
                regular: false,
            }
        }
    })
}

/// The variant in which the user part with that service indicator speaks.
pub(super) fn variant_of(options: Options, si: u8) -> Option<&'static Variant> {
    let variant = options.variant();
    match si {
        SI_ISUP => Some(variant),
        SI_BICC if variant.cic_octets() == CALL_INSTANCE => Some(variant),
        SI_BICC => Variant::named("bicc"),
        _ => None,
    }
}

/// What a remark says about a message that cannot be read.
pub(super) fn malformed(error: DecodeError) -> String {
    format!("malformed: {error}")
}

/// How deep messages that are passed along may be nested.
const PASSED_ALONG: usize = 2;

/// The octets of a call instance code.
const CALL_INSTANCE: usize = 4;

fn without_cic(options: Options, data: &[u8], depth: usize) -> Result<Tree, DecodeError> {
    let cic = vec![0; options.variant().cic_octets()];
    let mut whole = tree_within(options, &[&cic, data].concat(), depth)?;
    whole.octets = data.len();
    whole.fields.remove(0);
    Ok(whole)
}

/// A message in which messages are passed along that deep.
fn tree_within(options: Options, data: &[u8], depth: usize) -> Result<Tree, DecodeError> {
    let variant = options.variant();
    let frame = Frame::parse(variant, data)?;
    let layout = Layout::of(&frame);
    let row = frame.row();
    let mut tree = Tree {
        protocol: match variant.cic_octets() {
            CALL_INSTANCE => Protocol::Bicc,
            _ => Protocol::Isup,
        },
        name: name(&frame),
        title: row.map(|row| row.name.to_owned()),
        clause: row.map(|row| row.clause),
        variant: Some(variant),
        octets: data.len(),
        remarks: layout.remarks(&frame),
        fields: label(&frame),
        error: None,
        difference: None,
        regular: layout.fit(&frame) == Fit::Whole,
        inside: None,
    };
    for part in frame.parameters() {
        tree.fields.push(parameter(&frame, &part));
    }
    let content = variant.cic_octets() + 2;
    match frame.message_type() {
        MessageType::Pam if depth > 0 && layout.opaque => {
            passed_along(options, &frame, depth - 1, &mut tree)
        }
        _ if layout.opaque => tree
            .fields
            .push(opaque(&frame).at(content, frame.content())),
        _ => {}
    }
    for gap in &layout.gaps {
        let mut node = Node::named(match layout.behind(gap) {
            true => "octets behind the end",
            false => "octets between the parameters",
        });
        node.remark = Some("they belong to no parameter (Q.763 1.4)".to_owned());
        tree.fields
            .push(node.at(gap.start + 1, data.get(gap.clone()).unwrap_or_default()));
    }
    match variant.decode(data) {
        Ok(pdu) if options.check => tree.difference = difference::isup(variant, &pdu, data),
        Ok(_) => {}
        Err(error) => unreadable(error, &mut tree),
    }
    Ok(tree)
}

/// Remarks why a message cannot be read of which the parts are shown.
fn unreadable(error: DecodeError, tree: &mut Tree) {
    tree.error = Some(error);
    let code = error.parameter.map(|code| u32::from(code.0));
    let mut nodes = tree.fields.iter_mut();
    match nodes.find(|node| node.code.is_some() && node.code == code) {
        Some(node) if node.remark.is_some() => {}
        Some(node) => node.remark = Some(format!("{} ({})", error.problem, error.clause)),
        None => tree.remarks.push(malformed(error)),
    }
}

/// CIC and message type.
fn label(frame: &Frame<'_>) -> Vec<Node> {
    let (variant, data) = (frame.variant(), frame.octets());
    let octets = variant.cic_octets();
    let (name, clause) = match octets {
        CALL_INSTANCE => ("call instance code", "Q.1902.3 5.3.1"),
        _ => ("circuit identification code", layout::cic_clause(variant)),
    };
    let code = frame.message_type().code();
    let kind = match frame.row() {
        Some(row) => format!("{code} {}, {}", row.acronym, row.name),
        None if has(frame) => format!("{code} {}", frame.message_type().name()),
        None => format!("{code} unknown"),
    };
    vec![
        Node::new(name, variant.cic(frame.cic()).to_string())
            .by(clause)
            .at(1, data.get(..octets).unwrap_or_default()),
        Node::new("message type", kind)
            .by(layout::type_clause(variant))
            .at(octets + 1, data.get(octets..=octets).unwrap_or_default()),
    ]
}

/// Whether the type has a name, though the variant may not have the message.
fn has(frame: &Frame<'_>) -> bool {
    !matches!(frame.message_type(), MessageType::Unknown(_))
}

fn name(frame: &Frame<'_>) -> String {
    match (frame.row(), frame.message_type()) {
        (Some(row), _) => row.acronym.to_owned(),
        (None, MessageType::Unknown(code)) => format!("message type {code}"),
        (None, known) => known.name().to_owned(),
    }
}

/// One parameter.
fn parameter(frame: &Frame<'_>, part: &Part<'_>) -> Node {
    let row = frame.variant().parameter(part.code);
    let mut node = match row {
        Some(row) => Node::named(row.name).by(row.clause),
        None => Node::named(format!("parameter {}", part.code.0)).by("Q.763 3.1"),
    }
    .at(part.octet, part.contents);
    node.code = Some(part.code.0.into());
    let Some((row, coding)) = row.and_then(|row| Some((row, row.coding?))) else {
        return node;
    };
    match coding.describe(part.contents) {
        Ok(description) => {
            node.value = description.value;
            let fields = description.fields.into_iter();
            node.fields = fields.map(|inner| field(part.octet, inner)).collect();
        }
        Err(problem) => {
            let passed_on = match part.place {
                Place::Optional => ": passed on as it is",
                Place::Fixed | Place::Variable => "",
            };
            node.remark = Some(format!("{problem} ({}){passed_on}", row.clause));
        }
    }
    node
}

/// A field of a parameter whose contents begin at that octet.
fn field(octet: usize, field: Field) -> Node {
    let mut node = Node::named(field.name);
    node.octet = Some(octet + field.octet);
    node.value = Some(field.value).filter(|value| !value.is_empty());
    node.fields = field
        .fields
        .into_iter()
        .map(|inner| self::field(octet, inner))
        .collect();
    node
}

/// What follows the type of a message that is not taken apart; of a message that the variant does
/// not know, what it wants done with itself.
fn opaque(frame: &Frame<'_>) -> Node {
    let mut node = Node::named("contents");
    node.remark = Some("this message is not taken apart".to_owned());
    if frame.row().is_some() {
        return node;
    }
    let message_type = frame.message_type().code();
    let unknown = UnknownMessage {
        message_type,
        content: frame.content().to_vec(),
    };
    if let Some(compatibility) = unknown.compatibility() {
        let code = MessageCompatibilityInformation::CODE;
        let fields = compatibility.describe().fields.into_iter();
        // Where it stands in a message that is not known cannot be told.
        let fields = fields
            .map(|inner| Node {
                octet: None,
                ..field(0, inner)
            })
            .collect();
        node.fields
            .push(Node::named(code.name()).by(code.clause()).with(fields));
    }
    node
}

/// The message that a pass-along message carries (Q.763 table 36), its octets counted on.
fn passed_along(options: Options, frame: &Frame<'_>, depth: usize, tree: &mut Tree) {
    let at = frame.variant().cic_octets() + 2;
    // It is not to be written on its own.
    let options = Options {
        check: false,
        ..options
    };
    let node = match without_cic(options, frame.content(), depth) {
        Ok(mut inner) => {
            inner.fields.iter_mut().for_each(|node| node.shift(1));
            let title = inner
                .title
                .map(|title| format!(", {title}"))
                .unwrap_or_default();
            let mut node = Node::named(format!("passed along: {}{title}", inner.name));
            node.clause = inner.clause;
            node.remark = Some(inner.remarks.join("; ")).filter(|remark| !remark.is_empty());
            node.with(inner.fields)
        }
        Err(error) => {
            let error = DecodeError {
                octet: error.octet + 1,
                ..error
            };
            let mut node = Node::named("passed along").at(at, frame.content());
            node.remark = Some(malformed(error));
            node
        }
    };
    tree.fields.push(node);
}
