//! What text needs before it stands in a picture or a page.

/// Safe between tags and in attributes of SVG and HTML.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // What XML does not know.
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}
