//! The `m=` lines of an answer and of a new offer stand where the RFC wants them.

use crate::sdp::{Media, SessionDescription, SessionVersion};
use std::net::IpAddr;

/// An answer with the lines of the offer in their order (RFC 3264 6): those in `accepted`, by
/// index, as they are there, all others refused by port 0. An accepted line that is disabled in
/// the offer is refused too (8.2), and an index beyond the offer is not looked at.
pub fn answer_lines(
    offer: &SessionDescription,
    local: IpAddr,
    session: SessionVersion,
    accepted: impl IntoIterator<Item = (usize, Media)>,
) -> SessionDescription {
    let mut answer = SessionDescription::new(session, local);
    // "The "t=" line in the answer MUST equal that of the offer" (RFC 3264 6).
    answer.times.clone_from(&offer.times);
    answer.media = offer.media.iter().map(Media::disabled).collect();
    for (index, media) in accepted {
        if let (Some(line), Some(offered)) = (answer.media.get_mut(index), offer.media.get(index))
            && offered.port != 0
        {
            *line = media;
        }
    }
    answer
}

/// Puts the lines of a new description where the session has them (RFC 3264 8): a stream goes to
/// the line where one of its type is in use, what the session has besides is disabled, and new
/// streams come last. Lines never become fewer.
pub(super) fn keep_lines(description: &mut SessionDescription, before: &SessionDescription) {
    let mut lines: Vec<Option<Media>> = before.media.iter().map(|_| None).collect();
    let mut added = Vec::new();
    for media in core::mem::take(&mut description.media) {
        let mut places = lines.iter_mut().zip(&before.media);
        let place = places
            .find(|(line, before)| line.is_none() && before.kind == media.kind && before.port != 0);
        match place {
            Some((line, _)) => *line = Some(media),
            None => added.push(media),
        }
    }
    let kept = lines
        .into_iter()
        .zip(&before.media)
        .map(|(line, before)| line.unwrap_or_else(|| before.disabled()));
    description.media = kept.chain(added).collect();
}
