//! Where a database is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The address of a database: `sqlite:PATH`, `postgres://...` or `postgresql://...`.
///
/// `Display` and `Debug` hide the password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

/// Why a text is no [`DatabaseUrl`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("a database is named by sqlite:PATH or postgres://USER@HOST/DATABASE")]
    UnknownScheme,
    #[error("sqlite: needs the path of a file after it")]
    NoPath,
    #[error("the PostgreSQL address cannot be read: {0}")]
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(UrlError::NoPath);
            }
            return Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            text.parse::<tokio_postgres::Config>()
                .map_err(|e| UrlError::Postgres(e.to_string()))?;
            return Ok(DatabaseUrl::Postgres(text.to_owned()));
        }
        Err(UrlError::UnknownScheme)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres(text) => f.write_str(&without_password(text)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// The address without its password, which may stand before the `@` or among the parameters.
fn without_password(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else {
        return hide_by_hand(text);
    };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return hide_by_hand(text);
    }
    if url.query_pairs().any(|(name, _)| name == "password") {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut query = url.query_pairs_mut();
        query.clear();
        for (name, value) in &pairs {
            query.append_pair(name, if name == "password" { "***" } else { value });
        }
    }
    url.to_string()
}

/// For addresses that `url` cannot read (several hosts): only what stands after the last `@`
/// and before the parameters.
fn hide_by_hand(text: &str) -> String {
    let scheme = text.split("://").next().unwrap_or("postgres");
    let rest = text.rsplit('@').next().unwrap_or_default();
    let rest = rest.split('?').next().unwrap_or_default();
    let rest = rest.split("://").last().unwrap_or_default();
    format!("{scheme}://{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_never_shown() {
        for text in [
            "postgres://firm:s3cret@db.example/touchstone",
            "postgresql://firm:s3cret@a.example,b.example:5433/touchstone",
            "postgres://firm@db.example/touchstone?password=s3cret&connect_timeout=3",
            "postgres://firm:s3%40cret@db.example/touchstone",
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            for shown in [url.to_string(), format!("{url:?}")] {
                assert!(!shown.contains("cret"), "{shown}");
                assert!(shown.contains("touchstone"), "{shown}");
            }
        }
    }

    #[test]
    fn only_the_documented_forms_are_read() {
        assert_eq!(
            "sqlite:/var/a b.db".parse(),
            Ok(DatabaseUrl::Sqlite(PathBuf::from("/var/a b.db")))
        );
        assert_eq!(
            "sqlite:///var/a.db".parse(),
            Ok(DatabaseUrl::Sqlite(PathBuf::from("/var/a.db")))
        );
        assert_eq!("sqlite:".parse::<DatabaseUrl>(), Err(UrlError::NoPath));
        assert_eq!(
            "mysql://x".parse::<DatabaseUrl>(),
            Err(UrlError::UnknownScheme)
        );
        assert_eq!(
            "/var/a.db".parse::<DatabaseUrl>(),
            Err(UrlError::UnknownScheme)
        );
        assert!(matches!(
            "postgres://h/d?port=x".parse::<DatabaseUrl>(),
            Err(UrlError::Postgres(_))
        ));
    }
}
