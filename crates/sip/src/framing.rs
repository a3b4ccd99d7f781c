//! Finds the parts of a message (RFC 3261 7): start line, header fields, body.

use crate::check::{check, parse_cseq};
use crate::error::{ParseError, Problem};
use crate::message::{CSeq, MAX_HEADERS, MAX_MESSAGE, Message};
use crate::method::Method;
use crate::name::Name;
use crate::scan::{TOKEN, decimal, skip, skip_space};
use crate::uri::{self, Uri};
use core::ops::Range;

/// Positions in the octets of a message. [`MAX_MESSAGE`] fits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    start: u16,
    end: u16,
}

/// One header field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: Option<Name>,
    pub(crate) text: Span,
    pub(crate) value: Span,
}

/// The start line.
#[derive(Clone, Debug)]
pub(crate) enum StartLine {
    Request { method: Method, uri: Span },
    Response { status: u16, reason: Span },
}

/// See [`Message::parse`].
pub(crate) fn parse(mut data: Vec<u8>) -> Result<Message, ParseError> {
    let mut folds = Vec::new();
    match frame(&mut data, &mut folds) {
        Ok(framed) => Ok(framed.into_message(data)),
        Err(fault) => Err(fault.locate(&data, &folds)),
    }
}

/// See [`Message::salvage`].
pub(crate) fn salvage(mut data: Vec<u8>) -> Option<Message> {
    data.truncate(MAX_MESSAGE);
    let begin = skip_line_ends(&data);
    let method_end = skip(&data, begin, TOKEN);
    if data.get(method_end) != Some(&b' ') {
        return None;
    }
    let method = Method::from_token(str::from_utf8(&data[begin..method_end]).ok()?)?;
    let line_end = data[begin..].iter().position(|&octet| octet == b'\n')?;
    let mut fields = Vec::with_capacity(FIELDS);
    let mut folds = Vec::new();
    let mut at = begin + line_end + 1;
    while at < data.len() && !matches!(data[at], b'\r' | b'\n') && fields.len() < MAX_HEADERS {
        match read_field(&mut data, at, &mut folds) {
            Ok((field, next)) => {
                fields.push(field);
                at = next;
            }
            // Not a header field: the next line may be one.
            Err(_) => {
                at = data[at..]
                    .iter()
                    .position(|&octet| octet == b'\n')
                    .map_or(data.len(), |end| at + end + 1);
            }
        }
    }
    let uri = method_end + 1;
    let length = data[uri..]
        .iter()
        .take_while(|&&octet| octet > b' ')
        .count();
    let uri = Span::new(uri, uri + length);
    let body = data.len();
    let cseq = CSeq {
        number: 0,
        method: method.clone(),
    };
    let mut message = Message {
        data,
        begin,
        start: StartLine::Request { method, uri },
        fields,
        cseq,
        body,
    };
    let answerable = [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq]
        .iter()
        .all(|&name| message.header(name).is_some_and(|value| !value.is_empty()));
    if !answerable || message.method() == Some(Method::Ack) || message.via().is_err() {
        return None;
    }
    if let Some(Ok(cseq)) = message.header(Name::CSeq).map(parse_cseq) {
        message.cseq = cseq;
    }
    Some(message)
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        let narrow = |position| u16::try_from(position).unwrap_or(u16::MAX);
        Self {
            start: narrow(start),
            end: narrow(end),
        }
    }

    pub(crate) fn range(self) -> Range<usize> {
        usize::from(self.start)..usize::from(self.end)
    }
}

/// What was found.
struct Framed {
    begin: usize,
    start: StartLine,
    fields: Vec<Field>,
    cseq: CSeq,
    body: Range<usize>,
}

impl Framed {
    fn into_message(self, mut data: Vec<u8>) -> Message {
        data.truncate(self.body.end);
        Message {
            data,
            begin: self.begin,
            start: self.start,
            fields: self.fields,
            cseq: self.cseq,
            body: self.body.start,
        }
    }
}

/// An error by its position in the message.
pub(crate) struct Fault {
    at: usize,
    field: Option<Name>,
    problem: Problem,
    clause: &'static str,
    status: Option<u16>,
}

impl Fault {
    pub(crate) fn new(at: usize, problem: Problem, clause: &'static str) -> Self {
        Self {
            at,
            field: None,
            problem,
            clause,
            status: Some(400),
        }
    }

    pub(crate) fn expected(at: usize, what: &'static str, clause: &'static str) -> Self {
        Self::new(at, Problem::Expected(what), clause)
    }

    /// An error in a value that starts at `at`.
    pub(crate) fn in_value(at: usize, error: ParseError) -> Self {
        // The error counts columns of the value from 1.
        let offset = usize::try_from(error.column).unwrap_or(1).saturating_sub(1);
        Self::new(at + offset, error.problem, error.clause)
    }

    /// The same fault in a longer text, in which the value stands `by` octets further on.
    pub(crate) const fn shifted(mut self, by: usize) -> Self {
        self.at += by;
        self
    }

    pub(crate) const fn of(mut self, field: Name) -> Self {
        self.field = Some(field);
        self
    }

    pub(crate) const fn answered(mut self, status: Option<u16>) -> Self {
        self.status = status;
        self
    }

    /// Lines end at line feeds; folded ones have lost theirs, at the positions in `folds`.
    fn locate(self, data: &[u8], folds: &[usize]) -> ParseError {
        let before = &data[..self.at.min(data.len())];
        let folded = folds.iter().filter(|&&fold| fold < self.at);
        let lines = before.iter().filter(|&&octet| octet == b'\n').count() + folded.clone().count();
        let start = before
            .iter()
            .rposition(|&octet| octet == b'\n')
            .max(folded.max().copied());
        let column = start.map_or(self.at, |start| self.at - start - 1);
        let narrow = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
        ParseError {
            line: narrow(lines),
            column: narrow(column),
            field: self.field,
            problem: self.problem,
            clause: self.clause,
            status: self.status,
        }
    }
}

fn frame(data: &mut [u8], folds: &mut Vec<usize>) -> Result<Framed, Fault> {
    if data.len() > MAX_MESSAGE {
        let status = if data.starts_with(b"SIP/") {
            None
        } else {
            Some(513)
        };
        let problem = Problem::TooLong { limit: MAX_MESSAGE };
        return Err(Fault::new(0, problem, "RFC 3261 21.5.7").answered(status));
    }
    let begin = skip_line_ends(data);
    let (start, at) = read_start_line(data, begin)?;
    // Nothing is answered to a response or to an ACK.
    let answer = |fault: Fault| match &start {
        StartLine::Request { method, .. } if *method != Method::Ack => fault,
        _ => fault.answered(None),
    };
    let (fields, body) = read_fields(data, at, folds).map_err(answer)?;
    let head = str::from_utf8(&data[..body])
        .map_err(|error| answer(Fault::expected(error.valid_up_to(), "UTF-8", "RFC 3261 7")))?;
    let present = data.len() - body;
    let (cseq, length) = check(head, present, &start, &fields).map_err(answer)?;
    let body = body..body + length;
    Ok(Framed {
        begin,
        start,
        fields,
        cseq,
        body,
    })
}

/// Line ends before the start line are to be ignored (RFC 3261 7.5).
fn skip_line_ends(data: &[u8]) -> usize {
    data.iter()
        .position(|octet| !matches!(octet, b'\r' | b'\n'))
        .unwrap_or(data.len())
}

/// The start line, and the position after it.
fn read_start_line(data: &[u8], begin: usize) -> Result<(StartLine, usize), Fault> {
    let end = line_end(data, begin).map_err(|at| {
        Fault::expected(at, "a start line that ends in CRLF", "RFC 3261 7").answered(None)
    })?;
    let line = &data[begin..end];
    let start = if line
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
    {
        read_status_line(line, begin).map_err(|fault| fault.answered(None))?
    } else {
        read_request_line(line, begin)?
    };
    Ok((start, end + 2))
}

fn read_request_line(line: &[u8], begin: usize) -> Result<StartLine, Fault> {
    const CLAUSE: &str = "RFC 3261 7.1";
    let method_end = skip(line, 0, TOKEN);
    let method = str::from_utf8(&line[..method_end])
        .ok()
        .and_then(Method::from_token);
    let method = match (method, line.get(method_end)) {
        (Some(method), Some(b' ')) => method,
        // No request: nothing to answer.
        _ => {
            let fault = Fault::expected(begin + method_end, "a method and one space", CLAUSE);
            return Err(fault.answered(None));
        }
    };
    let status = if method == Method::Ack {
        None
    } else {
        Some(400)
    };
    let fail = |at: usize, what| Fault::expected(begin + at, what, CLAUSE).answered(status);
    let start = method_end + 1;
    let length = line[start..]
        .iter()
        .position(|octet| matches!(octet, b' ' | b'\t'));
    let end = start + length.ok_or_else(|| fail(line.len(), "a space and SIP/2.0"))?;
    let text = str::from_utf8(&line[start..end]).map_err(|_| fail(start, "a URI in ASCII"))?;
    let uri =
        uri::parse(text).map_err(|error| Fault::in_value(begin + start, error).answered(status))?;
    if let Uri::Sip(uri) = uri
        && !uri.headers.is_empty()
    {
        // RFC 3261 19.1.1, table 1.
        return Err(fail(
            end - uri.headers.len() - 1,
            "a Request-URI without header fields",
        ));
    }
    let version = &line[end + 1..];
    if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        if is_version(version) {
            let fault = Fault::new(begin + end + 1, Problem::Version, CLAUSE);
            return Err(fault.answered(status.map(|_| 505)));
        }
        return Err(fail(end + 1, "SIP/2.0 and the end of the line"));
    }
    Ok(StartLine::Request {
        method,
        uri: Span::new(begin + start, begin + end),
    })
}

fn read_status_line(line: &[u8], begin: usize) -> Result<StartLine, Fault> {
    const CLAUSE: &str = "RFC 3261 7.2";
    let (version, rest) = line.split_at(line.len().min(7));
    if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        return Err(Fault::new(begin, Problem::Version, CLAUSE));
    }
    let status = match rest {
        [b' ', code @ ..] if code.len() >= 3 => decimal(&code[..3], 699),
        _ => None,
    };
    let status = status
        .and_then(|status| u16::try_from(status).ok())
        .filter(|&s| s >= 100);
    let Some(status) = status else {
        return Err(Fault::expected(
            begin + 8,
            "a status from 100 to 699",
            CLAUSE,
        ));
    };
    // A liberal receiver takes a line without the space (RFC 4475 3.1.1.13).
    let reason = match &line[11..] {
        [] => begin + line.len(),
        [b' ', ..] => begin + 12,
        _ => return Err(Fault::expected(begin + 11, "a space", CLAUSE)),
    };
    Ok(StartLine::Response {
        status,
        reason: Span::new(reason, begin + line.len()),
    })
}

fn is_version(text: &[u8]) -> bool {
    let Some(numbers) = text
        .get(4..)
        .filter(|_| text[..4].eq_ignore_ascii_case(b"SIP/"))
    else {
        return false;
    };
    let mut numbers = numbers.split(|&octet| octet == b'.');
    let mut number = || {
        numbers
            .next()
            .is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit))
    };
    number() && number() && numbers.next().is_none()
}

/// The header fields, and where the body starts.
fn read_fields(
    data: &mut [u8],
    mut at: usize,
    folds: &mut Vec<usize>,
) -> Result<(Vec<Field>, usize), Fault> {
    let mut fields = Vec::with_capacity(FIELDS);
    loop {
        if data[at..].starts_with(b"\r\n") {
            return Ok((fields, at + 2));
        }
        if at >= data.len() {
            return Err(Fault::expected(
                at,
                "an empty line after the header fields",
                "RFC 3261 7",
            ));
        }
        if fields.len() == MAX_HEADERS {
            let problem = Problem::TooManyHeaders { limit: MAX_HEADERS };
            return Err(Fault::new(at, problem, "RFC 3261 21.5.7").answered(Some(513)));
        }
        let (field, next) = read_field(data, at, folds)?;
        fields.push(field);
        at = next;
    }
}

/// The header field that starts at `at`, and the position after its line end. Unfolds it.
fn read_field(data: &mut [u8], at: usize, folds: &mut Vec<usize>) -> Result<(Field, usize), Fault> {
    const CLAUSE: &str = "RFC 3261 7.3.1";
    let name_end = skip(data, at, TOKEN);
    if name_end == at {
        return Err(Fault::expected(at, "a header field name", CLAUSE));
    }
    let colon = skip_space(data, name_end);
    if data.get(colon) != Some(&b':') {
        return Err(Fault::expected(colon, "`:`", CLAUSE));
    }
    let name = Name::recognise(&data[at..name_end]);
    let mut end = colon + 1;
    loop {
        end = line_end(data, end).map_err(|at| {
            let fault = Fault::expected(at, "no control character but CRLF", CLAUSE);
            Fault {
                field: name,
                ..fault
            }
        })?;
        if !matches!(data.get(end + 2), Some(b' ' | b'\t')) {
            break;
        }
        // A fold means one space (RFC 3261 7.3.1).
        data[end] = b' ';
        data[end + 1] = b' ';
        folds.push(end + 1);
    }
    let value = &data[colon + 1..end];
    let leading = skip_space(value, 0);
    let trailing = value[leading..]
        .iter()
        .rev()
        .take_while(|c| matches!(c, b' ' | b'\t'))
        .count();
    let value = Span::new(colon + 1 + leading, end - trailing);
    Ok((
        Field {
            name,
            text: Span::new(at, name_end),
            value,
        },
        end + 2,
    ))
}

/// The position of the CRLF that ends the line, or else of the control character that stands
/// where none may. Controls may be quoted (RFC 3261 25.1, quoted-pair), line ends not.
fn line_end(data: &[u8], mut at: usize) -> Result<usize, usize> {
    loop {
        while let Some(chunk) = data.get(at..at + 8).and_then(|chunk| chunk.try_into().ok()) {
            let before = before_control(u64::from_le_bytes(chunk));
            at += before;
            if before < 8 {
                break;
            }
        }
        let Some(&octet) = data.get(at) else {
            return Err(data.len());
        };
        if octet == b'\r' && data.get(at + 1) == Some(&b'\n') {
            return Ok(at);
        }
        let is_quoted = at > 0 && data[at - 1] == b'\\' && octet != b'\r' && octet != b'\n';
        if octet.is_ascii_control() && octet != b'\t' && !is_quoted {
            return Err(at);
        }
        at += 1;
    }
}

/// How many of eight octets stand before the first control: below 0x20, or 0x7f.
const fn before_control(octets: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = octets.wrapping_sub(ONES * 0x20) & !octets;
    let delete = octets ^ (ONES * 0x7f);
    let is_delete = delete.wrapping_sub(ONES) & !delete;
    // What is borrowed may make octets behind the first look like controls, none before it.
    ((below | is_delete) & HIGH).trailing_zeros() as usize / 8
}

/// Room for the header fields of a usual message.
const FIELDS: usize = 24;
