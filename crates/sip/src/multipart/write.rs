//! Puts parts together (RFC 2046 5.1.1).

use super::Part;
use crate::name_addr::Quoted;
use core::fmt::Write as _;
use std::collections::BTreeSet;

/// How the parts belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multipart {
    /// Each for itself (RFC 2046 5.1.3).
    Mixed,
    /// The same in several forms, the best last (RFC 2046 5.1.4).
    Alternative,
    /// One whole (RFC 2387).
    Related {
        /// The index of the part to begin with. It needs an id unless it is the first.
        root: usize,
    },
}

/// A body, and its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The value of Content-Type.
    pub content_type: String,
    /// The octets.
    pub body: Vec<u8>,
}

/// Writes a multipart body. The boundary stands in none of the parts. No value can end its header
/// field: CR, LF and other controls become spaces.
pub fn write(kind: Multipart, parts: &[Part<'_>]) -> Written {
    let boundary = boundary(parts);
    let mut content_type = match kind {
        Multipart::Mixed => "multipart/mixed".to_owned(),
        Multipart::Alternative => "multipart/alternative".to_owned(),
        Multipart::Related { root } => {
            let mut text = "multipart/related".to_owned();
            if let Some(root) = parts.get(root) {
                // RFC 2387 3.1: the type of the root is to be stated.
                let root_type = root.content_type.split(';').next().unwrap_or_default();
                let _ = write!(text, ";type={}", Quoted(root_type.trim()));
            }
            if let Some(id) = parts
                .get(root)
                .and_then(|part| part.id)
                .filter(|_| root > 0)
            {
                let _ = write!(text, ";start={}", Quoted(&format!("<{id}>")));
            }
            text
        }
    };
    let _ = write!(content_type, ";boundary={boundary}");
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        let id = part.id.map(|id| format!("<{id}>"));
        for (name, value) in [
            ("Content-Type", Some(part.content_type)),
            ("Content-Disposition", part.disposition),
            ("Content-ID", id.as_deref()),
            ("Content-Transfer-Encoding", part.transfer_encoding),
        ] {
            if let Some(value) = value {
                let value = value.replace(|c: char| c.is_ascii_control(), " ");
                body.extend_from_slice(format!("{name}: {}\r\n", value.trim()).as_bytes());
            }
        }
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(part.body);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Written { content_type, body }
}

/// A boundary that begins no line of any part: the first free number. All those taken are found in
/// one go, so that parts full of boundaries cost no more than others.
fn boundary(parts: &[Part<'_>]) -> String {
    let mut taken = BTreeSet::new();
    for part in parts {
        for window in part.body.windows(PREFIX.len() + DIGITS) {
            let digits = window
                .strip_prefix(PREFIX)
                .and_then(|digits| str::from_utf8(digits).ok());
            taken.extend(digits.and_then(|digits| digits.parse::<u32>().ok()));
        }
    }
    // There are more numbers than places in a message.
    let free = (1..).find(|number| !taken.contains(number)).unwrap_or(0);
    format!("part-{free:0DIGITS$}")
}

const PREFIX: &[u8] = b"--part-";
const DIGITS: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let parts = [
            Part::new("application/sdp", b"v=0\r\n"),
            Part {
                disposition: Some("signal;handling=optional"),
                id: Some("a@b"),
                transfer_encoding: Some("binary"),
                ..Part::new(
                    "application/ISUP;version=itu-t92+",
                    b"\x01\r\n--part-000001--\r\n",
                )
            },
            Part::new("text/plain", b""),
        ];
        for (kind, content_type) in [
            (Multipart::Mixed, "multipart/mixed;boundary=part-000002"),
            (
                Multipart::Alternative,
                "multipart/alternative;boundary=part-000002",
            ),
            (
                Multipart::Related { root: 1 },
                "multipart/related;type=\"application/ISUP\";start=\"<a@b>\";boundary=part-000002",
            ),
            (
                Multipart::Related { root: 0 },
                "multipart/related;type=\"application/sdp\";boundary=part-000002",
            ),
        ] {
            let written = write(kind, &parts);
            assert_eq!(written.content_type, content_type);
            let whole = Part::new(&written.content_type, &written.body);
            assert_eq!(whole.parts(), parts);
            // Once more around: the boundary is another.
            let outer = write(Multipart::Mixed, &[whole]);
            let outer = Part::new(&outer.content_type, &outer.body);
            assert_eq!(outer.parts(), [whole]);
        }
    }

    #[test]
    fn no_value_ends_its_line() {
        let part = Part {
            disposition: Some("session\r\nContent-Type: text/html"),
            id: Some("a\r\n\r\nb"),
            ..Part::new("application/sdp\r\n\r\nv=1", b"v=0")
        };
        let written = write(Multipart::Mixed, &[part]);
        let whole = Part::new(&written.content_type, &written.body);
        assert_eq!(whole.parts().len(), 1);
        assert_eq!(whole.parts()[0].content_type, "application/sdp    v=1");
        assert_eq!(whole.parts()[0].body, b"v=0");
    }

    #[test]
    fn parts_full_of_boundaries_leave_one_free() {
        let body: String = (1..6_000).map(|n| format!("--part-{n:06}\r\n")).collect();
        let part = Part::new("text/plain", body.as_bytes());
        let written = write(Multipart::Mixed, &[part]);
        assert!(written.content_type.ends_with("part-006000"));
        let whole = Part::new(&written.content_type, &written.body);
        assert_eq!(whole.parts(), [part]);
    }
}
