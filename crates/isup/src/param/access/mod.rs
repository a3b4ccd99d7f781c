//! What is carried for the access: information elements of Q.931, and what users say.

mod access_transport;
mod bearer_capability;
mod bearer_codes;
mod bearer_layer;
mod high_layer;
mod information_element;
mod user_to_user;

pub use access_transport::*;
pub use bearer_capability::*;
pub use bearer_codes::*;
pub use bearer_layer::*;
pub use high_layer::*;
pub use information_element::*;
pub use user_to_user::*;
