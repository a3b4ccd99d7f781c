//! Multipart bodies (RFC 2046 5.1, RFC 5621).

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
    let _ = (content_type, body, wanted);
    todo!()
}

/// The parts of a multipart body in order, not nested ones; empty if it is none.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Vec<Part<'a>> {
    let _ = (content_type, body);
    todo!()
}
