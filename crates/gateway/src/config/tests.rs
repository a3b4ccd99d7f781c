//! The files in config/, and one mistake of each kind.

mod signaling;

use super::*;
use std::path::PathBuf;

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../config")
        .join(name)
}

/// What is said of the default file with one text replaced by another.
fn mistake(from: &str, to: &str) -> String {
    assert!(DEFAULT.contains(from), "{from:?} is not in the file");
    let text = DEFAULT.replacen(from, to, 1);
    match read(Path::new("test.yaml"), &text) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn each_file_in_config_can_be_used() {
    let mut seen = 0;
    for entry in std::fs::read_dir(config("")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let whole = ["trunkline", "interconnect"]
            .iter()
            .any(|n| name.starts_with(n));
        if whole && name.ends_with(".yaml") {
            let settings = load(&path).unwrap_or_else(|problems| panic!("{problems}"));
            assert!(!settings.mgc.trunk_groups.is_empty(), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 1);
}

#[test]
fn media_ports_of_the_default_file_are_not_given_to_others() {
    // Linux gives 32768 on to whoever binds port 0: that would now and then be a circuit's port.
    const EPHEMERAL: u16 = 32_768;
    let settings = read(Path::new("test.yaml"), DEFAULT).unwrap();
    assert!(*settings.mgw.ports.end() < EPHEMERAL);
    for group in &settings.mgw.circuits {
        for base in [group.local_port_base, group.remote_port_base] {
            assert!(base + 2 * 31 < EPHEMERAL, "{base}");
            assert!(!settings.mgw.ports.contains(&base), "{base}");
        }
    }
}

/// A folder with the example files, and those that commented keys name.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("trunkline-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for entry in std::fs::read_dir(config("")).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, path.join(from.file_name().unwrap())).unwrap();
        }
        std::fs::write(path.join("click-to-call.password"), "secret\n").unwrap();
        for file in ["anna.password", "carrier.password"] {
            std::fs::write(path.join(file), "secret\n").unwrap();
        }
        for file in ["gateway.pem", "gateway.key", "peers.pem", "carrier.pem"] {
            std::fs::write(path.join(file), "").unwrap();
        }
        std::fs::write(path.join("admin.token"), "0123456789abcdef\n").unwrap();
        Self(path)
    }

    fn read(&self, text: &str) -> Result<Settings, Problems> {
        read(&self.0.join("test.yaml"), text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn carrier_example_can_be_used_where_its_files_are() {
    let folder = Folder::new("carrier");
    let settings = load(&folder.0.join("carrier.example.yaml"));
    let settings = settings.unwrap_or_else(|problems| panic!("{problems}"));
    let peer = &settings.mgc.peers[0];
    assert!(peer.secure && peer.register.is_some() && peer.credentials.is_some());
    let transports: Vec<&str> = settings
        .sip
        .listen()
        .iter()
        .map(|listen| word(listen.transport))
        .collect();
    assert_eq!(transports, ["udp", "tcp", "tls", "wss"]);
    let registrar = settings.registrar.expect("a registrar");
    assert_eq!(registrar.store, Some(folder.0.join("registrations.sqlite")));

    // Without a file the key is named.
    std::fs::remove_file(folder.0.join("gateway.key")).unwrap();
    let problems = load(&folder.0.join("carrier.example.yaml")).unwrap_err();
    let said = problems.to_string();
    for key in ["sip.listen[1].key: ", "sip.listen[2].key: "] {
        assert!(said.contains(key), "{said}");
    }
}

/// The keys of the raw form, as its source has them.
fn keys() -> Vec<&'static str> {
    let sources = [
        include_str!("raw.rs"),
        include_str!("raw/signaling.rs"),
        include_str!("raw/sip.rs"),
    ];
    let lines = sources.into_iter().flat_map(str::lines);
    let fields = lines.filter_map(|line| {
        let field = line.trim().strip_prefix("pub(")?.split_once(") ")?.1;
        let (name, _) = field.split_once(": ")?;
        name.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            .then_some(name)
    });
    fields.collect()
}

/// The commented keys of the default file: each with the file in which it is in effect.
fn uncommented() -> Vec<(&'static str, String)> {
    // Names that are the operator's choice.
    let names = ["exchange", "carrier"];
    let known: Vec<&str> = keys().into_iter().chain(names).collect();
    let lines: Vec<&str> = DEFAULT.lines().collect();
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let Some((indent, comment)) = line.split_once("# ") else {
            continue;
        };
        let key = comment.split(':').next().unwrap_or_default();
        if !indent.trim().is_empty() || !comment[key.len()..].starts_with(':') {
            continue;
        }
        if !known.contains(&key) {
            continue;
        }
        // What stands deeper belongs to it.
        let deeper = |line: &&&str| {
            let rest = line.strip_prefix(indent).and_then(|l| l.strip_prefix("#"));
            rest.is_some_and(|rest| rest.starts_with("   "))
        };
        let count = 1 + lines[first + 1..].iter().take_while(deeper).count();
        let mut text = lines.clone();
        let changed: Vec<String> = text[first..first + count]
            .iter()
            .map(|line| line.replacen("# ", "", 1))
            .collect();
        for (line, changed) in text[first..].iter_mut().zip(&changed) {
            *line = changed;
        }
        found.push((key, text.join("\n")));
    }
    found
}

#[test]
fn every_key_stands_in_the_default_file() {
    let keys = keys();
    assert!(keys.len() > 100, "{}", keys.len());
    for key in keys {
        let stands = DEFAULT.match_indices(key).any(|(at, _)| {
            let before = DEFAULT[..at].chars().next_back();
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            DEFAULT[at + key.len()..].starts_with(':') && !before.is_some_and(part)
        });
        assert!(stands, "{key}");
    }
}

#[test]
fn commented_keys_of_the_default_file_are_true() {
    // These are examples; all others show the default.
    let examples = [
        "further_point_codes",
        "listen",
        "registration",
        "routing_context",
        "network_appearance",
        "application_servers",
        "asp_identifier",
        "exchange",
        "area_code",
        "overrides",
        "address_v6",
        "identity",
        "authentication",
        "token_file",
        "gateways",
        "admit",
        "tls",
        "session_timer",
        "carrier",
        "registrar",
        "subscribers",
        "callers",
    ];
    let folder = Folder::new("comments");
    let default = format!("{:?}", folder.read(DEFAULT).unwrap());
    let commented = uncommented();
    assert!(commented.len() > 40, "only {}", commented.len());
    for (key, text) in commented {
        let settings = folder
            .read(&text)
            .unwrap_or_else(|problems| panic!("{key}: {problems}"));
        let same = format!("{settings:?}") == default;
        assert_eq!(same, !examples.contains(&key), "{key}");
    }
}

#[test]
fn a_mistake_is_named_with_its_line_and_key() {
    for (from, to, expected) in [
        (
            "  ports: 20000-29999",
            "  ports: 20000-29999\n  port: 1",
            ": unknown field `port`",
        ),
        (
            "media:\n",
            "media:\n  address: 127.0.0.1\n",
            "duplicate mapping key: address",
        ),
        (
            "127.0.0.1:5060\"]",
            "127.0.0.1\"]",
            "sip.listen[0]: \"127.0.0.1\" is not an address and a port",
        ),
        (
            "codecs: [opus, pcma",
            "codecs: [mp3, pcma",
            "sip.codecs[0]: \"mp3\" is none of: opus, pcma, pcmu, g729",
        ),
        (
            "# area_code: \"30\"",
            "area_code: \"030\"",
            "trunk_groups[0].area_code: \"030\" is no area code",
        ),
        (
            "country_code: \"49\"",
            "country_code: \"0\"",
            "trunk_groups[0].country_code: \"0\" is no country code",
        ),
        (
            "circuits: 1-15, 17-31\n    # Numbers",
            "circuits: 1-15, 9\n    # Numbers",
            "trunk_groups[0].circuits: circuit 9 is there twice",
        ),
        (
            "circuits: 1-15, 17-31\n    # Numbers",
            "circuits: 1-5000\n    # Numbers",
            "circuits are 0 to 4095",
        ),
        (
            "point_code: 2-100-2\n    # Which",
            "point_code: 2-100-3\n    # Which",
            "4899 is no destination of any of signaling.gateways",
        ),
        (
            "# variant: itu",
            "variant: iut",
            "trunk_groups[0].variant: \"iut\" is none of: itu, itu-2000, ",
        ),
        (
            "# variant: itu",
            "variant: bicc",
            "trunk_groups[0].variant: bicc has no circuits",
        ),
        (
            "# variant: itu",
            "variant: ansi-1995",
            "trunk_groups[0].variant: point codes of ansi-1995 have 8-8-8 bits, not 3-8-3: say so",
        ),
        (
            "# point_code_format: 3-8-3",
            "point_code_format: 8-9",
            "signaling.point_code_format: \"8-9\" is not a format of point codes, as 3-8-3",
        ),
        (
            "point_code: 2-100-2\n    # Which",
            "point_code: 2-300-2\n    # Which",
            "trunk_groups[0].point_code: \"2-300-2\" is no point code: expected a number of 14 bits",
        ),
        (
            "# variants: [variant.example.yaml]",
            "variants: [no.yaml]",
            "variants[0]: no.yaml: cannot be read: ",
        ),
        (
            "remote_port: 18000",
            "remote_port: 18001",
            "trunk_groups[0].bearer.remote_port: 18001 is no even port",
        ),
        (
            "profile: rfc3398 ",
            "profile: rfc3399 ",
            "trunk_groups[0].causes.profile: \"rfc3399\" is none of: rfc3398, q1912.5, legacy-draft",
        ),
        (
            "# ringing_tone: european",
            "ringing_tone: german",
            "trunk_groups[0].ringing_tone: \"german\" is none of: european, north-american, none",
        ),
        (
            "# timers: { t1: 15,",
            "timers: { t1: 99,",
            "trunk_groups[0].timers.t1: 99 s is not between 1 and 60 s",
        ),
        (
            "# timers: { t1: 15,",
            "timers: { t2: 15,",
            "trunk_groups[0].timers.t2: is no timer of a trunk group",
        ),
        (
            "trunk_group: landline",
            "trunk_group: lanline",
            "numbering.routes[0].trunk_group: there is no trunk group \"lanline\"",
        ),
        (
            "pattern: \"^00([1-9].*)$\"",
            "pattern: \"^00([1-9\"",
            "numbering.rules[0].pattern: ",
        ),
        (
            "http: \"127.0.0.1:8080\"",
            "http: \"0.0.0.0:8080\"",
            "open to the network but has no authentication",
        ),
        (
            "ports: 20000-29999",
            "ports: many",
            "media.ports: \"many\" is no range of ports",
        ),
        (
            "transport: udp-encapsulated\n",
            "transport: sctp\n",
            "transport: \"sctp\" is none of: udp-encapsulated, raw-ip, kernel, auto, tcp",
        ),
        (
            "  calls: 10000",
            "  calls: 0",
            "limits.calls: 0 is not between 1 and 1000000",
        ),
        (
            "\"::1\"]",
            "\"::1/129\"]",
            "sip.admit[1]: \"::1/129\" is no address or range",
        ),
    ] {
        assert_names(&mistake(from, to), "test.yaml", DEFAULT, from, expected);
    }
}

/// What is said names the file, the line of the mistake (about: it may stand below the key) and
/// what is wrong.
#[track_caller]
pub(super) fn assert_names(said: &str, file: &str, text: &str, mistake: &str, expected: &str) {
    let line = text[..text.find(mistake).unwrap()].lines().count();
    assert!(said.contains(expected), "{said}\nexpected {expected:?}");
    let place = said.strip_prefix(file).unwrap_or_else(|| panic!("{said}"));
    let named: usize = place
        .split(':')
        .nth(1)
        .and_then(|line| line.parse().ok())
        .unwrap_or_else(|| panic!("{said}"));
    assert!(
        named.abs_diff(line) <= 4,
        "{said}\nexpected about line {line}"
    );
}

#[test]
fn sources_of_media_are_latched_onto_only_if_asked_for() {
    for (line, expected) in [
        ("# latch: false", false),
        ("latch: false", false),
        ("latch: true", true),
    ] {
        let text = DEFAULT.replacen("# latch: false", line, 1);
        let settings = read(Path::new("test.yaml"), &text).unwrap();
        assert_eq!(settings.mgw.latch, expected, "{line}");
    }
    let said = mistake("# latch: false", "latch: 1");
    assert!(said.ends_with("latch: invalid boolean"), "{said}");
}

#[test]
fn ringing_tone_is_european_unless_said_otherwise() {
    use trunkline_model::media::RingingTone;
    for (line, expected) in [
        ("# ringing_tone: european", Some(RingingTone::European)),
        ("ringing_tone: european", Some(RingingTone::European)),
        (
            "ringing_tone: north-american",
            Some(RingingTone::NorthAmerican),
        ),
        ("ringing_tone: none", None),
    ] {
        let text = DEFAULT.replacen("# ringing_tone: european", line, 1);
        let settings = read(Path::new("test.yaml"), &text).unwrap();
        let profile = &settings.mgc.trunk_groups[0].profile;
        assert_eq!(profile.ringing_tone, expected, "{line}");
    }
}

/// The default file with point codes of 24 bits and that variant at both ends.
fn with_variant(variant: &str) -> String {
    DEFAULT
        .replace("# point_code_format: 3-8-3", "point_code_format: 8-8-8")
        .replace("# variant: itu", &format!("variant: {variant}"))
}

#[test]
fn a_trunk_group_speaks_its_variant() {
    let settings = read(Path::new("test.yaml"), &with_variant("ansi-1995")).unwrap();
    let group = &settings.mgc.trunk_groups[0].circuits;
    assert_eq!(
        (group.variant.name(), group.dpc.value()),
        ("ansi-1995", 0x02_64_02)
    );
    let simulated = &settings.simulator.unwrap().exchange.exchange.groups[0];
    assert_eq!(
        (simulated.variant, simulated.opc),
        (group.variant, group.dpc)
    );

    // 14 bits of CIC, where ITU-T has 12.
    let wide = |variant| {
        let text = with_variant(variant).replacen("circuits: 1-15, 17-31", "circuits: 5000", 1);
        read(Path::new("test.yaml"), &text)
            .map(|_| ())
            .map_err(|problems| problems.to_string())
    };
    assert_eq!(wide("ansi-1995"), Ok(()));
    assert!(
        wide("china")
            .unwrap_err()
            .contains("circuits are 0 to 4095")
    );
}

#[test]
fn groups_to_one_exchange_speak_alike() {
    let text = with_variant("ansi-1995").replacen(
        "  - name: landline\n",
        "  - name: other\n    point_code: 2-100-2\n    variant: china\n    circuits: \"40\"\n    \
         country_code: \"49\"\n    bearer: { remote: 127.0.0.1, remote_port: 18200, \
         local_port: 17200 }\n  - name: landline\n",
        1,
    );
    let said = read(Path::new("test.yaml"), &text).unwrap_err().to_string();
    let expected = "trunk_groups[1].variant: another trunk group to 156674 speaks china";
    assert!(
        said.contains(expected) && said.lines().count() == 1,
        "{said}"
    );
}

#[test]
fn variants_of_files_are_known_to_trunk_groups() {
    let text = DEFAULT
        .replace(
            "# variants: [variant.example.yaml]",
            "variants: [variant.example.yaml]",
        )
        .replace("# variant: itu", "variant: example");
    let settings = read(&config("test.yaml"), &text).unwrap();
    assert_eq!(
        settings.mgc.trunk_groups[0].circuits.variant.name(),
        "example"
    );
    // What is wrong in it is said with both lines.
    let said = read(
        &config("test.yaml"),
        &text.replace("variant.example", "causes.example"),
    );
    let said = said.unwrap_err().to_string();
    assert!(
        said.contains(": variants[0]: ") && said.contains("causes.example.yaml:"),
        "{said}"
    );
}

#[test]
fn all_mistakes_are_named_at_once() {
    let text = DEFAULT
        .replace("ports: 20000-29999", "ports: x")
        .replace("law: a ", "law: b ");
    let problems = read(Path::new("test.yaml"), &text).unwrap_err();
    assert_eq!(problems.list.len(), 3, "{problems}");
}

#[test]
fn what_is_no_yaml_is_refused() {
    for text in ["", "sip", "sip: [", "\u{0}", "- 1\n- 2", "sip: {listen: 5}"] {
        let problems = read(Path::new("test.yaml"), text).unwrap_err().to_string();
        assert!(
            problems.starts_with("test.yaml:") && problems.lines().count() == 1,
            "{problems}"
        );
    }
}
