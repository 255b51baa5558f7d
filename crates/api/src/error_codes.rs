//! The one table of error codes that each dialect has.

/// Declares the closed list of a dialect's error codes: name, wire text, status, meaning.
/// Answers, the OpenAPI document and `docs/errors.md` are all made from it.
macro_rules! error_codes {
    ($(#[$meta:meta])* $table:ident {
        $($variant:ident = $code:literal, $status:ident, $meaning:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $table {
            $(#[doc = $meaning] $variant,)+
        }

        impl $table {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable text that clients compare with.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status this code is always answered with.
            #[must_use]
            pub const fn status(self) -> axum::http::StatusCode {
                match self { $(Self::$variant => axum::http::StatusCode::$status,)+ }
            }

            /// When a client sees it, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

pub(crate) use error_codes;
