//! Where requests go: the server location of RFC 3263, and the memory of targets that are dead.
//!
//! A [`Locator`] is made of a URI. It asks DNS questions and takes the answers, and gives one
//! [`Target`] after the other, the best first. [`DeadTargets`] tells which of them need not be
//! tried.

mod dead;
mod locator;
mod order;
mod policy;
mod record;
mod service;
#[cfg(test)]
mod tests;

pub use dead::{DeadTargets, DeadTimes};
pub use locator::{Exhaustion, Locator, Step, Target};
pub use policy::{LocateError, Policy};
pub use record::{Answer, Naptr, Question, Srv};
