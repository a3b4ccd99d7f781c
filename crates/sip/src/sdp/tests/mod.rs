//! Tests of session descriptions, of offers and answers.

mod audio;
