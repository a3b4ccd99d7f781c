//! Header field values, read and written as types.
