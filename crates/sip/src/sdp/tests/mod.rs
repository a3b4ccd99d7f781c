//! Tests of session descriptions, of offers and answers.

mod attributes;
mod audio;
mod exchange;
mod lines;
mod parse;
mod patterns;
mod peers;
mod preconditions;
mod properties;
mod session;
mod t38;
