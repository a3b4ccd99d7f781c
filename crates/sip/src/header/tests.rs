//! What every type promises: what it writes, it reads the same again, and no value ends its line.

use super::*;
use crate::message::CSeq;
use crate::method::Method;
use crate::name::Name;
use crate::uri::Host;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::strategy::Union;

fn token() -> impl Strategy<Value = Token<'static>> {
    "[-A-Za-z0-9.!%*_+`'~]{1,12}".prop_map(|text| Token::new(text).unwrap())
}

fn word() -> impl Strategy<Value = Word<'static>> {
    r#"[-A-Za-z0-9.!%*_+`'~()<>:\\"/\[\]?{}]{1,12}"#.prop_map(|text| Word::new(text).unwrap())
}

fn bare() -> impl Strategy<Value = Bare<'static>> {
    r"[-A-Za-z0-9.!%*_+`'~\[\]:/@?&$=(){}#|^]{1,12}".prop_map(|text| Bare::new(text).unwrap())
}

/// Anything, line ends, quotes and separators more often than they would come up.
fn text() -> impl Strategy<Value = Text<'static>> {
    let any = Union::new(["\\PC{0,12}", "(?s).{0,12}", "[\r\n\"\\\\;,<>() a]{0,12}"]);
    any.prop_map(Text::from)
}

fn gen_value() -> impl Strategy<Value = GenValue<'static>> {
    prop_oneof![
        bare().prop_map(GenValue::Bare),
        text().prop_map(GenValue::Quoted)
    ]
}

/// Names that no type has a field for.
fn others() -> impl Strategy<Value = GenericParams<'static>> {
    let name = "x-[-A-Za-z0-9.]{1,6}".prop_map(|name| Token::new(name).unwrap());
    let param = (name, of(gen_value())).prop_map(|(name, value)| GenericParam { name, value });
    vec(param, 0..3).prop_map(GenericParams)
}

/// As [`others`], each with a value.
fn valued() -> impl Strategy<Value = GenericParams<'static>> {
    others().prop_map(|mut others| {
        others.0.retain(|param| param.value.is_some());
        others
    })
}

fn sip_uri() -> impl Strategy<Value = UriText<'static>> {
    r"sips?:([-_.!~*'()&=+$,;?/a-z0-9]{1,8}@)?[a-z]{1,5}(:[0-9]{1,4})?(;[a-z]{1,4}(=[a-z]{1,3})?){0,2}(\?x-[a-z]{1,3}=[a-z]{0,3})?"
        .prop_map(|text| UriText::new(text).unwrap())
}

fn uri() -> impl Strategy<Value = UriText<'static>> {
    let other = r"(tel:\+?[0-9][-.()0-9]{0,9}|[a-z][a-z0-9]{1,4}x:[-;/?:@&=+$,a-z0-9]{1,9})";
    let other = other.prop_map(|text| UriText::new(text).unwrap());
    prop_oneof![sip_uri(), other]
}

fn call_id() -> impl Strategy<Value = CallId<'static>> {
    (word(), of(word())).prop_map(|(local, host)| CallId { local, host })
}

fn method() -> impl Strategy<Value = Method> {
    token().prop_map(|name| name.as_str().parse().unwrap())
}

fn cseq() -> impl Strategy<Value = CSeq> {
    (any::<u32>(), method()).prop_map(|(number, method)| CSeq { number, method })
}

fn qvalue() -> impl Strategy<Value = Qvalue> {
    (0_u16..=1_000).prop_map(|value| Qvalue::from_thousandths(value).unwrap())
}

fn media() -> impl Strategy<Value = MediaType<'static>> {
    (token(), token()).prop_map(|(main, sub)| MediaType { main, sub })
}

fn index() -> impl Strategy<Value = HistoryIndex> {
    vec(any::<u32>(), 1..5).prop_map(|numbers| HistoryIndex::new(&numbers).unwrap())
}

fn reason() -> impl Strategy<Value = Reason<'static>> {
    let fields = (token(), of(any::<u16>()), of(text()), of(token()), others());
    fields.prop_map(|(protocol, cause, text, location, others)| Reason {
        protocol: protocol.into(),
        cause,
        text,
        location,
        others,
    })
}

fn privacy() -> impl Strategy<Value = Privacy<'static>> {
    (token(), vec(token(), 0..3)).prop_map(|(first, more)| {
        let privacy = Privacy::new(first.into());
        more.into_iter()
            .fold(privacy, |privacy, value| privacy.and(value.into()))
    })
}

fn contact() -> impl Strategy<Value = Contact<'static>> {
    let address = (of(text()), uri(), of(qvalue()), of(any::<u32>()));
    let instance = (of(text()), of(0..=i32::MAX as u32), others());
    let address = (address, instance).prop_map(|((display, uri, q, expires), rest)| {
        let (instance, reg_id, others) = rest;
        Contact::Address(ContactAddress {
            display,
            uri,
            q,
            expires,
            instance,
            reg_id,
            others,
        })
    });
    prop_oneof![9 => address, 1 => Just(Contact::All)]
}

fn host() -> impl Strategy<Value = Host<'static>> {
    prop_oneof![
        Just(Host::Name("a-b.example")),
        any::<[u8; 4]>().prop_map(|octets| Host::V4(octets.into())),
        any::<[u8; 16]>().prop_map(|octets| Host::V6(octets.into())),
    ]
}

/// Writes, looks for line ends, reads, compares.
macro_rules! check {
    ($type:ty, $value:expr) => {{
        let value = $value;
        let written = value.to_string();
        prop_assert!(!written.contains(['\r', '\n', '\0']), "{written:?}");
        let read = <$type as Value<'_>>::parse(&written);
        let read = read.map_err(|error| TestCaseError::fail(format!("{written:?}: {error}")))?;
        prop_assert_eq!(read, value, "{:?}", written);
    }};
}

/// A test for each type: its fields, each with what generates it.
macro_rules! round_trips {
    ($($test:ident: $type:ident { $($field:ident: $strategy:expr),* $(,)? })*) => {
        proptest! {$(
            #[test]
            fn $test(fields in ($($strategy,)*)) {
                let ($($field,)*) = fields;
                check!($type<'_>, $type { $($field),* });
            }
        )*}
    };
}

round_trips! {
    address: Address { display: of(text()), uri: uri(), others: others() }
    event: Event { package: token(), id: of(token()), others: others() }
    subscription_state: SubscriptionState {
        state: token().prop_map(Substate::from),
        reason: of(token().prop_map(EventReason::from)),
        expires: of(any::<u32>()),
        retry_after: of(any::<u32>()),
        others: others(),
    }
    refer_sub: ReferSub { subscribes: any::<bool>(), others: others() }
    info_package: InfoPackage { package: token(), others: others() }
    session_expires: SessionExpires {
        seconds: any::<u32>(),
        refresher: of(prop_oneof![Just(Refresher::Uac), Just(Refresher::Uas)]),
        others: others(),
    }
    min_se: MinSe { seconds: any::<u32>(), others: others() }
    retry_after: RetryAfter {
        seconds: any::<u32>(),
        comment: of(text()),
        duration: of(any::<u32>()),
        others: others(),
    }
    replaces: Replaces {
        call_id: call_id(),
        to_tag: bare(),
        from_tag: bare(),
        early_only: any::<bool>(),
        others: others(),
    }
    join: Join { call_id: call_id(), to_tag: bare(), from_tag: bare(), others: others() }
    target_dialog: TargetDialog {
        call_id: call_id(),
        local_tag: bare(),
        remote_tag: bare(),
        others: others(),
    }
    session_id: SessionId {
        local: any::<u128>().prop_map(SessionUuid),
        remote: of(any::<u128>().prop_map(SessionUuid)),
        others: others(),
    }
    content_type: ContentType {
        media: media(),
        boundary: of(text()),
        charset: of(token()),
        others: others(),
    }
    content_disposition: ContentDisposition {
        kind: token().prop_map(DispositionType::from),
        handling: of(token().prop_map(Handling::from)),
        others: others(),
    }
    accept: Accept { media: media(), q: of(qvalue()), others: others() }
    accept_encoding: AcceptEncoding { coding: token(), q: of(qvalue()), others: others() }
    accept_language: AcceptLanguage { language: token(), q: of(qvalue()), others: others() }
    call_info: CallInfo {
        uri: uri(),
        purpose: of(token().prop_map(Purpose::from)),
        others: others(),
    }
    alert_info: AlertInfo { uri: uri(), others: others() }
    error_info: ErrorInfo { uri: uri(), others: others() }
    geolocation: Geolocation { uri: uri(), others: others() }
    user_to_user: UserToUser {
        data: gen_value(),
        purpose: of(token()),
        content: of(token()),
        encoding: of(token()),
        others: others(),
    }
    diversion: Diversion {
        display: of(text()),
        uri: uri(),
        reason: of(token().prop_map(DiversionReason::from)),
        counter: of(any::<u8>()),
        limit: of(any::<u8>()),
        privacy: of(token().prop_map(DiversionPrivacy::from)),
        screen: of(token().prop_map(DiversionScreen::from)),
        others: others(),
    }
    referred_by: ReferredBy {
        display: of(text()),
        uri: uri(),
        cid: of(text()),
        others: others(),
    }
    served_user: PServedUser {
        display: of(text()),
        uri: uri(),
        sescase: of(token()),
        regstate: of(token()),
        others: others(),
    }
    history_info: HistoryInfo {
        display: of(text()),
        uri: sip_uri(),
        reasons: vec(reason(), 0..3),
        privacy: of(privacy()),
        index: index(),
        target: of(prop_oneof![
            index().prop_map(HistoryTarget::Contact),
            index().prop_map(HistoryTarget::Mapped),
            index().prop_map(HistoryTarget::Unchanged),
        ]),
        others: others(),
    }
    identity: Identity {
        passport: "([-_A-Za-z0-9]{1,9}\\.[-_A-Za-z0-9]{1,9}|\\.)\\.[-_A-Za-z0-9]{1,9}"
            .prop_map(|text| Passport::new(text).unwrap()),
        info: uri(),
        alg: of(token()),
        ppt: of(token()),
        others: others(),
    }
    charging_vector: PChargingVector {
        icid: gen_value().prop_map(Icid),
        generated_at: of(bare()),
        orig_ioi: of(gen_value()),
        term_ioi: of(gen_value()),
        transit_ioi: of(text()),
        related_icid: of(gen_value()),
        related_generated_at: of(bare()),
        others: others(),
    }
    access_network_info: PAccessNetworkInfo {
        access: token(),
        cgi_3gpp: of(gen_value()),
        utran_cell_id_3gpp: of(gen_value()),
        dsl_location: of(gen_value()),
        gstn_location: of(gen_value()),
        local_time_zone: of(gen_value()),
        network_provided: any::<bool>(),
        others: others(),
    }
    visited_network_id: PVisitedNetworkId { network: gen_value(), others: others() }
    feature_caps: FeatureCaps { star: Just(Star), others: others() }
    contact_features: ContactFeatures {
        star: Just(Star),
        require: any::<bool>(),
        explicit: any::<bool>(),
        others: others(),
    }
    answer_mode: AnswerMode {
        answerer: token().prop_map(Answerer::from),
        require: any::<bool>(),
        others: others(),
    }
    security_mechanism: SecurityMechanism {
        mechanism: token(),
        q: of(qvalue()),
        d_alg: of(token()),
        d_qop: of(token()),
        d_ver: of(text()),
        others: others(),
    }
    via: Via {
        transport: token(),
        host: host(),
        port: of(any::<u16>()),
        branch: of(bare()),
        received: of(any::<std::net::IpAddr>()),
        rport: of(of(any::<u16>())),
        maddr: of(bare()),
        ttl: of(any::<u8>()),
        others: others(),
    }
    authentication_info: AuthenticationInfo {
        nextnonce: of(text()).prop_map(|nonce| nonce.or(Some(Text::default()))),
        qop: of(token()),
        rspauth: of(text()),
        cnonce: of(text()),
        nc: of(any::<u32>()),
        others: valued(),
    }
}

proptest! {
    #[test]
    fn values_of_one_part(
        tokens in token(),
        number in any::<u32>(),
        small in any::<u8>(),
        seconds in -62_167_219_200_i64..253_402_300_800,
        line in text(),
        call_id in call_id(),
        cseq in cseq(),
        minor in any::<u32>(),
    ) {
        check!(Token<'_>, tokens.clone());
        check!(Method, tokens.as_str().parse::<Method>().unwrap());
        check!(PEarlyMedia<'_>, PEarlyMedia::from(tokens.clone()));
        check!(Priority<'_>, Priority::from(tokens));
        check!(Expires, Expires(number));
        check!(MinExpires, MinExpires(number));
        check!(ContentLength, ContentLength(number));
        check!(MaxForwards, MaxForwards(small));
        check!(RSeq, RSeq(number));
        check!(MaxBreadth, MaxBreadth(number));
        check!(FlowTimer, FlowTimer(number));
        check!(MimeVersion, MimeVersion { major: number, minor });
        check!(Date, Date::from_unix(seconds).unwrap());
        check!(Line<'_>, Line::new(line.as_str()));
        check!(CallId<'_>, call_id);
        check!(RAck, RAck { rseq: number, cseq: cseq.clone() });
        check!(CSeq, cseq);
    }

    #[test]
    fn values_of_their_own_form(
        contact in contact(),
        reason in reason(),
        privacy in privacy(),
        (namespace, priority) in ("[-a-z0-9!%*_+`'~]{1,9}", "[-a-z0-9!%*_+`'~]{1,9}"),
        (time, delay) in ("[0-9]{1,5}(\\.[0-9]{0,3})?", of("[0-9]{1,5}(\\.[0-9]{0,3})?")),
        (code, agent, words) in (100_u16..1_000, bare(), text()),
    ) {
        check!(Contact<'_>, contact);
        check!(Reason<'_>, reason.clone());
        check!(Reason<'_>, reason.into_owned());
        check!(Privacy<'_>, privacy);
        let (namespace, priority) = (Token::new(namespace).unwrap(), Token::new(priority).unwrap());
        check!(ResourcePriority<'_>, ResourcePriority::new(namespace, priority).unwrap());
        let delay = delay.map(|delay| Decimal::new(delay).unwrap());
        check!(Timestamp<'_>, Timestamp { time: Decimal::new(time).unwrap(), delay });
        check!(Warning<'_>, Warning::new(code, agent, words).unwrap());
    }

    #[test]
    fn challenges_and_credentials(
        texts in vec(text(), 9),
        tokens in vec(token(), 3),
        flags in (of(any::<bool>()), of(any::<bool>())),
        nc in of(any::<u32>()),
        others in valued(),
        scheme in "x-[a-z]{1,5}",
    ) {
        let text = |index: usize| texts[index].clone();
        // A token of a list has no comma, no token has.
        check!(Challenge<'_>, Challenge::Digest(DigestChallenge {
            realm: text(0),
            domain: Some(text(1)),
            nonce: text(2),
            opaque: nc.map(|_| text(3)),
            stale: flags.0,
            algorithm: nc.map(|_| tokens[0].clone()),
            qop: tokens.clone(),
            charset: Some(tokens[1].clone()),
            userhash: flags.1,
            others: others.clone(),
        }));
        check!(Credentials<'_>, Credentials::Digest(DigestCredentials {
            username: text(0),
            realm: text(1),
            nonce: text(2),
            uri: text(3),
            response: text(4),
            algorithm: Some(tokens[0].clone()),
            cnonce: Some(text(5)),
            opaque: nc.map(|_| text(6)),
            qop: nc.map(|_| tokens[1].clone()),
            nc,
            userhash: flags.0,
            others: others.clone(),
        }));
        let mut params = others;
        params.push(tokens[2].clone(), Some(GenValue::Quoted(text(7))));
        let scheme = Token::new(scheme).unwrap();
        check!(Challenge<'_>, Challenge::Other(AuthParams { scheme: scheme.clone(), params: params.clone() }));
        check!(Credentials<'_>, Credentials::Other(AuthParams { scheme, params }));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in prop_oneof![
        "(?s).{0,30}",
        r#"[a-z<>:;=,."\\()/@%* 0-9]{0,30}"#,
        r#"<sip:[a-z@?=&%0-9]{0,12}>[;="<>a-z]{0,12}"#,
        r#"(Digest|a) [a-z="\\, ]{0,30}"#,
    ]) {
        macro_rules! parse {
            ($($type:ty),* $(,)?) => {$({
                // What it takes it writes so that it reads the same again.
                if let Ok(value) = <$type as Value<'_>>::parse(&text) {
                    check!($type, value);
                }
            })*};
        }
        parse!(
            Accept<'_>, AcceptEncoding<'_>, AcceptLanguage<'_>, Address<'_>, AlertInfo<'_>,
            AnswerMode<'_>, AuthenticationInfo<'_>, CSeq, CallId<'_>, CallInfo<'_>, Challenge<'_>,
            Contact<'_>, ContactFeatures<'_>, ContentDisposition<'_>, ContentLength,
            ContentType<'_>, Credentials<'_>, Date, Diversion<'_>, ErrorInfo<'_>, Event<'_>,
            Expires, FeatureCaps<'_>, Geolocation<'_>, HistoryInfo<'_>, Identity<'_>,
            InfoPackage<'_>, Join<'_>, Line<'_>, Method, MimeVersion, MinSe<'_>,
            PAccessNetworkInfo<'_>, PChargingVector<'_>, PEarlyMedia<'_>, PServedUser<'_>,
            PVisitedNetworkId<'_>, Priority<'_>, Privacy<'_>, RAck, Reason<'_>, ReferSub<'_>,
            ReferredBy<'_>, Replaces<'_>, ResourcePriority<'_>, RetryAfter<'_>,
            SecurityMechanism<'_>, SessionExpires<'_>, SessionId<'_>, SubscriptionState<'_>,
            TargetDialog<'_>, Timestamp<'_>, Token<'_>, UserToUser<'_>, Via<'_>, Warning<'_>,
        );
    }
}

#[test]
fn values_of_a_message() {
    let text = "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
                To: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\
                Reason: Q.850;cause=16, , SIP;cause=x\r\nReason: SIP;cause=200;text=\"a, b\"\r\n\
                Allow: INVITE,ACK , PRACK\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\nSupported:\r\n\r\n";
    let message = Message::parse(text.into()).unwrap();
    let reasons: Vec<_> = all::<Reason<'_>>(&message).collect();
    assert_eq!(reasons[0], Ok(Reason::new(ReasonProtocol::Q850, 16)));
    let error = *reasons[1].as_ref().unwrap_err();
    assert_eq!((error.field, error.column), (Some(Name::Reason), 29));
    assert_eq!(reasons[2].as_ref().unwrap().text, Some(Text::from("a, b")));
    assert_eq!(reasons.len(), 3);
    let methods: Vec<_> = all_in::<Method>(&message, Name::Allow).flatten().collect();
    assert_eq!(methods, [Method::Invite, Method::Ack, Method::Prack]);
    let date = get::<Date>(&message).unwrap().unwrap();
    assert_eq!(date.unix(), 1_289_690_940);
    assert_eq!(all_in::<Token<'_>>(&message, Name::Supported).count(), 0);
    assert_eq!(get::<Expires>(&message), None);
    let from = get_in::<Address<'_>>(&message, Name::From)
        .unwrap()
        .unwrap();
    assert_eq!(from.tag(), Some("1"));
}
