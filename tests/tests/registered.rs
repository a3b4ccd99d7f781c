//! Telephones that register with `trunkline run`: baresip over each of its transports, JsSIP in
//! Chromium over secure WebSocket.

use serde_json::json;
use trunkline_tests::peers::{Authority, Baresip, Browser, Gateway, Identity, PATIENCE, Setup};

/// Answers after 100 ms.
const ANSWERS: &str = "+493023125110";
/// That of the telephone.
const NUMBER: &str = "+493023131001";

const TO_ISUP: (&str, &str) = ("direction", "sip_to_isup");
const TO_SIP: (&str, &str) = ("direction", "isup_to_sip");

/// A gateway with one user, whose password is wonderland. One port above UDP and TCP it takes
/// another transport.
fn setup(name: &str, secure: &str) -> (Setup, Authority, Identity) {
    let mut setup = Setup::new(name);
    let authority = Authority::new(&setup.folder);
    let own = authority.issue(&setup.folder, &["gateway.example", "127.0.0.1"]);
    setup.listen = vec![format!(
        "{{ transport: {secure}, address: \"127.0.0.1:{}\", certificate: \"{}\", key: \"{}\" }}",
        setup.ports.sip().port() + 1,
        own.certificate.display(),
        own.key.display()
    )];
    let password = setup.folder.write("password", "wonderland\n");
    // baresip gives up where it is asked for any algorithm but MD5.
    setup.sip_settings = format!(
        "  registrar:\n    domain: 127.0.0.1\n    algorithms: [md5]\n    users:\n      \
         - {{ name: anna, password_file: \"{}\", numbers: [\"{NUMBER}\"] }}\n",
        password.display()
    );
    setup.routes = vec![format!("{{ prefix: \"{NUMBER}\", sip_users: true }}")];
    (setup, authority, own)
}

#[test]
fn baresip_over_udp_calls_a_landline_and_is_called() {
    call_and_be_called("udp");
}

#[test]
fn baresip_over_tcp_calls_a_landline_and_is_called() {
    call_and_be_called("tcp");
}

#[test]
fn baresip_over_tls_calls_a_landline_and_is_called() {
    call_and_be_called("tls");
}

fn call_and_be_called(transport: &str) {
    let (mut setup, authority, own) = setup(&format!("registered-{transport}"), "tls");
    setup.callers.push(landline("hold_ms: 1000"));
    let local = setup.ports.peer(0);
    let (control, media) = (setup.ports.peer(2), setup.ports.peer_media(0));
    let mut gateway = Gateway::start(setup);
    let port = gateway.at.sip.port() + u16::from(transport == "tls");
    let [certificate, key] =
        [&own.certificate, &own.key].map(|file| std::fs::read_to_string(file).unwrap());
    // It wants both in one file.
    let own = format!("{key}{certificate}");
    let own = gateway.folder.write("baresip.pem", &own);
    let account = format!(
        "<sip:{NUMBER}@127.0.0.1:{port};transport={transport}>;auth_user=anna;\
         auth_pass=wonderland;regint=300;audio_codecs=PCMA"
    );
    let more = format!(
        "sip_certificate {}\nsip_cafile {}\n",
        own.display(),
        authority.file.display()
    );
    let mut phone = Baresip::start_as(&gateway.folder, &account, local, control, media, &more);
    phone.process.until_printed("200 OK", 1, PATIENCE);

    // It calls,
    phone.dial(&format!(
        "sip:{ANSWERS}@127.0.0.1:{port};transport={transport}"
    ));
    phone.until_established();
    phone.hang_up();
    let labels = [TO_ISUP, ("side", "sip"), ("cause", "16")];
    gateway.until_at_least("trunkline_calls_released_total", &labels, 1.0);

    // and is called.
    let labels = [TO_SIP, ("side", "isup"), ("cause", "16")];
    gateway.until_at_least("trunkline_calls_released_total", &labels, 1.0);
    phone.process.until_printed("Call established", 2, PATIENCE);
    gateway.until_idle();
    gateway.stop();
}

/// A call to the telephone, when it has had the time to register and to call.
fn landline(more: &str) -> String {
    format!("{{ number: \"{NUMBER}\", calling: \"+493023125100\", at_ms: 8000, {more} }}")
}

#[test]
fn page_registers_and_its_calls_are_refused_in_order() {
    let (mut setup, _, own) = setup("registered-page", "wss");
    setup.callers.push(landline("times: 1"));
    let mut gateway = Gateway::start(setup);
    let browser = Browser::start(&gateway.folder, &[&own.pin]);
    let socket = format!("wss://127.0.0.1:{}", gateway.at.sip.port() + 1);
    let telephone = |password: &str| {
        let mut page = browser.open();
        page.tell(&json!({
            "do": "start",
            "socket": socket,
            "uri": format!("sip:{NUMBER}@127.0.0.1"),
            "authorization_user": "anna",
            "password": password,
            "session_timers": false,
        }));
        page
    };
    let mut page = telephone("looking-glass");
    page.until("registrationFailed");
    page.close();
    let mut page = telephone("wonderland");
    page.until("registered");

    // Its sound is encrypted and its way sought by ICE, which the gateway does not do: it says so,
    page.tell(&json!({ "do": "call", "uri": format!("sip:{ANSWERS}@127.0.0.1") }));
    let failed = page.until("failed");
    assert_eq!(
        (&failed["originator"], &failed["status"]),
        (&json!("remote"), &json!(488))
    );
    // and takes what the page says to an offer without.
    page.until("called");
    page.tell(&json!({ "do": "answer" }));
    page.until("failed");
    let labels = [TO_SIP, ("side", "sip")];
    gateway.until_at_least("trunkline_calls_released_total", &labels, 1.0);
    gateway.until_idle();

    page.tell(&json!({ "do": "unregister" }));
    page.until("unregistered");
    gateway.stop();
}
