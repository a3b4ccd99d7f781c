//! Bodies: session descriptions, ISUP, and those of several parts.

use super::super::{Difference, Node, Options, encapsulated, isup, sdp};
use trunkline_isup::DecodeError as IsupError;
use trunkline_sip::multipart::Part;

/// The bodies of a message.
pub(super) struct Bodies {
    pub(super) options: Options,
    /// Why an ISUP message cannot be read.
    pub(super) error: Option<IsupError>,
    /// Where an ISUP message is written otherwise.
    pub(super) difference: Option<Difference>,
}

impl Bodies {
    /// A body, or a part of one.
    pub(super) fn node(&mut self, part: &Part<'_>, depth: usize) -> Node {
        let Ok(octets) = part.content() else {
            let mut node = self.unread(part, part.body);
            let encoding = part.transfer_encoding.unwrap_or_default();
            node.remark = Some(format!("not decoded: {encoding} (RFC 5621 3.2)"));
            return node;
        };
        if part.is("application/sdp") {
            return sdp::node(&octets);
        }
        if part.is("application/ISUP") {
            return self.isup(part.content_type, &octets);
        }
        let parts = match depth {
            0 => Vec::new(),
            _ => part.parts(),
        };
        if parts.is_empty() {
            return self.unread(part, &octets);
        }
        let mut node = named(part, octets.len());
        let parts = parts.iter().map(|inner| {
            let mut fields = described(inner);
            let mut node = self.node(inner, depth - 1);
            // What describes a part stands before what is in it.
            fields.append(&mut node.fields);
            node.fields = fields;
            node
        });
        node.fields = parts.collect();
        node
    }

    /// A body that nothing is known of: its lines, or its octets.
    fn unread(&self, part: &Part<'_>, octets: &[u8]) -> Node {
        let mut node = named(part, octets.len());
        match str::from_utf8(octets) {
            Ok(text) => node.fields = text.lines().map(Node::named).collect(),
            Err(_) => node.hex = Some(octets.to_vec()),
        }
        node
    }

    fn isup(&mut self, content_type: &str, octets: &[u8]) -> Node {
        let (variant, unknown) = encapsulated::variant(self.options, content_type);
        let options = Options {
            variant: Some(variant),
            ..self.options
        };
        let mut node = Node::named("ISUP").by("RFC 3204 3.1");
        let mut remarks = Vec::from_iter(unknown);
        match isup::tree_without_cic(options, octets) {
            Ok(tree) => {
                node.name = format!("ISUP {}", tree.name);
                remarks.push("octets are counted as if the CIC stood before it".to_owned());
                remarks.extend(tree.error.map(isup::malformed));
                remarks.extend(tree.remarks);
                node.fields = tree.fields;
                self.error = self.error.or(tree.error);
                self.difference = self.difference.take().or(tree.difference);
            }
            Err(error) => {
                self.error.get_or_insert(error);
                remarks.push(isup::malformed(error));
                node.hex = Some(octets.to_vec());
            }
        }
        node.remark = Some(remarks.join("; "));
        node
    }
}

fn named(part: &Part<'_>, octets: usize) -> Node {
    Node::named(format!("body, {}, {octets} octets", part.content_type))
}

/// The header fields of a part but its Content-Type.
fn described(part: &Part<'_>) -> Vec<Node> {
    let field = |name: &str, value: Option<&str>| value.map(|value| Node::new(name, value));
    [
        field("Content-Disposition", part.disposition),
        field("Content-ID", part.id),
        field("Content-Transfer-Encoding", part.transfer_encoding),
    ]
    .into_iter()
    .flatten()
    .collect()
}
