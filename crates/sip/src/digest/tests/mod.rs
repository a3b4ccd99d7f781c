mod client;
mod server;

use super::*;
use crate::header;
use crate::{Builder, Message, Method};

const BILOXI: &str = "sip:biloxi.com";

/// A response with those challenges.
fn challenge(status: u16, fields: &[(Name, &str)]) -> Message {
    let mut builder = Builder::response(status, "")
        .header(Name::Via, "SIP/2.0/UDP h;branch=z9hG4bK1")
        .header(Name::From, "<sip:bob@biloxi.com>;tag=1")
        .header(Name::To, "<sip:bob@biloxi.com>;tag=2")
        .header(Name::CallId, "1")
        .header(Name::CSeq, "1 REGISTER");
    for (name, value) in fields {
        builder = builder.header(*name, value);
    }
    Message::parse(builder.build()).unwrap()
}

fn request(method: Method, uri: &str, fields: &[(Name, String)], body: &[u8]) -> Message {
    let mut builder = Builder::request(method.clone(), uri)
        .header(Name::Via, "SIP/2.0/UDP h;branch=z9hG4bK1")
        .header(Name::MaxForwards, 70)
        .header(Name::From, "<sip:bob@biloxi.com>;tag=1")
        .header(Name::To, "<sip:bob@biloxi.com>")
        .header(Name::CallId, "1")
        .header(Name::CSeq, format_args!("1 {method}"));
    for (name, value) in fields {
        builder = builder.header(*name, value);
    }
    Message::parse(builder.body("application/sdp", body).build()).unwrap()
}

fn bob() -> Vec<Credentials> {
    vec![Credentials {
        realm: None,
        username: "bob".into(),
        password: Secret::password("zanzibar"),
    }]
}

fn of_realm(realm: &str, username: &str, password: &str) -> Credentials {
    Credentials {
        realm: Some(realm.into()),
        username: username.into(),
        password: Secret::password(password),
    }
}

/// The parameters of an Authorization as they are read.
fn read(value: &str) -> header::DigestCredentials<'_> {
    match header::Credentials::parse(value) {
        Ok(header::Credentials::Digest(digest)) => digest,
        other => panic!("{value}: {other:?}"),
    }
}

fn register(authorizer: &mut Authorizer) -> Vec<(Name, String)> {
    authorizer.headers(&Method::Register, BILOXI, b"", "0a4f113b")
}
