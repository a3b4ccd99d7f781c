//! What the whole-system tests share.

pub mod agent;
pub mod ladder;
pub mod peers;
pub mod world;
