//! Sessions of handstamp in Redis or Valkey.
