//! What was in many lines.

use std::collections::BTreeMap;
use std::fmt::Write;

/// What has been counted.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// Messages that could be read, by what they are.
    pub(super) read: BTreeMap<String, u64>,
    /// Lines that are no message, or none that can be read.
    pub(super) unreadable: u64,
    /// Messages that are written otherwise than they were read.
    pub(super) different: u64,
}

impl Summary {
    /// Some lines: the messages by type, the most frequent first, then what went wrong.
    pub(super) fn text(&self, checked: bool) -> String {
        let messages: u64 = self.read.values().sum::<u64>() + self.unreadable;
        let mut by_count: Vec<_> = self.read.iter().collect();
        by_count.sort_by_key(|(_, count)| core::cmp::Reverse(**count));
        let mut text = format!("summary: {}\n", number(messages, "message"));
        let mut row = |count: u64, what: &str| {
            let _ = writeln!(text, "{count:>9}  {what}");
        };
        for (kind, count) in by_count {
            row(*count, kind);
        }
        row(self.unreadable, "could not be read");
        if checked {
            row(self.different, "differ when they are written again");
        }
        text
    }
}

fn number(count: u64, of: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {of}{plural}")
}
