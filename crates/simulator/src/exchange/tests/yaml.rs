//! Callers as a configuration file names them.

use super::*;

#[test]
fn callers_are_read_from_yaml() {
    let text = r#"
- number: "+49 30 9001000"
  calling: "30 23125100"
  every_ms: 250
  times: 40
  plays: speech
"#;
    let callers: Vec<CallerConfig> = serde_saphyr::from_str(text).unwrap();
    let call = callers[0].call();
    assert!(call.called.international);
    assert_eq!(call.called.digits, "49309001000");
    let calling = call.calling.unwrap();
    assert_eq!(
        (calling.international, calling.digits.as_str()),
        (false, "3023125100")
    );
    assert_eq!(
        (call.hold, call.plays),
        (Some(Duration::from_secs(5)), Sound::Speech)
    );
    for wrong in [
        "- { number: abc }",
        "- { number: \"\" }",
        "- { number: 1, foo: 2 }",
    ] {
        assert!(
            serde_saphyr::from_str::<Vec<CallerConfig>>(wrong).is_err(),
            "{wrong}"
        );
    }
}
