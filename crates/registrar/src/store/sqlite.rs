//! Bindings in an SQLite database.

use super::{Record, Store, StoreError};
use rusqlite::{Connection, ErrorCode, Row, params};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A database file. Each change is one transaction, in write-ahead logging: what was answered is
/// there after the program dies, though perhaps not after the power fails.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    file: PathBuf,
}

impl Sqlite {
    /// Opens the file, or creates it. A damaged one is refused, not mended.
    ///
    /// # Errors
    /// It cannot be opened, is damaged, or has another schema.
    pub fn open(file: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let file = file.into();
        let connection = Connection::open(&file).map_err(|cause| StoreError::Open {
            file: file.clone(),
            cause,
        })?;
        let mut store = Self { connection, file };
        store.prepare()?;
        Ok(store)
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        let found: i64 = self.ask("PRAGMA user_version")?;
        let tables: i64 = self.ask("SELECT count(*) FROM sqlite_schema")?;
        if found != SCHEMA_VERSION && (found != 0 || tables > 0) {
            return Err(StoreError::Version {
                file: self.file.clone(),
                expected: SCHEMA_VERSION,
                found,
            });
        }
        let check: String = self.ask("PRAGMA quick_check(1)")?;
        if check != "ok" {
            return Err(StoreError::Damaged {
                file: self.file.clone(),
                what: check,
            });
        }
        let result = self.connection.execute_batch(&format!(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = NORMAL;
             PRAGMA busy_timeout = 1000;
             BEGIN IMMEDIATE;
             {SCHEMA}
             PRAGMA user_version = {SCHEMA_VERSION};
             COMMIT;"
        ));
        result.map_err(|cause| self.fault(cause))
    }

    fn ask<T: rusqlite::types::FromSql>(&self, question: &str) -> Result<T, StoreError> {
        let answer = self.connection.query_row(question, [], |row| row.get(0));
        answer.map_err(|cause| self.fault(cause))
    }

    fn fault(&self, cause: rusqlite::Error) -> StoreError {
        let file = self.file.clone();
        match cause.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
                file,
                what: cause.to_string(),
            },
            Some(ErrorCode::CannotOpen) => StoreError::Open { file, cause },
            _ => StoreError::Access { file, cause },
        }
    }

    fn read(&self, now: i64) -> Result<Vec<Record>, rusqlite::Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT aor, contact, path, call_id, cseq, until, updated, local, remote, is_bound
             FROM binding WHERE until > ? ORDER BY aor, position",
        )?;
        let records = statement.query_map([now], record)?;
        records.collect()
    }

    fn write(&mut self, aor: &str, records: &[Record]) -> Result<(), rusqlite::Error> {
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("DELETE FROM binding WHERE aor = ?")?
            .execute([aor])?;
        for (position, record) in records.iter().enumerate() {
            let (local, remote) = record.datagrams.unzip();
            transaction
                .prepare_cached("INSERT INTO binding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?
                .execute(params![
                    aor,
                    i64::try_from(position).unwrap_or(i64::MAX),
                    record.contact,
                    record.path,
                    record.call_id,
                    record.cseq,
                    record.until,
                    record.updated,
                    local.map(|address: SocketAddr| address.to_string()),
                    remote.map(|address: SocketAddr| address.to_string()),
                    record.is_bound,
                ])?;
        }
        transaction.commit()
    }
}

impl Store for Sqlite {
    fn load(&mut self, now: i64) -> Result<Vec<Record>, StoreError> {
        self.read(now).map_err(|cause| self.fault(cause))
    }

    fn replace(&mut self, aor: &str, records: &[Record]) -> Result<(), StoreError> {
        let result = self.write(aor, records);
        result.map_err(|cause| self.fault(cause))
    }

    fn expire(&mut self, now: i64) -> Result<(), StoreError> {
        let result = self
            .connection
            .execute("DELETE FROM binding WHERE until <= ?", [now]);
        result.map(|_| ()).map_err(|cause| self.fault(cause))
    }
}

fn record(row: &Row<'_>) -> Result<Record, rusqlite::Error> {
    let address = |column| -> Result<Option<SocketAddr>, rusqlite::Error> {
        let text: Option<String> = row.get(column)?;
        // An address that cannot be read is one that is not known.
        Ok(text.and_then(|text| text.parse().ok()))
    };
    Ok(Record {
        aor: row.get("aor")?,
        contact: row.get("contact")?,
        path: row.get("path")?,
        call_id: row.get("call_id")?,
        cseq: row.get("cseq")?,
        until: row.get("until")?,
        updated: row.get("updated")?,
        datagrams: address("local")?.zip(address("remote")?),
        is_bound: row.get("is_bound")?,
    })
}

/// `PRAGMA user_version`.
const SCHEMA_VERSION: i64 = 1;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS binding (
        aor TEXT NOT NULL,
        position INTEGER NOT NULL,
        contact TEXT NOT NULL,
        path TEXT NOT NULL,
        call_id TEXT NOT NULL,
        cseq INTEGER NOT NULL,
        until INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        local TEXT,
        remote TEXT,
        is_bound INTEGER NOT NULL,
        PRIMARY KEY (aor, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS binding_until ON binding (until);";
