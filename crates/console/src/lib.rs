//! The files of the web console as `npm run build` has left them in `console/dist`. A release carries them in the
//! binary; a debug build reads them from the folder at each request, so that a page can be changed without compiling.

use rust_embed::RustEmbed;
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "../../console/dist/"]
#[allow_missing = true]
struct Dist;

/// What `/console/` answers with, whatever page of it is asked for.
pub const START: &str = "index.html";

/// One file.
pub struct File {
    pub bytes: Cow<'static, [u8]>,
    /// Changes when the content does: hexadecimal digits.
    pub digest: String,
}

/// `path` is relative to the folder, with `/` between its parts. `None` for what is not there.
pub fn file(path: &str) -> Option<File> {
    if path.split('/').any(|part| part.starts_with('.')) {
        return None;
    }
    let found = Dist::get(path)?;
    Some(File {
        digest: hex::encode(&found.metadata.sha256_hash()[..16]),
        bytes: found.data,
    })
}

/// Whether the console was there when the binary was built.
pub fn is_built() -> bool {
    file(START).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_served() {
        for path in [
            "../package.json",
            "/etc/passwd",
            "..",
            ".gitignore",
            "assets/../../package.json",
        ] {
            assert!(file(path).is_none(), "{path}");
        }
    }
}
