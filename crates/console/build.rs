//! The names of the built files change with what is in them, so the folder is watched and not the files.

fn main() {
    println!("cargo::rerun-if-changed=../../console/dist");
}
