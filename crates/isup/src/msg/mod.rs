//! The messages (Q.763 clause 4), one a file. Those without parameters have none: they are
//! variants of [`Message`](crate::Message).

mod acm;
mod anm;
mod cfn;
mod con;
mod cpg;
mod gra;
mod grs;
mod iam;
mod rel;
mod res;
mod rlc;
mod sam;
mod sus;
mod table;
mod unknown;

pub use acm::Acm;
pub use anm::Anm;
pub use cfn::Cfn;
pub use con::Con;
pub use cpg::Cpg;
pub use gra::Gra;
pub use grs::Grs;
pub use iam::Iam;
pub use rel::Rel;
pub use res::Res;
pub use rlc::Rlc;
pub use sam::Sam;
pub use sus::Sus;
pub use table::{MESSAGES, MessageRow};
pub use unknown::UnknownMessage;
