//! The Via parameters of overload control (RFC 7339 4, 9).

use crate::params::Params;
use crate::via::Via;
use core::cmp::Ordering;
use core::fmt::{self, Write as _};
use core::time::Duration;

/// What we put behind the topmost Via of our requests: that we hold back when asked to, by the
/// loss algorithm (RFC 7339 4.1, 4.2).
pub const OFFER: &str = ";oc;oc-algo=\"loss\"";

/// What a server asks of its clients, by the loss algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// The part of requests that is to be held back, in percent, 0 to 100 (RFC 7339 7.1).
    pub percent: u8,
    /// For how long; zero ends it (RFC 7339 4.3).
    pub validity: Duration,
    /// Tells which of two is the later one; some servers leave it out where they ask for nothing
    /// (RFC 7339 6).
    pub sequence: Option<Sequence>,
}

/// `oc-seq`: digits, a dot, up to five digits, compared as a decimal number (RFC 7339 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence {
    whole: u64,
    /// Hundred-thousandths.
    fraction: u32,
}

impl Feedback {
    /// What stands in the topmost Via of a response; `None` if the server said nothing, chose
    /// another algorithm, or wrote what cannot be understood.
    pub fn parse(via: &Via<'_>) -> Option<Self> {
        let params = via.params;
        let percent = decimal(params.get("oc")?, 100)?;
        if params.get("oc-algo").is_some_and(|algo| !has_loss(algo)) {
            return None;
        }
        let sequence = match params.get("oc-seq") {
            Some(text) => Some(Sequence::parse(text)?),
            None => None,
        };
        // RFC 7339 4.3: 500 ms if nothing is said.
        let validity = match params.get("oc-validity") {
            Some(text) => Duration::from_millis(decimal(text, u64::MAX)?),
            None => DEFAULT_VALIDITY,
        };
        Some(Self {
            percent: u8::try_from(percent).ok()?,
            validity: validity.min(LONGEST_VALIDITY),
            sequence,
        })
    }

    /// Whether a request's topmost Via offers what we do: `oc`, and `loss` among the algorithms,
    /// which is also meant if none is named (RFC 7339 4.2).
    pub fn is_offered(via: &Via<'_>) -> bool {
        via.params.get("oc").is_some() && via.params.get("oc-algo").is_none_or(has_loss)
    }

    /// The topmost Via of a request as it stands in the response: with our values in place of the
    /// client's offer. `via` is the text of the value.
    pub fn write(&self, via: &str) -> String {
        let start = via.find(';').unwrap_or(via.len());
        let mut text = String::with_capacity(via.len() + 64);
        text.push_str(&via[..start]);
        for param in Params(&via[start..]).iter() {
            if PARAMETERS
                .iter()
                .any(|ours| ours.eq_ignore_ascii_case(param.name))
            {
                continue;
            }
            text.push(';');
            text.push_str(param.name);
            if let Some(value) = param.value {
                text.push('=');
                text.push_str(value);
            }
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{self}");
        text
    }
}

impl fmt::Display for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            ";oc={};oc-algo=\"loss\";oc-validity={}",
            self.percent,
            self.validity.as_millis()
        )?;
        match self.sequence {
            Some(sequence) => write!(f, ";oc-seq={sequence}"),
            None => Ok(()),
        }
    }
}

impl Sequence {
    /// That of a number of milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self {
            whole: millis / 1_000 % MOST_WHOLE,
            fraction: (millis % 1_000) as u32 * 100,
        }
    }

    /// Reads it; a fraction may be missing.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let mut scaled = decimal(fraction, 99_999).filter(|_| fraction.len() <= 5)?;
        for _ in fraction.len()..5 {
            scaled *= 10;
        }
        Some(Self {
            whole: decimal(whole, MOST_WHOLE - 1)?,
            fraction: u32::try_from(scaled).ok()?,
        })
    }

    /// How a new one stands to the one before it. One that is far smaller comes from a server
    /// that started anew (RFC 7339 4.4).
    pub(super) fn follows(self, previous: Self) -> Ordering {
        if self.whole.saturating_add(FAR) < previous.whole {
            return Ordering::Greater;
        }
        self.cmp(&previous)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.whole, self.fraction / 100)
    }
}

fn has_loss(algorithms: &str) -> bool {
    algorithms
        .trim_matches('"')
        .split(',')
        .any(|algorithm| algorithm.trim().eq_ignore_ascii_case("loss"))
}

fn decimal(text: &str, most: u64) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|value| is_number && *value <= most)
}

const PARAMETERS: [&str; 4] = ["oc", "oc-algo", "oc-validity", "oc-seq"];

const DEFAULT_VALIDITY: Duration = Duration::from_millis(500);

/// Nobody who forges one response stops us for a day.
const LONGEST_VALIDITY: Duration = Duration::from_secs(3_600);

/// Twelve digits (RFC 7339 9).
const MOST_WHOLE: u64 = 1_000_000_000_000;

/// An hour, where the numbers are time stamps.
const FAR: u64 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    fn feedback(params: &str) -> Option<Feedback> {
        let via = format!("SIP/2.0/TLS p1.example.net;branch=z9hG4bK2d4790.1{params}");
        Feedback::parse(&Via::parse(&via).unwrap())
    }

    #[test]
    fn examples_of_section_6() {
        let offer = "SIP/2.0/TLS p1.example.net;branch=z9hG4bK2d4790.1;oc;oc-algo=\"loss,A\"";
        assert!(Feedback::is_offered(&Via::parse(offer).unwrap()));
        // The server does not support it and leaves all as it is.
        assert_eq!(feedback(";oc;oc-algo=\"loss,A\""), None);
        assert_eq!(
            feedback(";received=192.0.2.111;oc=0;oc-algo=\"loss\";oc-validity=0"),
            Some(Feedback {
                percent: 0,
                validity: Duration::ZERO,
                sequence: None
            })
        );
        let asked = Feedback {
            percent: 20,
            validity: Duration::from_millis(500),
            sequence: Some(Sequence::from_millis(1_282_321_615_782)),
        };
        let text = ";oc=20;oc-algo=\"loss\";oc-validity=500;oc-seq=1282321615.782";
        assert_eq!(feedback(text), Some(asked));
        assert_eq!(asked.to_string(), text);
        assert_eq!(
            asked.write(offer),
            format!("SIP/2.0/TLS p1.example.net;branch=z9hG4bK2d4790.1{text}")
        );
        assert_eq!(
            asked.write("SIP/2.0/UDP a ; OC ; rport ;branch=x"),
            format!("SIP/2.0/UDP a ;rport;branch=x{text}")
        );
        assert_eq!(asked.write("SIP/2.0/UDP a"), format!("SIP/2.0/UDP a{text}"));
    }

    #[test]
    fn what_cannot_be_understood_is_nothing() {
        for text in [
            "",
            ";oc",
            ";oc=",
            ";oc=101",
            ";oc=-1",
            ";oc=+1",
            ";oc=5x",
            ";oc=99999999999999999999999",
            ";oc=5;oc-algo=\"rate\"",
            ";oc=5;oc-validity=x",
            ";oc=5;oc-validity",
            ";oc=5;oc-seq=a.b",
            ";oc=5;oc-seq=1.123456",
            ";oc=5;oc-seq=1234567890123.1",
            ";oc-validity=500",
        ] {
            // Some are no Via at all.
            let via = format!("SIP/2.0/UDP a;branch=x{text}");
            let parsed = Via::parse(&via).ok().and_then(|via| Feedback::parse(&via));
            assert_eq!(parsed, None, "{text}");
        }
        let bare = feedback(";oc=7").unwrap();
        assert_eq!(
            (bare.percent, bare.validity),
            (7, Duration::from_millis(500))
        );
        let long = feedback(";oc=7;oc-validity=18446744073709551615").unwrap();
        assert_eq!(long.validity, Duration::from_secs(3_600));
        for offer in [";oc", ";oc;oc-algo=loss", ";oc;oc-algo=\"A, LOSS\""] {
            let via = format!("SIP/2.0/UDP a{offer}");
            assert!(Feedback::is_offered(&Via::parse(&via).unwrap()), "{offer}");
        }
        for offer in ["", ";oc;oc-algo=\"rate\"", ";oc-algo=\"loss\""] {
            let via = format!("SIP/2.0/UDP a{offer}");
            assert!(!Feedback::is_offered(&Via::parse(&via).unwrap()), "{offer}");
        }
        assert!(Feedback::is_offered(
            &Via::parse(&format!("SIP/2.0/UDP a{OFFER}")).unwrap()
        ));
    }

    #[test]
    fn sequences_are_decimal_numbers() {
        let follows = |new: &str, old: &str| {
            Sequence::parse(new)
                .unwrap()
                .follows(Sequence::parse(old).unwrap())
        };
        assert_eq!(follows("10.5", "10.5"), Ordering::Equal);
        assert_eq!(follows("10.50", "10.5"), Ordering::Equal);
        assert_eq!(follows("10.9", "10.782"), Ordering::Greater);
        assert_eq!(follows("11.0", "10.9"), Ordering::Greater);
        assert_eq!(follows("10.1", "3000.0"), Ordering::Less);
        assert_eq!(follows("10.1", "1282321615.782"), Ordering::Greater);
        for millis in [0, 1, 999, 1_000, 1_282_321_615_782] {
            let sequence = Sequence::from_millis(millis);
            assert_eq!(Sequence::parse(&sequence.to_string()), Some(sequence));
            assert!(Sequence::from_millis(millis + 1) > sequence);
        }
    }
}
