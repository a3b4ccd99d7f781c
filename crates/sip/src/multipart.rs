//! Multipart bodies (RFC 2046 5.1, RFC 5621).

use crate::params::{Params, unquote};
use crate::scan::trim;

/// The most parts of one body that are looked at.
pub const MAX_PARTS: usize = 16;

/// How deep parts may be nested.
pub const MAX_DEPTH: usize = 4;

/// One part of a multipart body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Content-Type as it stands; `text/plain` if there is none (RFC 2046 5.2).
    pub content_type: &'a str,
    /// Content-Disposition as it stands.
    pub disposition: Option<&'a str>,
    /// The octets of the part.
    pub body: &'a [u8],
}

/// Finds the first body of a media type, in the body itself or in its parts, nested ones too.
pub fn find<'a>(content_type: &str, body: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    find_within(content_type, body, wanted, MAX_DEPTH)
}

/// The parts of a multipart body in order, not nested ones; empty if it is none.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Vec<Part<'a>> {
    let Some(boundary) = boundary(content_type) else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    // What stands before the first delimiter is a preamble.
    let Some((_, mut rest)) = split_at_delimiter(body, &boundary) else {
        return parts;
    };
    while parts.len() < MAX_PARTS {
        // Behind the last part stand two dashes.
        if rest.starts_with(b"--") {
            break;
        }
        let Some(line_end) = rest.iter().position(|&octet| octet == b'\n') else {
            break;
        };
        rest = &rest[line_end + 1..];
        // A part whose delimiter is missing is the last one.
        let (part, behind) = split_at_delimiter(rest, &boundary).unwrap_or((rest, b"--"));
        parts.push(read_part(part));
        rest = behind;
    }
    parts
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

fn find_within<'a>(
    content_type: &str,
    body: &'a [u8],
    wanted: &str,
    depth: usize,
) -> Option<&'a [u8]> {
    if is_media_type(content_type, wanted) {
        return Some(body);
    }
    let depth = depth.checked_sub(1)?;
    parts(content_type, body)
        .iter()
        .find_map(|part| find_within(part.content_type, part.body, wanted, depth))
}

/// The boundary of a multipart Content-Type, with the dashes before it.
fn boundary(content_type: &str) -> Option<String> {
    let semicolon = content_type.find(';')?;
    let (media_type, params) = content_type.split_at(semicolon);
    if !trim(media_type.split('/').next()?).eq_ignore_ascii_case("multipart") {
        return None;
    }
    let boundary = unquote(Params(params).get("boundary")?);
    (1..=70)
        .contains(&boundary.len())
        .then(|| format!("--{boundary}"))
}

/// What stands before the next delimiter, without the line end that belongs to it, and what
/// stands behind it.
fn split_at_delimiter<'a>(body: &'a [u8], delimiter: &str) -> Option<(&'a [u8], &'a [u8])> {
    let mut line = 0;
    loop {
        if let Some(behind) = body[line..].strip_prefix(delimiter.as_bytes())
            && is_line_rest(behind)
        {
            let before = &body[..line];
            let before = before.strip_suffix(b"\n").unwrap_or(before);
            return Some((before.strip_suffix(b"\r").unwrap_or(before), behind));
        }
        line += body[line..].iter().position(|&octet| octet == b'\n')? + 1;
    }
}

/// Whether a delimiter ends here: another boundary may begin with ours.
fn is_line_rest(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"--").unwrap_or(text);
    matches!(text.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
}

fn read_part(part: &[u8]) -> Part<'_> {
    let (mut content_type, mut disposition) = ("text/plain", None);
    let mut at = 0;
    let mut body: &[u8] = &[];
    while at < part.len() {
        let mut end = next_line(part, at);
        if matches!(part[at..end], [b'\n'] | [b'\r', b'\n']) {
            body = &part[end..];
            break;
        }
        while matches!(part.get(end), Some(b' ' | b'\t')) {
            end = next_line(part, end);
        }
        if let Some((name, value)) = str::from_utf8(&part[at..end])
            .ok()
            .and_then(|field| field.split_once(':'))
        {
            match trim(name) {
                name if name.eq_ignore_ascii_case("Content-Type") => content_type = trim(value),
                name if name.eq_ignore_ascii_case("Content-Disposition") => {
                    disposition = Some(trim(value));
                }
                _ => {}
            }
        }
        at = end;
    }
    Part {
        content_type,
        disposition,
        body,
    }
}

fn next_line(text: &[u8], at: usize) -> usize {
    text[at..]
        .iter()
        .position(|&octet| octet == b'\n')
        .map_or(text.len(), |end| at + end + 1)
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
}
