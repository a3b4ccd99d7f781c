//! Writes session descriptions, in the order of RFC 8866 5.

use super::{Attributes, Connection, Media, SessionDescription, Text};
use core::fmt;
use std::io::Write;

impl SessionDescription {
    /// The description as it goes out, octet for octet.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Out(Vec::with_capacity(512));
        out.line("v", b"0");
        out.0.extend(b"o=");
        out.0.extend(self.origin.username.0.as_bytes());
        for text in [&self.origin.id, &self.origin.version] {
            out.0.push(b' ');
            out.0.extend(text.as_bytes());
        }
        out.0.push(b' ');
        out.connection(&self.origin.connection);
        // A session name has at least one character, if only a space (RFC 8866 5.3).
        if self.name.is_empty() {
            out.line("s", b" ");
        } else {
            out.text("s", &self.name);
        }
        out.texts("i", &self.information);
        out.texts("u", &self.uri);
        out.texts("e", self.emails.iter().map(|email| &email.0));
        out.texts("p", self.phones.iter().map(|phone| &phone.0));
        out.connections(&self.connection);
        out.texts("b", &self.bandwidths);
        if self.times.is_empty() {
            out.line("t", b"0 0");
        }
        for time in &self.times {
            out.text("t", &time.time);
            out.texts("r", &time.repeats);
            out.texts("z", &time.zones);
        }
        out.attributes(&self.attributes);
        for media in &self.media {
            out.media(media);
        }
        out.0
    }
}

/// The description as text. What is not UTF-8 is shown as U+FFFD;
/// [`SessionDescription::to_bytes`] keeps it.
impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

struct Out(Vec<u8>);

impl Out {
    fn line(&mut self, kind: &str, value: &[u8]) {
        self.0.extend(kind.as_bytes());
        self.0.push(b'=');
        self.0.extend(value);
        self.0.extend(b"\r\n");
    }

    fn text(&mut self, kind: &str, text: &Text) {
        self.line(kind, text.as_bytes());
    }

    fn texts<'a>(&mut self, kind: &str, texts: impl IntoIterator<Item = &'a Text>) {
        for text in texts {
            self.text(kind, text);
        }
    }

    fn connections<'a>(&mut self, connections: impl IntoIterator<Item = &'a Connection>) {
        for connection in connections {
            self.0.extend(b"c=");
            self.connection(connection);
        }
    }

    /// A connection and the end of its line.
    fn connection(&mut self, connection: &Connection) {
        match connection {
            Connection::Other(text) => self.0.extend(text.as_bytes()),
            numeric => self.format(format_args!("{numeric}")),
        }
        self.0.extend(b"\r\n");
    }

    fn attributes(&mut self, attributes: &Attributes) {
        for attribute in attributes {
            self.text("a", attribute.text());
        }
    }

    fn media(&mut self, media: &Media) {
        self.0.extend(b"m=");
        // A space would make two fields of it.
        let kind = media.kind.name().bytes();
        self.0
            .extend(kind.filter(|octet| !matches!(octet, b' ' | b'\t')));
        self.format(format_args!(" {}", media.port));
        if media.ports > 1 {
            self.format(format_args!("/{}", media.ports));
        }
        for field in [media.protocol.name(), media.formats.as_str()] {
            if !field.is_empty() {
                self.0.push(b' ');
                self.0.extend(field.as_bytes());
            }
        }
        self.0.extend(b"\r\n");
        self.texts("i", &media.information);
        self.connections(&media.connections);
        self.texts("b", &media.bandwidths);
        self.attributes(&media.attributes);
    }

    fn format(&mut self, arguments: fmt::Arguments<'_>) {
        // Writing into memory does not fail.
        let _ = self.0.write_fmt(arguments);
    }
}
