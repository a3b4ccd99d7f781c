//! Takes multipart bodies apart (RFC 2046 5.1.1).

use super::{MAX_PARTS, Part, param, without_brackets};
use crate::name::Name;
use crate::scan::trim;

/// See [`Part::parts`].
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Vec<Part<'a>> {
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

/// The boundary of a multipart Content-Type, with the dashes before it.
fn boundary(content_type: &str) -> Option<String> {
    let kind = content_type.split('/').next()?;
    if !trim(kind).eq_ignore_ascii_case("multipart") {
        return None;
    }
    let boundary = param(content_type, "boundary")?;
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
    let mut read = Part::new("text/plain", &[]);
    let mut at = 0;
    while at < part.len() {
        let mut end = next_line(part, at);
        if matches!(part[at..end], [b'\n'] | [b'\r', b'\n']) {
            read.body = &part[end..];
            break;
        }
        while matches!(part.get(end), Some(b' ' | b'\t')) {
            end = next_line(part, end);
        }
        if let Some((name, value)) = str::from_utf8(&part[at..end])
            .ok()
            .and_then(|field| field.split_once(':'))
        {
            let (name, value) = (trim(name), trim(value));
            match Name::from_text(name) {
                Some(Name::ContentType) => read.content_type = value,
                Some(Name::ContentDisposition) => read.disposition = Some(value),
                Some(Name::ContentTransferEncoding) => read.transfer_encoding = Some(value),
                _ if name.eq_ignore_ascii_case("Content-ID") => {
                    read.id = Some(without_brackets(value));
                }
                _ => {}
            }
        }
        at = end;
    }
    read
}

fn next_line(text: &[u8], at: usize) -> usize {
    text[at..]
        .iter()
        .position(|&octet| octet == b'\n')
        .map_or(text.len(), |end| at + end + 1)
}
