//! The index of the architecture decisions.

use crate::tree;

#[test]
fn every_decision_is_listed_and_numbered_once() {
    let files = tree::files(&["docs/adr"]);
    let (_, index) = files
        .iter()
        .find(|(path, _)| path == "docs/adr/README.md")
        .unwrap();
    let mut numbers = Vec::new();
    for (path, _) in files
        .iter()
        .filter(|(path, _)| path != "docs/adr/README.md")
    {
        let name = path.trim_start_matches("docs/adr/");
        assert!(
            index.contains(&format!("]({name})")),
            "{path} is not listed in docs/adr/README.md"
        );
        let number = name.split('-').next().unwrap().to_owned();
        assert!(
            !numbers.contains(&number),
            "two decisions have the number {number}"
        );
        numbers.push(number);
    }
}
