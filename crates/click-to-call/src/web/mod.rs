//! What any HTTP interface of the program needs: a server with bounds, and means to tell own
//! requests from those that another site made a browser send.

mod origin;
mod secret;
mod server;

pub use origin::{is_cross_site, is_literal_host, is_same_origin};
pub use secret::{SECRET_MAX, equal};
pub use server::serve;
