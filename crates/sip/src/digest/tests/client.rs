//! The formulas, and the client.

use super::super::response::{Counted, Vouched, response, session_key};
use super::*;

/// Examples of RFC 7616 3.9.1 and 3.9.2 and RFC 2617 3.5. That of 3.9.2 was made with SHA-512 cut
/// to 256 bits in place of SHA-512/256: the value here is that of its erratum.
#[test]
fn examples_of_the_standards() {
    let rows = [
        (
            Algorithm::Md5,
            ["Mufasa", "http-auth@example.org", "Circle of Life"],
            "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "/dir/index.html",
            "8ca523f5e9506fed4657c9700eebdbec",
        ),
        (
            Algorithm::Sha256,
            ["Mufasa", "http-auth@example.org", "Circle of Life"],
            "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "/dir/index.html",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
        (
            Algorithm::Sha512256,
            ["Jäsøn Doe", "api@example.org", "Secret, or not?"],
            "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
            "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
            "/doe.json",
            "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
        ),
        (
            Algorithm::Md5,
            ["Mufasa", "testrealm@host.com", "Circle Of Life"],
            "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            "0a4f113b",
            "/dir/index.html",
            "6629fae49393a05397450978507c4ef1",
        ),
    ];
    for (algorithm, [user, realm, password], nonce, cnonce, uri, expected) in rows {
        let key = Secret::password(password)
            .hashed(algorithm, user, realm)
            .unwrap();
        let counted = Counted {
            qop: Qop::Auth,
            nc: 1,
            cnonce,
        };
        let vouched = Vouched {
            method: "GET",
            uri,
            body: b"",
        };
        let found = response(key, nonce, Some(counted), vouched).to_string();
        assert_eq!(found, expected, "{algorithm}");
    }
    // RFC 3261 22.4 item 7, RFC 8760 2.6 item 7.
    let empty = |algorithm: Algorithm| algorithm.hash(&[b""]).to_string();
    assert_eq!(empty(Algorithm::Md5), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(
        empty(Algorithm::Sha256),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

/// All algorithms, with and without sessions, with each quality of protection. The responses were
/// computed with another implementation of the hashes.
#[test]
fn every_form_of_a_response() {
    const NONCE: &str = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    for (algorithm, qop, expected) in [
        ("MD5", None, "bf57e4e0d0bffc0fbaedce64d59add5e"),
        ("MD5", Some("auth"), "a2ad8a54015a6d71ceed909c3c0ef76f"),
        ("MD5", Some("auth-int"), "7a6dd63de1c7a1a49946b1e24f9894f2"),
        ("MD5-sess", Some("auth"), "ac4f5f39993fa2fb17e6e7fdc82225c0"),
        (
            "md5-SESS",
            Some("auth-int"),
            "0837a8e343df1602be6d69b6fef23228",
        ),
        (
            "SHA-256",
            None,
            "38aad98c50c33abe72c5f88dd17246ffcfa6b1f68852c855719ff0659386c0ca",
        ),
        (
            "SHA-256",
            Some("auth"),
            "8134ab779ccba35bd4673b8d2b96ce318d1139624dad279ebc8bf124c302a5d0",
        ),
        (
            "SHA-256",
            Some("auth-int"),
            "d39e4eb55e157e825a2dedd957f3d504b250be3ea1aea70962bfad088a3db71c",
        ),
        (
            "SHA-256-sess",
            Some("auth"),
            "a0d8fc0afb0a94d0fa9c62c8f7c5b923aa28f69fc8d18803e389b5776b9615be",
        ),
        (
            "SHA-256-sess",
            Some("auth-int"),
            "704a6c91739ec20159fff26e262a1b4f96933b5765664473ae01409ade61ee17",
        ),
        (
            "SHA-512-256",
            None,
            "9e960b3a01beb63f1ea5d45d43bd8a2178879d3c9ddbbdb0624187ca823c6eca",
        ),
        (
            "SHA-512-256",
            Some("auth"),
            "d68756ef0d5447023c12252b4fb9c110dcc27d676bb2711d9bee869fe78673f0",
        ),
        (
            "SHA-512-256",
            Some("auth-int"),
            "c820f5eb0df9f8f40650756a25e9354fb0fdf20651a708b6abf5e1e3d27626a9",
        ),
        (
            "SHA-512-256-sess",
            Some("auth"),
            "4d7945a818969d8cb73e51516135f0f6ef6257d20df5f619f56f86d718337ae1",
        ),
        (
            "SHA-512-256-sess",
            Some("auth-int"),
            "82bfcdcb93b04aa18844d67ded7e5aa7ceaef688e98c8b8344fd74d7ed29998c",
        ),
    ] {
        let offered = qop.map_or(String::new(), |qop| format!(", qop=\"{qop}\""));
        let value = format!(
            "Digest realm=\"biloxi.com\", nonce=\"{NONCE}\", algorithm={algorithm}{offered}"
        );
        let mut authorizer = Authorizer::default();
        let response = challenge(401, &[(Name::WwwAuthenticate, &value)]);
        authorizer.challenged(&response, &bob()).unwrap();
        // The second use of the nonce; a session keeps the cnonce that it began with.
        let first = if algorithm.contains('-') {
            "0a4f113b"
        } else {
            "other"
        };
        let uri = "sip:bob@biloxi.com";
        authorizer.headers(&Method::Invite, uri, b"v=0\r\n", first);
        let headers = authorizer.headers(&Method::Invite, uri, b"v=0\r\n", "0a4f113b");
        let (name, value) = &headers[0];
        assert_eq!(*name, Name::Authorization);
        let digest = read(value);
        assert_eq!(digest.response.as_str(), expected, "{algorithm} {qop:?}");
        // What was asked for comes back as it was written.
        assert_eq!(digest.algorithm.unwrap().as_str(), algorithm);
        assert_eq!(digest.qop.as_ref().map(|it| it.as_str()), qop);
        assert_eq!(digest.nc, qop.map(|_| 2));
        assert_eq!(digest.cnonce.is_some(), qop.is_some());
    }
}

#[test]
fn a_session_key_is_that_of_the_first_cnonce() {
    let hashed = Secret::password("p")
        .hashed(Algorithm::Md5, "u", "r")
        .unwrap();
    // MD5("u:r:p") and the hash over it, by the plain text of the formula.
    let a1 = format!("{}:n:c", Algorithm::Md5.hash(&[b"u:r:p"]));
    assert_eq!(
        session_key(hashed, "n", "c").to_string(),
        Algorithm::Md5.hash(&[a1.as_bytes()]).to_string()
    );
    let value = "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess";
    let mut authorizer = Authorizer::default();
    let response = challenge(401, &[(Name::WwwAuthenticate, value)]);
    authorizer.challenged(&response, &bob()).unwrap();
    for cnonce in ["first", "second"] {
        let headers = authorizer.headers(&Method::Register, BILOXI, b"", cnonce);
        assert_eq!(read(&headers[0].1).cnonce.unwrap().as_str(), "first");
    }
}

#[test]
fn the_first_known_algorithm_is_used_and_what_is_not_understood_passed_over() {
    let response = challenge(
        401,
        &[
            (Name::WwwAuthenticate, "Basic realm=\"biloxi.com\""),
            (Name::WwwAuthenticate, "Digest realm=\"biloxi.com\", nonce"),
            (
                Name::WwwAuthenticate,
                "Digest realm=\"biloxi.com\", nonce=\"1\", algorithm=AKAv1-MD5, qop=\"auth\"",
            ),
            (
                Name::WwwAuthenticate,
                "Digest realm=\"biloxi.com\", nonce=\"2\", algorithm=SHA-256, qop=\"token, auth\"",
            ),
            (
                Name::WwwAuthenticate,
                "Digest realm=\"biloxi.com\", nonce=\"3\", algorithm=MD5, qop=\"auth\"",
            ),
        ],
    );
    let mut authorizer = Authorizer::default();
    authorizer.challenged(&response, &bob()).unwrap();
    let headers = register(&mut authorizer);
    assert_eq!(headers.len(), 1);
    assert_eq!(read(&headers[0].1).nonce.as_str(), "2");

    // With a hash for MD5 only, the challenge with MD5 is the first that can be answered.
    let ha1 = Algorithm::Md5
        .hash(&[b"bob:biloxi.com:zanzibar"])
        .to_string();
    let credentials = [Credentials {
        password: Secret::ha1(Algorithm::Md5, &ha1).unwrap(),
        ..bob()[0].clone()
    }];
    let mut with_hash = Authorizer::default();
    with_hash.challenged(&response, &credentials).unwrap();
    let headers = register(&mut with_hash);
    assert_eq!(read(&headers[0].1).nonce.as_str(), "3");
}

/// RFC 3261 22.3: a forking proxy gathers the challenges of user agents and proxies.
#[test]
fn all_challenges_of_a_response_are_answered() {
    let response = challenge(
        407,
        &[
            (
                Name::ProxyAuthenticate,
                "Digest realm=\"p\", nonce=\"1\", qop=\"auth\", algorithm=SHA-256, opaque=\"o\\\"1\"",
            ),
            (
                Name::ProxyAuthenticate,
                "Digest realm=\"p\", nonce=\"1\", qop=\"auth\", algorithm=MD5",
            ),
            (
                Name::ProxyAuthenticate,
                "Digest realm=\"p\", nonce=\"2\", qop=\"auth\", algorithm=SHA-256",
            ),
            (Name::ProxyAuthenticate, "Digest realm=\"q\", nonce=\"3\""),
            (
                Name::ProxyAuthenticate,
                "Digest realm=\"unknown\", nonce=\"4\"",
            ),
            (
                Name::WwwAuthenticate,
                "Digest realm=\"p\", nonce=\"5\", qop=\"auth-int\"",
            ),
        ],
    );
    let credentials = [of_realm("p", "bob", "1"), of_realm("q", "robert", "2")];
    let mut authorizer = Authorizer::default();
    authorizer.challenged(&response, &credentials).unwrap();
    let headers = register(&mut authorizer);
    let found: Vec<_> = headers
        .iter()
        .map(|(name, value)| {
            let digest = read(value);
            (
                *name == Name::Authorization,
                digest.username.as_str().to_owned(),
                digest.nonce.as_str().to_owned(),
            )
        })
        .collect();
    let row = |is_user, name: &str, nonce: &str| (is_user, name.to_owned(), nonce.to_owned());
    assert_eq!(
        found,
        [
            row(true, "bob", "5"),
            row(false, "bob", "1"),
            row(false, "bob", "2"),
            row(false, "robert", "3"),
        ]
    );
    assert!(
        headers[1].1.contains(r#"opaque="o\"1""#),
        "{}",
        headers[1].1
    );
    // What old servers do not know is not sent to them.
    let old = &headers[3].1;
    for absent in ["qop", "nc=", "cnonce", "algorithm", "opaque"] {
        assert!(!old.contains(absent), "{old}");
    }
}

#[test]
fn nothing_is_sent_with_ack_and_cancel() {
    let mut authorizer = Authorizer::default();
    let response = challenge(
        401,
        &[(Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"1\"")],
    );
    authorizer.challenged(&response, &bob()).unwrap();
    for method in [Method::Ack, Method::Cancel] {
        assert_eq!(authorizer.headers(&method, BILOXI, b"", "c"), []);
    }
    assert_eq!(register(&mut authorizer).len(), 1);
}

#[test]
fn what_cannot_be_answered_says_why() {
    let realm: Box<str> = "r".into();
    for (value, expected) in [
        ("Basic realm=\"r\"", Unanswerable::NoChallenge),
        ("Digest realm=\"r\"", Unanswerable::NoChallenge),
        (
            "Digest realm=\"r\", nonce=\"1\", algorithm=X",
            Unanswerable::Unsupported {
                realm: realm.clone(),
            },
        ),
        (
            "Digest realm=\"r\", nonce=\"1\", qop=\"x\"",
            Unanswerable::Unsupported {
                realm: realm.clone(),
            },
        ),
        (
            "Digest realm=\"r\", nonce=\"1\", algorithm=MD5-sess",
            Unanswerable::Unsupported {
                realm: realm.clone(),
            },
        ),
        (
            "Digest realm=\"r\", nonce=\"1\"",
            Unanswerable::NoCredentials { realm },
        ),
    ] {
        let mut authorizer = Authorizer::default();
        let response = challenge(401, &[(Name::WwwAuthenticate, value)]);
        let credentials = [of_realm("other", "bob", "x")];
        assert_eq!(
            authorizer.challenged(&response, &credentials),
            Err(expected),
            "{value}"
        );
        assert!(authorizer.is_empty());
    }
}

#[test]
fn credentials_that_were_refused_are_not_sent_again() {
    let digest = |rest: &str| {
        let value = format!("Digest realm=\"r\", {rest}, qop=\"auth\"");
        challenge(401, &[(Name::WwwAuthenticate, &value)])
    };
    let refused = Err(Unanswerable::Refused { realm: "r".into() });
    let mut authorizer = Authorizer::default();
    authorizer
        .challenged(&digest("nonce=\"1\""), &bob())
        .unwrap();
    register(&mut authorizer);
    assert_eq!(
        authorizer.challenged(&digest("nonce=\"2\""), &bob()),
        refused
    );
    assert!(authorizer.is_empty());

    // A stale nonce is another matter.
    authorizer
        .challenged(&digest("nonce=\"3\""), &bob())
        .unwrap();
    register(&mut authorizer);
    authorizer
        .challenged(&digest("nonce=\"4\", stale=TRUE"), &bob())
        .unwrap();
    let headers = register(&mut authorizer);
    let answer = read(&headers[0].1);
    assert_eq!((answer.nonce.as_str(), answer.nc), ("4", Some(1)));

    // So is one that had served before, at a server that does not say that it is stale.
    register(&mut authorizer);
    authorizer
        .challenged(&digest("nonce=\"5\""), &bob())
        .unwrap();
    register(&mut authorizer);
    assert_eq!(
        authorizer.challenged(&digest("nonce=\"6\""), &bob()),
        refused
    );

    // A server that calls each nonce stale is not answered for ever.
    authorizer
        .challenged(&digest("nonce=\"7\""), &bob())
        .unwrap();
    let mut answers = 0;
    while answers < 10 {
        register(&mut authorizer);
        answers += 1;
        let response = digest(&format!("nonce=\"x{answers}\", stale=true"));
        if authorizer.challenged(&response, &bob()).is_err() {
            break;
        }
    }
    assert_eq!(answers, 4);
}

#[test]
fn the_count_rises_with_the_nonce_and_nextnonce_begins_anew() {
    let mut authorizer = Authorizer::default();
    let value = "Digest realm=\"r\", nonce=\"1\", qop=\"auth\"";
    let response = challenge(401, &[(Name::WwwAuthenticate, value)]);
    authorizer.challenged(&response, &bob()).unwrap();
    let next = |authorizer: &mut Authorizer| {
        let headers = register(authorizer);
        let digest = read(&headers[0].1);
        (digest.nonce.as_str().to_owned(), digest.nc.unwrap())
    };
    assert_eq!(next(&mut authorizer), ("1".into(), 1));
    assert_eq!(next(&mut authorizer), ("1".into(), 2));
    // The same nonce in another challenge goes on counting.
    let value = format!("{value}, stale=true");
    let response = challenge(401, &[(Name::WwwAuthenticate, &value)]);
    authorizer.challenged(&response, &bob()).unwrap();
    assert_eq!(next(&mut authorizer), ("1".into(), 3));

    let info = |name, value| challenge(200, &[(name, value)]);
    authorizer.accepted(&info(Name::AuthenticationInfo, "qop=auth, nextnonce=\"2\""));
    assert_eq!(next(&mut authorizer), ("2".into(), 1));
    authorizer.accepted(&info(Name::AuthenticationInfo, "nextnonce=\"2\""));
    assert_eq!(next(&mut authorizer), ("2".into(), 2));
    // That of a proxy is not for us.
    authorizer.accepted(&info(Side::Proxy.info(), "nextnonce=\"3\""));
    assert_eq!(next(&mut authorizer), ("2".into(), 3));
}

#[test]
fn challenges_are_bounded() {
    let mut authorizer = Authorizer::default();
    for round in 0..10 {
        let values: Vec<String> = (0..40)
            .map(|index| format!("Digest realm=\"{round}-{index}\", nonce=\"1\""))
            .collect();
        let fields: Vec<_> = values
            .iter()
            .map(|it| (Name::ProxyAuthenticate, it.as_str()))
            .collect();
        authorizer
            .challenged(&challenge(407, &fields), &bob())
            .unwrap();
        assert_eq!(register(&mut authorizer).len(), 16);
    }
}

#[test]
fn secrets_show_nothing() {
    let mut credentials = bob();
    let shown = format!("{credentials:?}");
    assert!(
        shown.contains("bob") && !shown.contains("zanzibar"),
        "{shown}"
    );
    let hash = Algorithm::Md5.hash(&[b"x"]);
    credentials[0].password = Secret::ha1(Algorithm::Md5, &hash.to_string()).unwrap();
    let shown = format!("{credentials:?} {hash:?}");
    assert!(!shown.contains(&hash.to_string()), "{shown}");
    let error = Secret::ha1(Algorithm::Sha256, &hash.to_string()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "H(A1) with SHA-256: need 64 hexadecimal digits, have 32 characters (RFC 7616 3.2)"
    );
    assert!(Secret::ha1(Algorithm::Md5, &"g".repeat(32)).is_err());
}
