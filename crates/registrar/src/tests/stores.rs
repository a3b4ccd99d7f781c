//! What survives, and what a broken store does.

use super::*;
use crate::{Record, Sqlite, StartError, StoreError};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("trunkline-registrar-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("bindings.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(file: &Path) -> Rig<Sqlite> {
    Rig::with(biloxi(), Sqlite::open(file).unwrap())
}

#[test]
fn bindings_survive_a_restart() {
    let folder = Folder::new("restart");
    let mut rig = open(&folder.file());
    let mut phone = Phone::new();
    phone.sent_by = "10.0.0.5";
    let nat = udp("203.0.113.7:4000");
    let fields = [
        (
            Name::Contact,
            "\"Bob\" <sip:bob@10.0.0.5>;q=0.3;expires=600;+x=\"a;b\"",
        ),
        (Name::Path, "<sip:p1;lr>,<sip:p2;lr>"),
    ];
    assert_eq!(rig.register(&mut phone, &fields, &nat).status, 200);
    // One that ends soon, one over a connection, one of a phone that takes connections.
    rig.register(
        &mut phone,
        &[(Name::Contact, "<sip:soon@h>;expires=60")],
        &nat,
    );
    let web = connected(Transport::Wss, "203.0.113.7:4000", 1);
    phone.sent_by = "x.invalid";
    rig.register(
        &mut phone,
        &[(Name::Contact, "<sip:w@x.invalid;transport=ws>")],
        &web,
    );
    let tcp = connected(Transport::Tcp, "192.0.2.4:4000", 2);
    phone.sent_by = "192.0.2.4";
    rig.register(
        &mut phone,
        &[(Name::Contact, "<sip:bob@192.0.2.4;transport=tcp>")],
        &tcp,
    );
    assert_eq!(rig.contacts("sip:bob@biloxi.com").len(), 4);
    let before: Vec<_> = rig.contacts("sip:bob@biloxi.com");
    drop(rig);

    // 100 s later the program starts again; its own clock begins anew.
    let now = Time::from_secs(5);
    let later = UNIX + Duration::from_secs(100);
    let store = Sqlite::open(folder.file()).unwrap();
    let registrar = Registrar::new(biloxi(), store, now, later).unwrap();
    let mut rig = Rig { registrar, now };
    let found = rig.contacts("sip:bob@biloxi.com");
    let uris: Vec<_> = found.iter().map(|it| it.contact.uri.as_str()).collect();
    assert_eq!(
        uris,
        ["sip:bob@192.0.2.4;transport=tcp", "sip:bob@10.0.0.5"]
    );
    assert_eq!((found[0].flow, found[1].flow), (None, Some(nat)));
    let kept = before
        .iter()
        .find(|it| it.contact == found[1].contact)
        .unwrap();
    assert_eq!(
        (&kept.path, &kept.call_id),
        (&found[1].path, &found[1].call_id)
    );
    assert_eq!(found[1].until, now + Duration::from_secs(500));

    // Its credentials are of an earlier life: stale. The order of its requests still counts.
    phone.sent_by = "10.0.0.5";
    phone.cseq = 1826;
    let contact = [(Name::Contact, "<sip:bob@10.0.0.5>")];
    assert_eq!(rig.register(&mut phone, &contact, &nat).status, 500);
    phone.cseq = 2_000;
    assert_eq!(rig.register(&mut phone, &contact, &nat).status, 200);
    rig.wait(3_600);
    rig.registrar.handle_timeout(rig.now);
    assert_eq!(rig.registrar.bindings().count(), 0);
    drop(rig);
    let mut store = Sqlite::open(folder.file()).unwrap();
    assert_eq!(store.load(0).unwrap(), []);
}

#[test]
fn what_is_no_longer_configured_is_not_taken_up() {
    let folder = Folder::new("configured");
    let mut rig = open(&folder.file());
    let flow = udp("192.0.2.4:5060");
    rig.register(
        &mut Phone::new(),
        &[(Name::Contact, "<sip:bob@192.0.2.4>")],
        &flow,
    );
    drop(rig);
    let mut config = biloxi();
    config.users = vec![user("bob", &["+4930123"])];
    let rig = Rig::with(config, Sqlite::open(folder.file()).unwrap());
    assert_eq!(rig.registrar.bindings().count(), 0);
    drop(rig);
    assert_eq!(open(&folder.file()).registrar.bindings().count(), 1);
}

#[test]
fn damaged_and_foreign_files_are_refused_by_name() {
    let folder = Folder::new("damaged");
    let file = folder.file();
    // No database.
    fs::write(
        &file,
        "This is not a database, but it is long enough to be taken for one.".repeat(99),
    )
    .unwrap();
    let error = Sqlite::open(&file).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(
        error.to_string().contains(file.to_str().unwrap()),
        "{error}"
    );
    fs::remove_file(&file).unwrap();

    // A database of ours with a page overwritten.
    let mut rig = open(&file);
    let mut phone = Phone::new();
    for index in 0..10 {
        let contact = format!("<sip:{}@h{index}>", "x".repeat(1_900));
        rig.register(
            &mut phone,
            &[(Name::Contact, &contact)],
            &udp("192.0.2.4:5060"),
        );
    }
    drop(rig);
    let mut octets = fs::read(&file).unwrap();
    assert!(octets.len() > 4 * 4_096);
    octets[4_096..].fill(0xA5);
    fs::write(&file, octets).unwrap();
    let error = Sqlite::open(&file).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    fs::remove_file(&file).unwrap();

    // Of somebody else, of a later version.
    let foreign = rusqlite::Connection::open(&file).unwrap();
    foreign.execute_batch("CREATE TABLE x (y)").unwrap();
    let error = Sqlite::open(&file).unwrap_err();
    assert!(
        matches!(error, StoreError::Version { found: 0, .. }),
        "{error:?}"
    );
    foreign.execute_batch("PRAGMA user_version = 2").unwrap();
    let error = Sqlite::open(&file).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}: need schema version 1, have 2", file.display())
    );

    // A folder that does not exist.
    let nowhere = folder.0.join("x").join("y.sqlite");
    let error = Sqlite::open(&nowhere).unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error:?}");
}

/// A store that takes nothing but what concerns numbers.
struct Full {
    can_be_read: bool,
}

fn fault<T>() -> Result<T, StoreError> {
    Err(StoreError::Damaged {
        file: "x".into(),
        what: "y".into(),
    })
}

impl Store for Full {
    fn load(&mut self, _now: i64) -> Result<Vec<Record>, StoreError> {
        if self.can_be_read {
            return Ok(Vec::new());
        }
        fault()
    }

    fn replace(&mut self, aor: &str, _records: &[Record]) -> Result<(), StoreError> {
        if aor.starts_with('+') {
            return Ok(());
        }
        fault()
    }

    fn expire(&mut self, _now: i64) -> Result<(), StoreError> {
        fault()
    }
}

/// RFC 3261 10.3 step 7: all or nothing.
#[test]
fn what_cannot_be_stored_is_not_done() {
    let broken = Full { can_be_read: false };
    let error = Registrar::new(biloxi(), broken, Time::ZERO, UNIX);
    assert!(matches!(error.map(|_| ()), Err(StartError::Store(_))));

    let mut rig = Rig::with(biloxi(), Full { can_be_read: true });
    let flow = udp("192.0.2.4:5060");
    let fields = [(Name::Contact, "<sip:bob@192.0.2.4>")];
    let reply = rig.register(&mut Phone::new(), &fields, &flow);
    assert_eq!((reply.status, reply.headers.len()), (500, 0));
    assert_eq!(rig.registrar.bindings().count(), 0);
    let mut phone = Phone::new();
    phone.to = "<sip:+4930123@biloxi.com>";
    assert_eq!(rig.register(&mut phone, &fields, &flow).status, 200);
    rig.wait(3_600);
    rig.registrar.handle_timeout(rig.now);
    let counters = rig.registrar.counters();
    assert_eq!((counters.store_failures, counters.expired), (2, 1));
}
