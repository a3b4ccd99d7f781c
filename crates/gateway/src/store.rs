//! Keeps the bindings of the registrar in a file, on a thread of its own: a disk may be slow, and
//! calls must not wait for it.

use std::io;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use tracing::warn;
use trunkline_registrar::{Record, Sqlite, Store, StoreError};

/// A store whose writes are done later, in order. What cannot be written is logged: the phone is
/// registered all the same, until the program ends.
pub(crate) struct Later {
    loaded: Option<Sqlite>,
    writes: Option<SyncSender<Write>>,
}

enum Write {
    Replace(String, Vec<Record>),
    Expire(i64),
}

/// Writes that may wait. Then the switch waits, too.
const QUEUE: usize = 16_384;

impl Later {
    /// Opens the file.
    ///
    /// # Errors
    /// It is no store, or cannot be opened.
    pub(crate) fn open(file: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            loaded: Some(Sqlite::open(file)?),
            writes: None,
        })
    }

    /// To the thread, which begins with the first write.
    fn write(&mut self, write: Write) {
        if let Some(store) = self.loaded.take() {
            let (sender, writes) = sync_channel(QUEUE);
            let thread = std::thread::Builder::new().name("registrar".to_owned());
            let started = thread.spawn(move || run(store, &writes));
            match started {
                Ok(_) => self.writes = Some(sender),
                Err(error) => not_written(&error),
            }
        }
        if let Some(writes) = &self.writes
            && writes.send(write).is_err()
        {
            self.writes = None;
            not_written(&io::Error::from(io::ErrorKind::BrokenPipe));
        }
    }
}

fn run(mut store: Sqlite, writes: &std::sync::mpsc::Receiver<Write>) {
    while let Ok(write) = writes.recv() {
        let done = match write {
            Write::Replace(aor, records) => store.replace(&aor, &records),
            Write::Expire(now) => store.expire(now),
        };
        if let Err(error) = done {
            not_written(&error);
        }
    }
}

fn not_written(error: &dyn std::error::Error) {
    warn!(%error, "registrations are not stored");
}

impl Store for Later {
    fn load(&mut self, now: i64) -> Result<Vec<Record>, StoreError> {
        match &mut self.loaded {
            Some(store) => store.load(now),
            // Once written to, it is not read again.
            None => Ok(Vec::new()),
        }
    }

    fn replace(&mut self, aor: &str, records: &[Record]) -> Result<(), StoreError> {
        self.write(Write::Replace(aor.to_owned(), records.to_vec()));
        Ok(())
    }

    fn expire(&mut self, now: i64) -> Result<(), StoreError> {
        self.write(Write::Expire(now));
        Ok(())
    }
}
