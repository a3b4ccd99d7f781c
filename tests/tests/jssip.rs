//! JsSIP in Chromium: through Kamailio, which shows that the telephones themselves work.

use serde_json::json;
use trunkline_tests::peers::{Authority, Browser, Folder, Kamailio, Mode, Page, Ports};

#[test]
fn pages_call_each_other_through_kamailio() {
    let ports = Ports::take();
    let folder = Folder::new("jssip-kamailio");
    let authority = Authority::new(&folder);
    let mode = Mode {
        password: Some("wonderland"),
        ..Mode::default()
    };
    let mut kamailio = Kamailio::start(&folder, ports.peer(0), &authority, &[], &mode);
    let browser = Browser::start(&folder, &[&kamailio.identity.pin]);
    let register = |user: &str| {
        let mut page = browser.open();
        page.tell(&json!({
            "do": "start",
            "socket": format!("wss://{}", kamailio.secure),
            "uri": format!("sip:{user}@{}", Kamailio::DOMAIN),
            "password": "wonderland",
            "session_timers": false,
        }));
        page.until("connected");
        page.until("registered");
        page
    };
    let (mut alice, mut bob) = (register("alice"), register("bob"));

    alice.tell(&json!({ "do": "call", "uri": format!("sip:bob@{}", Kamailio::DOMAIN) }));
    let called = bob.until("called");
    assert_eq!(called["from"], format!("sip:alice@{}", Kamailio::DOMAIN));
    alice.until("progress");
    bob.tell(&json!({ "do": "answer" }));
    bob.until("accepted");
    alice.until("confirmed");
    bob.until("confirmed");
    alice.tell(&json!({ "do": "hold" }));
    alice.until("held");
    assert_eq!(bob.until("hold")["originator"], "remote");
    bob.tell(&json!({ "do": "terminate" }));
    let ended = alice.until("ended");
    assert_eq!(
        (&ended["originator"], &ended["cause"]),
        (&json!("remote"), &json!("Terminated"))
    );
    bob.until("ended");

    // Each request went along the route that Record-Route gave.
    for method in ["ACK", "INVITE", "BYE"] {
        kamailio.until_within_dialog(method);
    }
    let requests = |page: &mut Page, method: &str| {
        let messages = page.messages().iter();
        let start = format!("{method} ");
        messages
            .filter(|message| message.is_sent && message.text.starts_with(&start))
            .count()
    };
    // With the password, after 401 and 407.
    assert_eq!(requests(&mut alice, "REGISTER"), 2);
    assert_eq!(requests(&mut alice, "INVITE"), 3);
    kamailio.stop();
}
