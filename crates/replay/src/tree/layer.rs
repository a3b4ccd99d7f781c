//! With which protocol octets begin.

use super::isup::{self, Fit};
use super::mtp3::Header;
use super::{Options, TreeError, m3ua};

/// The outermost protocol of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Layer {
    M3ua,
    Mtp3(Header),
    Isup,
}

impl Layer {
    /// Finds it out by trying. ISUP has no mark of its own: its first octets are a CIC, which may
    /// look like a service information octet or the beginning of a label. So a message counts as
    /// what it fits best, and as ISUP if that is not clear.
    pub(super) fn of(options: Options, octets: &[u8]) -> Result<Self, TreeError> {
        if m3ua::fits(octets) {
            return Ok(Self::M3ua);
        }
        let variant = options.variant();
        let isup = isup::fit(variant, octets);
        if isup == Fit::Whole {
            return Ok(Self::Isup);
        }
        // An ISUP message on CIC 1 begins with the same octets as M3UA.
        if let [1, 0, class, code, length @ ..] = octets
            && (isup < Fit::Gaps || isup == Fit::Gaps && length.starts_with(&[0, 0]))
            && m3ua::has(*class, *code)
        {
            return Ok(Self::M3ua);
        }
        let fit = |header: Header| (header.fit(options, octets), header);
        let marked = Header::with_sio(options, octets).map(fit);
        let bare = fit(Header::without_sio(options));
        // Of equals, the one whose first octet says so.
        let best = marked.filter(|marked| marked.0 >= bare.0).unwrap_or(bare);
        if best.0 > isup && best.0 >= Fit::Irregular {
            return Ok(Self::Mtp3(best.1));
        }
        if isup > Fit::NoSuchType {
            return Ok(Self::Isup);
        }
        // Nothing else is left: better a message that is broken than none.
        match marked {
            Some((fit, header)) if fit >= Fit::Broken => return Ok(Self::Mtp3(header)),
            _ if bare.0 >= Fit::Gaps => return Ok(Self::Mtp3(bare.1)),
            _ => {}
        }
        match octets.get(variant.cic_octets()) {
            Some(&message_type) => Err(TreeError::Unrecognised {
                octet: variant.cic_octets() + 1,
                message_type,
            }),
            // Too short for anything, which the codec will say.
            None => Ok(Self::Isup),
        }
    }
}
