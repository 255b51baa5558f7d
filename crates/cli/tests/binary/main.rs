//! The real binary, as an operator meets it.

mod apply;
mod backup;
mod check;
mod demo;
mod kill;
mod migrate;
mod openapi;
mod programs;
mod replay;
mod rules;
mod serve;
mod simulate;
mod support;
