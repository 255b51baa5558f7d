use std::path::Path;

use crate::support::{run, text};

#[test]
fn prints_the_committed_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = run(&root, &["openapi"]);
    assert!(output.status.success());
    let committed = std::fs::read_to_string(root.join("openapi.json")).unwrap();
    assert!(
        text(&output.stdout) == committed,
        "openapi.json is not what the program prints"
    );
}
