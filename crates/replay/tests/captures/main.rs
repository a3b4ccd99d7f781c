//! Whole captures: public ones, and some that are written here.

mod properties;
mod public;
mod tshark;
mod written;

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use trunkline_replay::capture::{CaptureError, Reader};
use trunkline_replay::ladder::Ladder;
use trunkline_replay::{Dissector, Sighting};

/// The folder of the public captures. They are not part of the repository: without them a test
/// says so and does nothing.
fn public_captures() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/pcaps");
    if folder.is_dir() {
        return Some(folder);
    }
    not_run(&format!(
        "{} is absent, the public captures were not read",
        folder.display()
    ));
    None
}

/// Says that a part of the tests did not run, past the harness, which keeps what tests that pass
/// have printed.
fn not_run(reason: &str) {
    let _ = writeln!(std::io::stderr(), "NOT RUN: {reason}");
}

/// What a capture holds, and how its reading ended.
struct Seen {
    frames: u64,
    sightings: Vec<Sighting>,
    error: Option<CaptureError>,
}

impl Seen {
    fn in_file(path: &Path) -> Self {
        Self::in_octets(File::open(path).expect("the capture can be opened"))
    }

    fn in_octets(file: impl Read) -> Self {
        let mut seen = Self {
            frames: 0,
            sightings: Vec::new(),
            error: None,
        };
        let mut dissector = Dissector::default();
        match Reader::new(file) {
            Ok(reader) => {
                for frame in reader {
                    match frame {
                        Ok(frame) => {
                            seen.frames += 1;
                            seen.sightings.extend(dissector.frame(&frame));
                        }
                        Err(error) => seen.error = Some(error),
                    }
                }
            }
            Err(error) => seen.error = Some(error),
        }
        seen.sightings.extend(dissector.finish());
        seen
    }

    fn names(&self) -> Vec<String> {
        self.sightings
            .iter()
            .map(|sighting| sighting.what.name())
            .collect()
    }

    /// The texts of the ladder without its columns.
    fn texts(&self) -> Vec<String> {
        self.sightings
            .iter()
            .map(|sighting| sighting.what.to_string())
            .collect()
    }

    /// The whole ladder.
    fn ladder(&self) -> String {
        let mut ladder = Ladder::new();
        self.sightings
            .iter()
            .for_each(|sighting| ladder.learn(sighting));
        let lines = self.sightings.iter().map(|sighting| ladder.line(sighting));
        let lines: Vec<_> = lines.collect();
        format!("{}\n{}\n", ladder.heading(), lines.join("\n"))
    }
}
