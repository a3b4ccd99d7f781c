//! Benchmarks; see the files beside this folder.
