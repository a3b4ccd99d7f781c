//! The server, with the client against it.

use super::*;
use core::time::Duration;
use trunkline_model::Time;

/// A verifier and a client that knows the password.
struct Pair {
    verifier: Verifier,
    authorizer: Authorizer,
    secret: Secret,
    now: Time,
}

impl Pair {
    fn new(change: impl FnOnce(&mut VerifierConfig)) -> Self {
        let mut config = VerifierConfig::new("biloxi.com", [7; 32]);
        change(&mut config);
        Self {
            verifier: Verifier::new(config),
            authorizer: Authorizer::default(),
            secret: Secret::password("zanzibar"),
            now: Time::from_secs(1),
        }
    }

    /// Challenges the client, which answers it with its next request.
    fn challenge(&mut self, stale: bool) {
        let fields = self.verifier.challenge(self.now, stale);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.authorizer
            .challenged(&challenge(401, &fields), &bob())
            .unwrap();
    }

    fn send(&mut self) -> Verdict {
        let headers = register(&mut self.authorizer);
        self.receive(&request(Method::Register, BILOXI, &headers, b""))
    }

    fn receive(&mut self, request: &Message) -> Verdict {
        self.verifier.verify(self.now, request, &mut |user, realm| {
            assert_eq!(realm, "biloxi.com");
            (user == "bob").then_some(&self.secret)
        })
    }
}

fn accepted() -> Verdict {
    Verdict::Accepted {
        username: "bob".into(),
    }
}

fn refused(refusal: Refusal) -> Verdict {
    Verdict::Refused {
        username: "bob".into(),
        refusal,
    }
}

#[test]
fn the_strongest_algorithm_is_offered_first() {
    let mut pair = Pair::new(|config| {
        config.algorithms = vec![Algorithm::Md5, Algorithm::Sha512256, Algorithm::Sha256];
        config.qop = vec![Qop::Auth, Qop::AuthInt];
        config.domain = Some("sip:biloxi.com".into());
    });
    let fields = pair.verifier.challenge(pair.now, true);
    let offered: Vec<_> = fields
        .iter()
        .map(|(name, value)| {
            assert_eq!(*name, Name::WwwAuthenticate);
            let Ok(header::Challenge::Digest(digest)) = header::Challenge::parse(value) else {
                panic!("{value}");
            };
            assert_eq!((digest.stale, digest.userhash), (Some(true), None));
            assert_eq!(digest.domain.unwrap().as_str(), "sip:biloxi.com");
            digest.algorithm.unwrap().as_str().to_owned()
        })
        .collect();
    assert_eq!(offered, ["SHA-512-256", "SHA-256", "MD5"]);
    assert!(
        fields[0].1.contains(", qop=\"auth,auth-int\""),
        "{}",
        fields[0].1
    );
    assert!(
        fields[0].1.contains(", algorithm=SHA-512-256"),
        "{}",
        fields[0].1
    );
}

#[test]
fn good_credentials_are_accepted_with_each_algorithm() {
    for algorithm in Algorithm::ALL {
        for qop in [Qop::Auth, Qop::AuthInt] {
            let mut pair = Pair::new(|config| {
                config.algorithms = vec![algorithm];
                config.qop = vec![qop];
            });
            let first = request(Method::Register, BILOXI, &[], b"");
            assert_eq!(pair.receive(&first), Verdict::NoCredentials);
            pair.challenge(false);
            for _ in 0..3 {
                assert_eq!(pair.send(), accepted(), "{algorithm} {qop:?}");
            }
            // From the hash as well.
            let hash = algorithm.hash(&[b"bob:biloxi.com:zanzibar"]).to_string();
            pair.secret = Secret::ha1(algorithm, &hash).unwrap();
            assert_eq!(pair.send(), accepted());
            assert_eq!(pair.verifier.counters().accepted, 4);
        }
    }
}

#[test]
fn wrong_credentials_are_refused() {
    let mut pair = Pair::new(|config| config.qop = vec![Qop::AuthInt]);
    pair.challenge(false);
    let mut headers = pair
        .authorizer
        .headers(&Method::Invite, "sip:bob@biloxi.com", b"v=0", "c");
    let invite = |uri, body, headers: &[_]| request(Method::Invite, uri, headers, body);
    // The body, the method, the URI.
    let other_body = invite("sip:bob@biloxi.com", b"v=1", &headers);
    assert_eq!(pair.receive(&other_body), refused(Refusal::WrongPassword));
    let other_method = request(Method::Options, "sip:bob@biloxi.com", &headers, b"v=0");
    assert_eq!(pair.receive(&other_method), refused(Refusal::WrongPassword));
    let other_uri = invite("sip:carol@biloxi.com", b"v=0", &headers);
    assert_eq!(pair.receive(&other_uri), refused(Refusal::OtherUri));
    let other_host = invite("sip:bob@biloxi.org", b"v=0", &headers);
    assert_eq!(pair.receive(&other_host), refused(Refusal::OtherUri));
    let same_uri = invite("sip:%62ob@BILOXI.com:5060;transport=udp", b"v=0", &headers);
    assert_eq!(pair.receive(&same_uri), accepted());
    // The name, the algorithm, the quality of protection.
    headers[0].1 = headers[0].1.replace("\"bob\"", "\"bill\"");
    let unknown = invite("sip:bob@biloxi.com", b"v=0", &headers);
    let expected = Verdict::Refused {
        username: "bill".into(),
        refusal: Refusal::UnknownUser,
    };
    assert_eq!(pair.receive(&unknown), expected);
    for (from, to) in [("SHA-512-256", "AKAv1-MD5"), ("qop=auth-int", "qop=auth")] {
        let headers = register(&mut pair.authorizer);
        let changed = [(headers[0].0, headers[0].1.replace(from, to))];
        assert_ne!(changed[0].1, headers[0].1);
        let message = request(Method::Register, BILOXI, &changed, b"");
        assert_eq!(pair.receive(&message), refused(Refusal::NotOffered));
    }
    pair.secret = Secret::password("other");
    assert_eq!(pair.send(), refused(Refusal::WrongPassword));
    assert_eq!(pair.verifier.counters().refused, 8);
}

#[test]
fn credentials_for_others_and_empty_ones_are_none() {
    let mut pair = Pair::new(|_| {});
    let mut with = |value: &str| {
        let headers = [(Name::Authorization, value.to_owned())];
        pair.receive(&request(Method::Register, BILOXI, &headers, b""))
    };
    assert_eq!(with("Basic Ym9iOnphbnppYmFy=x"), Verdict::NoCredentials);
    // RFC 8760 2.7: not challenged yet.
    let early =
        "Digest username=\"bob\",realm=\"biloxi.com\",nonce=\"\",uri=\"sip:x\",response=\"\"";
    assert_eq!(with(early), Verdict::NoCredentials);
    let foreign = "Digest username=\"bob\",realm=\"x\",nonce=\"1\",uri=\"sip:x\",response=\"2\"";
    assert_eq!(with(foreign), Verdict::NoCredentials);
    let halved = "Digest username=\"bob\",realm=\"biloxi.com\",nonce=\"1\"";
    assert!(matches!(with(halved), Verdict::Malformed(_)));
    let uncounted = "Digest username=\"bob\",realm=\"biloxi.com\",nonce=\"1\",uri=\"sip:x\",\
                     response=\"2\",qop=auth,algorithm=MD5";
    assert!(matches!(with(uncounted), Verdict::Malformed(_)));
    for method in [Method::Ack, Method::Cancel] {
        assert_eq!(
            pair.receive(&request(method, BILOXI, &[], b"")),
            Verdict::Exempt
        );
    }
}

#[test]
fn old_nonces_are_stale() {
    let mut pair = Pair::new(|config| config.nonce_lifetime = Duration::from_secs(60));
    pair.challenge(false);
    pair.now += Duration::from_secs(59);
    assert_eq!(pair.send(), accepted());
    pair.now += Duration::from_secs(1);
    assert_eq!(pair.send(), Verdict::Stale);
    pair.challenge(true);
    assert_eq!(pair.send(), accepted());

    // After a restart, with another seed: good but for the nonce.
    pair.verifier = Verifier::new(VerifierConfig::new("biloxi.com", [8; 32]));
    assert_eq!(pair.send(), Verdict::Stale);
    pair.challenge(true);
    assert_eq!(pair.send(), accepted());
    // A wrong password with an old nonce is a wrong password.
    pair.now += Duration::from_secs(3600);
    pair.secret = Secret::password("other");
    assert_eq!(pair.send(), refused(Refusal::WrongPassword));
}

#[test]
fn replays_are_refused_and_requests_may_overtake() {
    let mut pair = Pair::new(|_| {});
    pair.challenge(false);
    let requests: Vec<Message> = (0..100)
        .map(|_| {
            let headers = register(&mut pair.authorizer);
            request(Method::Register, BILOXI, &headers, b"")
        })
        .collect();
    for index in [2, 0, 1, 5, 99] {
        assert_eq!(pair.receive(&requests[index]), accepted(), "{index}");
    }
    for index in [0, 1, 2, 5, 99] {
        assert_eq!(pair.receive(&requests[index]), Verdict::Stale, "{index}");
    }
    // 64 counts are remembered; what is further behind is taken for a replay.
    assert_eq!(pair.receive(&requests[36]), accepted());
    assert_eq!(pair.receive(&requests[35]), Verdict::Stale);
    assert_eq!(pair.verifier.counters().replayed, 6);
}

#[test]
fn without_a_count_a_nonce_serves_once() {
    let old = "Digest realm=\"biloxi.com\", nonce=";
    let answer = |pair: &mut Pair| {
        let fields = pair.verifier.challenge(pair.now, false);
        let Ok(header::Challenge::Digest(digest)) = header::Challenge::parse(&fields[2].1) else {
            panic!("{fields:?}");
        };
        let value = format!("{old}\"{}\"", digest.nonce.as_str());
        let response = challenge(401, &[(Name::WwwAuthenticate, &value)]);
        pair.authorizer = Authorizer::default();
        pair.authorizer.challenged(&response, &bob()).unwrap();
    };
    let mut pair = Pair::new(|_| {});
    answer(&mut pair);
    assert_eq!(pair.send(), accepted());
    assert_eq!(pair.send(), Verdict::Stale);
    let mut pair = Pair::new(|config| config.without_qop = false);
    answer(&mut pair);
    assert_eq!(pair.send(), refused(Refusal::NotOffered));
}

#[test]
fn a_flood_leaves_nothing_behind_and_use_is_bounded() {
    let mut pair = Pair::new(|config| config.max_nonces = 10);
    let mut answers = Vec::new();
    for index in 0..1_000 {
        let first = request(Method::Register, BILOXI, &[], b"");
        assert_eq!(pair.receive(&first), Verdict::NoCredentials);
        pair.challenge(false);
        pair.now += Duration::from_millis(1);
        if index % 10 == 0 {
            let headers = register(&mut pair.authorizer);
            answers.push(request(Method::Register, BILOXI, &headers, b""));
        }
        pair.authorizer = Authorizer::default();
    }
    let mut nonces = super::super::nonce::Nonces::new([1; 32], Duration::from_secs(60), 10);
    let ids: Vec<_> = (0..100)
        .map(|_| {
            let nonce = nonces.make(Time::from_secs(1));
            nonces.read(&nonce).unwrap()
        })
        .collect();
    assert_eq!(nonces.remembered(), 0);
    for id in &ids {
        assert_eq!(
            nonces.take(Time::from_secs(1), *id, Some(1)),
            super::super::nonce::Use::Fresh
        );
        assert!(nonces.remembered() <= 10);
    }
    // What was forgotten cannot be used again.
    for id in &ids {
        assert_ne!(
            nonces.take(Time::from_secs(1), *id, Some(1)),
            super::super::nonce::Use::Fresh
        );
    }
    for answer in &answers {
        assert_eq!(pair.receive(answer), accepted());
    }
    for answer in &answers {
        assert_eq!(pair.receive(answer), Verdict::Stale);
    }
    assert!(nonces.read("x").is_none() && nonces.read(&"é".repeat(30)).is_none());
    // Time drops them.
    assert_eq!(
        nonces.take(Time::from_secs(61), ids[0], Some(1)),
        super::super::nonce::Use::Stale
    );
    assert_eq!(nonces.remembered(), 0);
}

#[test]
fn names_and_realms_with_quotes_and_letters_of_all_tongues() {
    let name = "Jürgen \"J\\\" O'Neill";
    let secret = Secret::password("пароль");
    let mut verifier = Verifier::new(VerifierConfig::new("The \"Realm\\\"", [3; 32]));
    let fields = verifier.challenge(Time::ZERO, false);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let credentials = [of_realm("The \"Realm\\\"", name, "пароль")];
    let mut authorizer = Authorizer::default();
    authorizer
        .challenged(&challenge(401, &fields), &credentials)
        .unwrap();
    let headers = register(&mut authorizer);
    let message = request(Method::Register, BILOXI, &headers, b"");
    let verdict = verifier.verify(Time::ZERO, &message, &mut |user, _| {
        (user == name).then_some(&secret)
    });
    assert_eq!(
        verdict,
        Verdict::Accepted {
            username: name.into()
        }
    );
}

#[test]
fn as_a_proxy_it_speaks_of_proxies() {
    let mut pair = Pair::new(|config| config.side = Side::Proxy);
    assert_eq!(Side::Proxy.status(), 407);
    pair.challenge(false);
    let headers = register(&mut pair.authorizer);
    assert_eq!(headers[0].0, Name::ProxyAuthorization);
    assert_eq!(
        pair.receive(&request(Method::Register, BILOXI, &headers, b"")),
        accepted()
    );
}
