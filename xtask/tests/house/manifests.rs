//! What the packages declare, and what comes into the binary with them.

use crate::tree;

#[test]
fn every_package_keeps_the_lints_of_the_workspace() {
    for package in tree::packages() {
        let path = package["manifest_path"].as_str().unwrap();
        let manifest = std::fs::read_to_string(path).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{path}: without `[lints] workspace = true` the ban list does not hold there"
        );
    }
}

/// Two TLS stacks would be two sets of advisories to watch and two ways to trust a certificate.
#[test]
fn one_tls_stack_is_in_the_binary() {
    let tree = tree::cargo(&[
        "tree",
        "--package",
        "touchstone-cli",
        "--edges",
        "no-dev",
        "--prefix",
        "none",
    ]);
    let crates: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(
        crates.contains(&"aws-lc-rs"),
        "aws-lc-rs is our TLS stack, and was not found: has `cargo tree` changed?"
    );
    for other in ["ring", "openssl-sys", "native-tls"] {
        assert!(
            !crates.contains(&other),
            "{other} came into the binary: pick the feature that uses aws-lc-rs (`cargo tree -i {other}` shows who asks)"
        );
    }
}
