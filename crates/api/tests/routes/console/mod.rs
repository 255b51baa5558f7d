//! `/console/...`: the browser's session, and the files.

mod files;
mod session;
