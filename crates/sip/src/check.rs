//! Checks the header fields that every element depends on, so that they can be relied on later.

use crate::error::{ParseError, Problem};
use crate::framing::{Fault, Field, StartLine};
use crate::message::CSeq;
use crate::method::Method;
use crate::name::Name;
use crate::name_addr::NameAddr;
use crate::scan::{List, WORD, decimal, is_all, skip_space};
use crate::via::Via;

/// Checks the head of a message; gives the value of CSeq, and the octets of the body. So many are
/// `present`.
pub(crate) fn check(
    head: &str,
    present: usize,
    start: &StartLine,
    fields: &[Field],
) -> Result<(CSeq, usize), Fault> {
    let mut seen = Seen::default();
    for field in fields {
        let Some(name) = field.name else { continue };
        let range = field.value.range();
        let at = range.start;
        // Fields begin and end at ASCII.
        let value = head
            .get(range)
            .ok_or_else(|| Fault::expected(at, "UTF-8", "RFC 3261 7"))?;
        check_field(&mut seen, name, value).map_err(|fault| fault.shifted(at).of(name))?;
    }
    // In the order of RFC 3261 8.1.1.
    for (name, is_there) in [
        (Name::To, seen.to),
        (Name::From, seen.from),
        (Name::CSeq, seen.cseq.is_some()),
        (Name::CallId, seen.call_id),
        (Name::Via, seen.via),
    ] {
        if !is_there {
            let at = head.len().saturating_sub(2);
            return Err(Fault::new(at, Problem::Missing, "RFC 3261 8.1.1").of(name));
        }
    }
    let cseq = seen.cseq.unwrap_or(CSeq {
        number: 0,
        method: Method::Invite,
    });
    if let StartLine::Request { method, .. } = start
        && *method != cseq.method
    {
        // RFC 4475 3.1.2.18: a method that nobody knows is better refused as such.
        let status = if method.is_known() { 400 } else { 501 };
        let at = fields.iter().find(|field| field.name == Some(Name::CSeq));
        let at = at.map_or(0, |field| field.value.range().start);
        let fault = Fault::new(at, Problem::MethodMismatch, "RFC 3261 8.1.1.5");
        return Err(fault.of(Name::CSeq).answered(Some(status)));
    }
    let stated = seen.content_length.unwrap_or(present);
    if stated > present {
        let problem = Problem::BodyTruncated { stated, present };
        return Err(
            Fault::new(head.len() + present, problem, "RFC 3261 18.3").of(Name::ContentLength)
        );
    }
    Ok((cseq, stated))
}

/// What was met of the header fields that are mandatory or may stand once.
#[derive(Default)]
struct Seen {
    via: bool,
    from: bool,
    to: bool,
    call_id: bool,
    cseq: Option<CSeq>,
    max_forwards: bool,
    content_length: Option<usize>,
    content_type: bool,
}

/// Checks one header field. Positions of errors are those in the value.
fn check_field(seen: &mut Seen, name: Name, value: &str) -> Result<(), Fault> {
    let fault = |error| Fault::in_value(0, error);
    let again = || Fault::new(0, Problem::Repeated, "RFC 3261 7.3.1");
    let once = |flag: &mut bool| {
        if core::mem::replace(flag, true) {
            Err(again())
        } else {
            Ok(())
        }
    };
    match name {
        Name::Via => {
            seen.via = true;
            for_each(value, |via| Via::parse(via).map(|_| ()))?;
        }
        Name::From => {
            once(&mut seen.from)?;
            NameAddr::parse(value).map_err(fault)?;
        }
        Name::To => {
            once(&mut seen.to)?;
            NameAddr::parse(value).map_err(fault)?;
        }
        Name::Contact if value == "*" => {}
        Name::Contact | Name::Route | Name::RecordRoute => {
            for_each(value, |address| NameAddr::parse(address).map(|_| ()))?;
        }
        Name::CallId => {
            once(&mut seen.call_id)?;
            let mut words = value.splitn(2, '@');
            if !words.all(|word| is_all(word.as_bytes(), WORD)) {
                return Err(Fault::expected(
                    0,
                    "word [ @ word ]",
                    "RFC 3261 25.1 callid",
                ));
            }
        }
        Name::CSeq => {
            if seen.cseq.is_some() {
                return Err(again());
            }
            seen.cseq = Some(parse_cseq(value).map_err(fault)?);
        }
        Name::MaxForwards => {
            once(&mut seen.max_forwards)?;
            number(value, 255, "RFC 3261 20.22")?;
        }
        Name::ContentLength => {
            if seen.content_length.is_some() {
                return Err(again());
            }
            let stated = number(value, u32::MAX, "RFC 3261 20.14")?;
            seen.content_length = Some(usize::try_from(stated).unwrap_or(usize::MAX));
        }
        Name::ContentType => once(&mut seen.content_type)?,
        _ => {}
    }
    Ok(())
}

/// Applies a parser to each element of a comma list.
fn for_each(
    value: &str,
    mut parse: impl FnMut(&str) -> Result<(), ParseError>,
) -> Result<(), Fault> {
    for element in List::new(value) {
        // Elements are parts of the value, so this is where the element stands.
        let at = element.as_ptr().addr() - value.as_ptr().addr();
        parse(element).map_err(|error| Fault::in_value(at, error))?;
    }
    Ok(())
}

fn number(value: &str, maximum: u32, clause: &'static str) -> Result<u32, Fault> {
    decimal(value.as_bytes(), maximum).ok_or_else(|| {
        let is_number = !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit());
        let problem = if is_number {
            Problem::OutOfRange { maximum }
        } else {
            Problem::Expected("a number")
        };
        Fault::new(0, problem, clause)
    })
}

/// Parses the value of CSeq.
pub(crate) fn parse_cseq(value: &str) -> Result<CSeq, ParseError> {
    const CLAUSE: &str = "RFC 3261 20.16";
    let octets = value.as_bytes();
    let digits = octets
        .iter()
        .take_while(|octet| octet.is_ascii_digit())
        .count();
    let Some(number) = decimal(&octets[..digits], u32::MAX) else {
        let mut error = ParseError::in_value(0, "a number", CLAUSE);
        if digits > 0 {
            error.problem = Problem::OutOfRange { maximum: u32::MAX };
        }
        return Err(error);
    };
    let at = skip_space(octets, digits);
    match Method::from_token(&value[at..]) {
        Some(method) if at > digits => Ok(CSeq { number, method }),
        _ => Err(ParseError::in_value(at, "a space and a method", CLAUSE)),
    }
}
