//! Bodies of several parts (RFC 2046 5.1, RFC 5621), read and written.
//!
//! A [`Part`] is a body with what describes it: [`Part::of`] gives that of a message.
//! [`Part::parts`] takes one apart, [`Part::find`] looks for one in any nesting,
//! [`Part::understood`] chooses after RFC 5621 what is to be processed, and [`write`] puts parts
//! together.

mod encoding;
mod read;
mod write;

pub use write::{Multipart, Written, write};

use crate::message::Message;
use crate::name::Name;
use crate::params::{Params, unquote};
use crate::scan::trim;
use std::borrow::Cow;

/// The most parts of one body that are looked at.
pub const MAX_PARTS: usize = 16;

/// How deep parts may be nested.
pub const MAX_DEPTH: usize = 4;

/// A body, or one part of a multipart body, with what describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Content-Type as it stands; `text/plain` if there is none (RFC 2046 5.2).
    pub content_type: &'a str,
    /// Content-Disposition as it stands.
    pub disposition: Option<&'a str>,
    /// Content-ID without its angle brackets (RFC 2045 7).
    pub id: Option<&'a str>,
    /// Content-Transfer-Encoding as it stands; see [`Part::content`].
    pub transfer_encoding: Option<&'a str>,
    /// The octets as they stand.
    pub body: &'a [u8],
}

/// What kind of ISUP an `application/ISUP` body is (RFC 3204 3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsupType<'a> {
    /// `version`: the name that both networks agreed on. It is mandatory but not always sent.
    pub version: Option<Cow<'a, str>>,
    /// `base`: the specification after which the body can be read in any case, as `itu-t92+`.
    pub base: Option<Cow<'a, str>>,
}

/// A Content-Transfer-Encoding that is not read, or octets that do not keep to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotDecoded;

impl<'a> Part<'a> {
    /// A part of that type, with nothing else said of it.
    pub const fn new(content_type: &'a str, body: &'a [u8]) -> Self {
        Self {
            content_type,
            disposition: None,
            id: None,
            transfer_encoding: None,
            body,
        }
    }

    /// The body of a message; `None` if it has none, or does not say what it is (RFC 3261 7.4.1).
    pub fn of(message: &'a Message) -> Option<Self> {
        if message.body().is_empty() {
            return None;
        }
        Some(Self {
            disposition: message.header(Name::ContentDisposition),
            id: message.header_by_str("Content-ID").map(without_brackets),
            transfer_encoding: message.header(Name::ContentTransferEncoding),
            ..Self::new(message.content_type()?, message.body())
        })
    }

    /// Whether it is of that media type, whatever the parameters.
    pub fn is(&self, media_type: &str) -> bool {
        is_media_type(self.content_type, media_type)
    }

    /// A parameter of Content-Type.
    pub fn type_param(&self, name: &str) -> Option<Cow<'a, str>> {
        param(self.content_type, name)
    }

    /// The disposition type, or the one that a body of this type has where none is stated
    /// (RFC 3261 20.11, RFC 3204 3.1 and 3.2).
    pub fn disposition_type(&self) -> &'a str {
        match self.disposition {
            Some(value) => trim(value.split(';').next().unwrap_or_default()),
            None if self.is("application/sdp") => "session",
            None if self.is("application/isup") || self.is("application/qsig") => "signal",
            None => "render",
        }
    }

    /// Whether the message must be refused with 415 if the part is not understood: `handling` is
    /// not `optional` (RFC 3204 6, RFC 5621 8.1).
    pub fn is_required(&self) -> bool {
        let handling = self.disposition.and_then(|value| param(value, "handling"));
        handling.is_none_or(|handling| !handling.eq_ignore_ascii_case("optional"))
    }

    /// Which ISUP it is, if it is `application/ISUP`.
    pub fn isup_type(&self) -> Option<IsupType<'a>> {
        self.is("application/isup").then(|| IsupType {
            version: self.type_param("version"),
            base: self.type_param("base"),
        })
    }

    /// The octets without Content-Transfer-Encoding: `7bit`, `8bit`, `binary`, which change
    /// nothing, and `base64`. SIP needs none of them, and hardly anyone sends another (RFC 5621
    /// 3.2): `quoted-printable` is not read.
    ///
    /// # Errors
    /// [`NotDecoded`].
    pub fn content(&self) -> Result<Cow<'a, [u8]>, NotDecoded> {
        let is = |name: &str| {
            self.transfer_encoding
                .is_some_and(|encoding| encoding.eq_ignore_ascii_case(name))
        };
        if self.transfer_encoding.is_none() || is("binary") || is("8bit") || is("7bit") {
            Ok(Cow::Borrowed(self.body))
        } else if is("base64") {
            encoding::base64(self.body)
                .map(Cow::Owned)
                .ok_or(NotDecoded)
        } else {
            Err(NotDecoded)
        }
    }

    /// The parts of a multipart body in order, not those nested in them; empty if it is none.
    /// There are no more than [`MAX_PARTS`].
    pub fn parts(&self) -> Vec<Part<'a>> {
        read::parts(self.content_type, self.body)
    }

    /// The first part that is wanted, in the order in which a receiver processes them: of
    /// alternatives the last first (RFC 2046 5.1.4), of related parts the root first (RFC 2387
    /// 3.2). Parts nested deeper than [`MAX_DEPTH`] are not looked at.
    pub fn find(&self, wanted: &dyn Fn(&Part<'a>) -> bool) -> Option<Part<'a>> {
        self.find_within(wanted, MAX_DEPTH)
    }

    /// The parts that are to be processed, in order, of those that `understands` accepts: all of
    /// them, but of alternatives only the last (RFC 5621 6.1). A multipart body is understood as
    /// far as its parts are, unless `understands` accepts it as it is.
    ///
    /// # Errors
    /// A part that is required and not understood. The request is to be refused with 415 (RFC 5621
    /// 8.4).
    pub fn understood(
        &self,
        understands: &dyn Fn(&Part<'a>) -> bool,
    ) -> Result<Vec<Part<'a>>, Part<'a>> {
        self.understood_within(understands, self.is_required(), MAX_DEPTH)
    }

    fn find_within(&self, wanted: &dyn Fn(&Part<'a>) -> bool, depth: usize) -> Option<Part<'a>> {
        if wanted(self) {
            return Some(*self);
        }
        let depth = depth.checked_sub(1)?;
        let mut parts = self.parts();
        if self.is("multipart/alternative") {
            parts.reverse();
        } else if self.is("multipart/related") {
            let root = self.root(&parts);
            if let Some(up_to_root) = parts.get_mut(..=root) {
                up_to_root.rotate_right(1);
            }
        }
        parts
            .iter()
            .find_map(|part| part.find_within(wanted, depth))
    }

    fn understood_within(
        &self,
        understands: &dyn Fn(&Part<'a>) -> bool,
        is_required: bool,
        depth: usize,
    ) -> Result<Vec<Part<'a>>, Part<'a>> {
        if understands(self) {
            return Ok(vec![*self]);
        }
        // What is optional is left out with all that is required in it (RFC 5621 8.2).
        let or_left_out = |refused| {
            if is_required {
                Err(refused)
            } else {
                Ok(Vec::new())
            }
        };
        let parts = self.parts();
        let Some(depth) = depth.checked_sub(1).filter(|_| !parts.is_empty()) else {
            return or_left_out(*self);
        };
        if self.is("multipart/alternative") {
            // How the alternatives are to be handled does not count (RFC 5621 8.3).
            let mut understood = parts
                .iter()
                .rev()
                .map(|part| part.understood_within(understands, true, depth));
            let chosen = understood.find_map(Result::ok);
            return chosen.map_or_else(|| or_left_out(*self), Ok);
        }
        let mut all = Vec::new();
        for part in &parts {
            match part.understood_within(understands, part.is_required(), depth) {
                Ok(understood) => all.extend(understood),
                Err(refused) => return or_left_out(refused),
            }
        }
        Ok(all)
    }

    /// The index of the root of related parts: `start` names it, or it is the first (RFC 2387
    /// 3.2).
    fn root(&self, parts: &[Part<'a>]) -> usize {
        let start = self.type_param("start");
        let start = start.as_deref().map(without_brackets);
        let root = parts
            .iter()
            .position(|part| start.is_some() && part.id == start);
        root.unwrap_or(0)
    }
}

/// Finds the first body of a media type, in the body itself or in its parts, nested ones too; see
/// [`Part::find`].
pub fn find<'a>(content_type: &'a str, body: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    let part = Part::new(content_type, body).find(&|part| part.is(wanted));
    part.map(|part| part.body)
}

/// The parts of a multipart body in order, not nested ones; empty if it is none.
pub fn parts<'a>(content_type: &'a str, body: &'a [u8]) -> Vec<Part<'a>> {
    Part::new(content_type, body).parts()
}

/// Whether a Content-Type is that media type, whatever its parameters.
pub fn is_media_type(content_type: &str, wanted: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    let mut halves = media_type.split('/').map(trim);
    let mut wanted = wanted.split('/');
    let mut equal = || match (halves.next(), wanted.next()) {
        (Some(half), Some(wanted)) => half.eq_ignore_ascii_case(wanted),
        _ => false,
    };
    equal() && equal()
}

/// A parameter of Content-Type or Content-Disposition, without quotes.
fn param<'a>(value: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let params = Params(&value[value.find(';')?..]);
    params.get(name).map(unquote)
}

/// The value of Content-ID as it stands in `start` or in a header field.
fn without_brackets(id: &str) -> &str {
    let id = trim(id);
    id.strip_prefix('<')
        .and_then(|id| id.strip_suffix('>'))
        .unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIP_I: &[u8] = b"preamble\r\n\
        --uni-1\r\n\
        Content-Type: application/ISUP;version=itu-t92+;\r\n base=itu-t92+\r\n\
        Content-Disposition: signal;handling=optional\r\n\
        \r\n\
        \x01\x00--uni\r\n--uni-12\r\n\
        \r\n--uni-1  \r\n\
        content-type : Application/SDP\r\n\
        \r\n\
        v=0\r\n\
        o=- 1 1 IN IP4 192.0.2.1\r\n\
        \r\n--uni-1--\r\n\
        epilogue";

    #[test]
    fn parts_end_at_their_own_boundary_only() {
        let parts = parts("multipart/mixed; boundary=\"uni-1\"", SIP_I);
        assert_eq!(parts.len(), 2);
        assert!(is_media_type(parts[0].content_type, "application/isup"));
        assert_eq!(parts[0].disposition, Some("signal;handling=optional"));
        assert_eq!(parts[0].body, b"\x01\x00--uni\r\n--uni-12\r\n");
        assert_eq!(parts[1].body, b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n");
    }

    #[test]
    fn sdp_is_found_alone_and_nested() {
        assert_eq!(
            find("application/SDP ; charset=x", b"v=0", "application/sdp"),
            Some(&b"v=0"[..])
        );
        let mut nested = b"--o\r\nContent-Type: multipart/mixed;boundary=uni-1\r\n\r\n".to_vec();
        nested.extend_from_slice(SIP_I);
        nested.extend_from_slice(b"\r\n--o--");
        let sdp = find(
            "multipart/alternative;boundary=o",
            &nested,
            "application/sdp",
        )
        .unwrap();
        assert!(sdp.starts_with(b"v=0"));
        assert_eq!(find("text/plain", b"v=0", "application/sdp"), None);
        assert_eq!(find("multipart/mixed", SIP_I, "application/sdp"), None);
    }

    #[test]
    fn unfinished_bodies_give_what_is_there() {
        let content_type = "multipart/mixed;boundary=b";
        assert!(parts(content_type, b"").is_empty());
        assert!(parts(content_type, b"--b").is_empty());
        assert_eq!(parts(content_type, b"--b\r\n")[0].body, b"");
        assert_eq!(parts(content_type, b"--b\r\n\r\nx")[0].body, b"x");
        assert_eq!(
            parts(content_type, &b"--b\r\n\r\nx\r\n".repeat(99)).len(),
            MAX_PARTS
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let mut body = b"v=0".to_vec();
        let mut content_type = "application/sdp".to_owned();
        for depth in 0..MAX_DEPTH + 1 {
            let mut outer =
                format!("--b{depth}\r\nContent-Type: {content_type}\r\n\r\n").into_bytes();
            outer.extend_from_slice(&body);
            outer.extend_from_slice(format!("\r\n--b{depth}--").as_bytes());
            body = outer;
            content_type = format!("multipart/mixed;boundary=b{depth}");
            let found = find(&content_type, &body, "application/sdp").is_some();
            assert_eq!(found, depth < MAX_DEPTH, "{depth}");
        }
    }

    fn isup(required: &'static str) -> Part<'static> {
        Part {
            disposition: Some(required),
            ..Part::new(
                "application/ISUP;version=itu-t92+;base=\"itu-t92+\"",
                b"\x01",
            )
        }
    }

    #[test]
    fn what_describes_a_part_is_typed() {
        let part = parts("multipart/mixed; boundary=\"uni-1\"", SIP_I)[0];
        let isup = part.isup_type().unwrap();
        assert_eq!(isup.version.as_deref(), Some("itu-t92+"));
        assert_eq!(isup.base.as_deref(), Some("itu-t92+"));
        assert!(!part.is_required());
        assert_eq!(part.disposition_type(), "signal");
        let sdp = Part::new("application/sdp", b"");
        assert_eq!(
            (sdp.disposition_type(), sdp.is_required()),
            ("session", true)
        );
        assert_eq!(sdp.isup_type(), None);
        let isup = Part::new("Application/Isup", b"");
        assert_eq!(isup.disposition_type(), "signal");
        assert_eq!(isup.isup_type().unwrap().version, None);
        assert_eq!(Part::new("text/plain", b"").disposition_type(), "render");
        let text = b"--b\r\nContent-ID: <1@h>\r\nContent-Transfer-Encoding: Base64\r\n\
            \r\nZm9v\r\n--b--";
        let part = parts("multipart/mixed;boundary=b", text)[0];
        assert_eq!((part.id, part.content_type), (Some("1@h"), "text/plain"));
        assert_eq!(part.content().as_deref(), Ok(&b"foo"[..]));
        let strange = Part {
            transfer_encoding: Some("quoted-printable"),
            ..part
        };
        assert_eq!(strange.content(), Err(NotDecoded));
        assert_eq!(
            Part {
                transfer_encoding: None,
                ..part
            }
            .content()
            .as_deref(),
            Ok(&b"Zm9v"[..])
        );
    }

    /// expert-checks 60: `handling=required` and unknown is 415, `optional` is left out.
    #[test]
    fn required_parts_must_be_understood() {
        let sdp = Part::new("application/sdp", b"v=0");
        let only_sdp = |part: &Part<'_>| part.is("application/sdp");
        let both = |part: &Part<'_>| only_sdp(part) || part.is("application/isup");
        for order in [[0, 1], [1, 0]] {
            for (handling, is_optional) in [
                ("signal;handling=optional", true),
                ("signal;handling=required", false),
                ("signal", false),
            ] {
                let parts = order.map(|which| [sdp, isup(handling)][which]);
                let written = write(Multipart::Mixed, &parts);
                let whole = Part::new(&written.content_type, &written.body);
                assert_eq!(whole.understood(&both).unwrap(), parts);
                let expected = if is_optional {
                    Ok(vec![sdp])
                } else {
                    Err(isup(handling))
                };
                assert_eq!(whole.understood(&only_sdp), expected);
                // An optional body may be left out with all that is required in it.
                let optional = Part {
                    disposition: Some("render;handling=optional"),
                    ..whole
                };
                let expected = if is_optional {
                    Ok(vec![sdp])
                } else {
                    Ok(Vec::new())
                };
                assert_eq!(optional.understood(&only_sdp), expected);
            }
        }
        assert_eq!(isup("signal").understood(&only_sdp), Err(isup("signal")));
        assert_eq!(
            isup("x;handling=optional").understood(&only_sdp),
            Ok(Vec::new())
        );
    }

    #[test]
    fn of_alternatives_the_last_understood_counts() {
        let plain = Part::new("text/plain", b"a");
        let sdp = Part {
            disposition: Some("session;handling=optional"),
            ..Part::new("application/sdp", b"v=0")
        };
        let new = Part::new("application/new", b"b");
        let written = write(Multipart::Alternative, &[plain, sdp, new]);
        let whole = Part::new(&written.content_type, &written.body);
        let old = |part: &Part<'_>| part.is("text/plain") || part.is("application/sdp");
        assert_eq!(whole.understood(&old), Ok(vec![sdp]));
        assert_eq!(whole.find(&old), Some(sdp));
        assert_eq!(whole.understood(&|_: &Part<'_>| false), Err(whole));
        // Mixed with another part, nested.
        let written = write(Multipart::Mixed, &[isup("signal;handling=optional"), whole]);
        let outer = Part::new(&written.content_type, &written.body);
        assert_eq!(outer.understood(&old), Ok(vec![sdp]));
        assert_eq!(
            find(&written.content_type, &written.body, "Application/SDP"),
            Some(sdp.body)
        );
    }

    #[test]
    fn of_related_parts_the_root_comes_first() {
        let first = Part::new("application/sdp", b"1");
        let root = Part {
            id: Some("r"),
            ..Part::new("application/sdp", b"2")
        };
        let last = Part::new("application/sdp", b"3");
        let written = write(Multipart::Related { root: 1 }, &[first, root, last]);
        let whole = Part::new(&written.content_type, &written.body);
        let found = |whole: Part<'_>| {
            whole
                .find(&|part: &Part<'_>| part.is("application/sdp"))
                .map(|part| part.body[0])
        };
        assert_eq!(found(whole), Some(b'2'));
        let unknown = written.content_type.replace("<r>", "<s>");
        assert_eq!(
            found(Part {
                content_type: &unknown,
                ..whole
            }),
            Some(b'1')
        );
        assert!(
            Part::new("multipart/related;boundary=x", b"")
                .find(&|_: &Part<'_>| false)
                .is_none()
        );
    }
}
