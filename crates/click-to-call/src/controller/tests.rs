mod bounds;
mod joined;
mod network;
mod setup;
