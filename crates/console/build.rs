//! The names of the built files change with what is in them, so the folder is watched and not the files. A release without
//! the console is told of, and is none where nothing may be left out.

use std::env;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=../../console/dist");
    println!("cargo::rerun-if-env-changed=TOUCHSTONE_REQUIRE");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if !is_release || Path::new("../../console/dist/index.html").exists() {
        return;
    }
    let how = "the console is not built: run `npm ci && npm run build` in console/ first";
    match env::var("TOUCHSTONE_REQUIRE").as_deref() {
        Ok("all") => println!("cargo::error={how}"),
        _ => println!("cargo::warning={how}; without it the server tells of the API alone"),
    }
}
