//! A firm from a file: what is refused, what is planned, what is written.

mod apply;
mod conversion;
mod demo;
mod read;
mod support;
