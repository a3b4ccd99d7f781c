//! In which order the optional parameters of a message stood.

use crate::param::ParameterCode;

/// The order of the optional parameters on the wire, kept so that a message can be written again
/// as it came.
///
/// The default, which is right for a message that is made here, writes the parameters with a
/// field of their own in the order of Q.763's table of the message, then those in `other`.
/// Beyond 30 parameters the order is not kept, nor among parameters of one name of which some
/// make no sense.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ParameterOrder {
    length: u8,
    codes: [u8; ParameterOrder::MAX],
}

impl ParameterOrder {
    pub(crate) const MAX: usize = 30;

    /// The codes in the order of the wire; none for the usual order.
    pub fn codes(&self) -> impl Iterator<Item = ParameterCode> + '_ {
        self.as_slice().iter().copied().map(ParameterCode)
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.codes
            .get(..usize::from(self.length))
            .unwrap_or(&self.codes)
    }

    pub(crate) fn push(&mut self, code: ParameterCode) {
        if let Some(next) = self.codes.get_mut(usize::from(self.length)) {
            *next = code.0;
            self.length += 1;
        }
    }
}

impl core::fmt::Debug for ParameterOrder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}
