//! The parameters after the question mark, read as the click-to-call servers of old do: `+` is a
//! blank, the last of several wins, what is empty is absent.

/// The parameters of `/clicktocall.html`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) initiator: String,
    pub(super) destination: String,
    pub(super) anchor: bool,
}

impl Parameters {
    pub(super) fn parse(query: &str) -> Self {
        let mut parameters = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value);
            match name {
                "initiator" => parameters.initiator = value,
                "destination" => parameters.destination = value,
                "anchor" => parameters.anchor = value.eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        parameters
    }
}

/// Undoes `+` and `%HH`. A `%` without two digits stays; octets that are no UTF-8 become U+FFFD.
fn decode(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        octets.push(match first {
            b'+' => b' ',
            b'%' => match tail {
                [high, low, after @ ..] => match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => {
                        rest = after;
                        high << 4 | low
                    }
                    _ => b'%',
                },
                _ => b'%',
            },
            other => *other,
        });
    }
    String::from_utf8_lossy(&octets).into_owned()
}

fn digit(octet: u8) -> Option<u8> {
    char::from(octet)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_old_servers_read() {
        let parse = Parameters::parse;
        assert_eq!(
            parse("initiator=sip%3aa@b&destination=%2B4930+1&anchor=TRUE"),
            Parameters {
                initiator: "sip:a@b".to_owned(),
                destination: "+4930 1".to_owned(),
                anchor: true
            }
        );
        assert_eq!(parse("initiator=1&initiator=2&Initiator=3").initiator, "2");
        assert!(!parse("anchor=1").anchor);
        assert_eq!(parse(""), Parameters::default());
    }

    #[test]
    fn bad_escapes_stay() {
        for (text, read) in [
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%ff", "\u{fffd}"),
            ("%+1", "% 1"),
        ] {
            assert_eq!(decode(text), read);
        }
    }
}
