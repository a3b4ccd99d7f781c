//! One message with all its fields, as a tree.
