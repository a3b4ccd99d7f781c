//! Via (RFC 3261 20.42, RFC 3581).

use super::declare::header;
use super::parts::{Parts, Show};
use super::reader::{ReadParam, Reader};
use super::value::{Bare, GenericParams, Text, Token};
use crate::error::ParseError;
use crate::uri::Host;
use core::fmt;
use std::net::IpAddr;

/// One hop of a request (RFC 3261 20.42), all its parameters read. [`crate::Via`] reads the branch
/// only when it is asked for, and is what messages are routed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport: `UDP`, `TCP`, `TLS`, `SCTP`, `WS`, `WSS`.
    pub transport: Token<'a>,
    /// The host that sent it.
    pub host: Host<'a>,
    /// The port that it takes answers on.
    pub port: Option<u16>,
    /// Which transaction it is.
    pub branch: Option<Bare<'a>>,
    /// Where it really came from.
    pub received: Option<IpAddr>,
    /// `rport`: asked for (`None` in it), or the port that it really came from (RFC 3581 3, 4).
    pub rport: Option<Option<u16>>,
    /// The group to answer to, or another address.
    pub maddr: Option<Bare<'a>>,
    /// The time to live of multicasts.
    pub ttl: Option<u8>,
    /// All other parameters.
    pub others: GenericParams<'a>,
}

header!(Via<'a>, Via);

impl Show for Via<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.field("transport", &self.transport);
        let host = self.host;
        match self.port {
            Some(port) => parts.field("sent-by", format_args!("{host}:{port}")),
            None => parts.field("sent-by", host),
        }
        parts.param("branch", self.branch.as_ref());
        let received = self.received.map(|address| address.to_string());
        parts.param("received", received.map(Text::new).as_ref());
        parts.flag("rport", self.rport == Some(None));
        parts.param("rport", self.rport.flatten().as_ref());
        parts.param("maddr", self.maddr.as_ref());
        parts.param("ttl", self.ttl.as_ref());
        parts.others(&self.others);
    }
}

impl<'a> Via<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// As [`crate::Via::parse`]; or a parameter that RFC 3261 20.42 or RFC 3581 define is
    /// malformed.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let via = crate::Via::parse(text)?;
        let params = text.len() - via.params.as_str().len();
        let mut reader = Reader::at_offset(text, params, "RFC 3261 25.1 via-params");
        let mut read = Self {
            transport: Token::new(via.transport)?,
            host: via.host,
            port: via.port,
            branch: None,
            received: None,
            rport: None,
            maddr: None,
            ttl: None,
            others: GenericParams::default(),
        };
        while let Some(param) = reader.param()? {
            match param.key().as_ref() {
                "branch" => param.set(&mut read.branch, param.checked("a token"))?,
                "received" => param.set(&mut read.received, address(&param))?,
                "rport" => {
                    let port = match param.is_flag() {
                        true => Ok(None),
                        false => param.number(u32::from(u16::MAX)).map(Some),
                    };
                    param.set(&mut read.rport, port)?;
                }
                "maddr" => param.set(&mut read.maddr, param.checked("a host"))?,
                "ttl" => param.set(&mut read.ttl, param.number(255))?,
                _ => param.keep(&mut read.others),
            }
        }
        Ok(read)
    }
}

/// An IP address; brackets are not in the grammar but are sent (RFC 5118 4.5).
fn address(param: &ReadParam<'_>) -> Result<IpAddr, ParseError> {
    param.parsed("an IP address", |text| {
        let inner = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        inner.unwrap_or(text).parse().ok()
    })
}

impl fmt::Display for Via<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        if let Some(branch) = &self.branch {
            write!(f, ";branch={branch}")?;
        }
        if let Some(received) = self.received {
            write!(f, ";received={received}")?;
        }
        match self.rport {
            Some(Some(port)) => write!(f, ";rport={port}")?,
            Some(None) => f.write_str(";rport")?,
            None => {}
        }
        if let Some(maddr) = &self.maddr {
            write!(f, ";maddr={maddr}")?;
        }
        if let Some(ttl) = self.ttl {
            write!(f, ";ttl={ttl}")?;
        }
        write!(f, "{}", self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        // RFC 3261 20.42, RFC 3581 5
        let text = "SIP/2.0/UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9hG4bKa7";
        let via = Via::parse(text).unwrap();
        assert_eq!((via.port, via.ttl), (Some(4_000), Some(16)));
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP first.example.com:4000;branch=z9hG4bKa7;maddr=224.2.0.1;ttl=16"
        );
        let text = "SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKkj;received=192.0.2.1;rport=9988";
        let via = Via::parse(text).unwrap();
        assert_eq!(via.rport, Some(Some(9_988)));
        assert_eq!(via.received, "192.0.2.1".parse().ok());
        assert_eq!(via.to_string(), text);
        let text = "SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK1;received=[2001:db8::2];rport";
        let via = Via::parse(text).unwrap();
        assert_eq!(via.rport, Some(None));
        assert_eq!(
            via.to_string(),
            text.replace("[2001:db8::2]", "2001:db8::2")
        );
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("SIP/2.0/UDP", 12),
            ("SIP/2.0/UDP h;ttl=256", 19),
            ("SIP/2.0/UDP h;rport=x", 21),
            ("SIP/2.0/UDP h;received=h", 24),
            ("SIP/2.0/UDP h;branch", 15),
            ("SIP/2.0/UDP h;branch=a;branch=b", 31),
        ] {
            let error = Via::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
