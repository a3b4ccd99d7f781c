//! Parameters of national variants.

mod japan;
mod japan_carrier;
mod japan_charge;
mod japan_code;
mod names;
mod russia;
mod uk;

pub use japan::*;
pub use japan_carrier::*;
pub use japan_charge::*;
pub use japan_code::*;
pub use names::*;
pub use russia::*;
pub use uk::*;
