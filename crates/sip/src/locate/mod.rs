//! Where requests go: the server location of RFC 3263, and the memory of targets that are dead.
