//! A strict Bot API server on loopback.
