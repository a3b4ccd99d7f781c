//! Passwords in files.

use crate::config::problem::Check;
use serde_saphyr::Spanned;
use trunkline_sip::digest::Secret;

/// The first line of a file, relative to that of the configuration.
pub(super) fn password(check: &mut Check, file: &Spanned<String>, key: &str) -> Option<Secret> {
    let path = check.folder().join(&file.value);
    let problem = match std::fs::read_to_string(&path) {
        Ok(text) => match text.lines().next() {
            Some(line) if !line.is_empty() => return Some(Secret::password(line)),
            _ => "no password in it".to_owned(),
        },
        Err(error) => error.to_string(),
    };
    check.at(file, key, format_args!("{}: {problem}", path.display()));
    None
}
