use clap::Parser;
use rstest::rstest;

use super::*;
use touchstone_trading::{Action, GateRules};

#[derive(Debug, Parser)]
struct Flags {
    #[command(flatten)]
    layer: Layer,
}

const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn flags(args: &[&str]) -> Layer {
    let mut all = vec!["touchstone"];
    all.extend(args);
    Flags::try_parse_from(all).unwrap().layer
}

fn file(text: &str) -> Result<Layer, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("touchstone.toml");
    std::fs::write(&path, text).unwrap();
    Layer::read(&path)
}

/// What every server needs, so that a test can say only what it is about.
fn with_needs(text: &str) -> Layer {
    file(&format!(
        "database = \"sqlite:a.db\"\nmaster_secret = \"{SECRET}\"\n{text}"
    ))
    .unwrap()
}

fn shown(settings: &Settings, name: &str) -> (String, &'static str) {
    let found = settings
        .shown
        .iter()
        .find(|shown| shown.name == name)
        .unwrap();
    (found.value.clone(), found.set)
}

#[test]
fn a_flag_beats_the_file_and_the_file_beats_the_default() {
    let text = "rate_limit_per_minute = 7\naccess_token_seconds = 60";
    let settings =
        Settings::resolve(flags(&["--rate-limit-per-minute", "0"]), with_needs(text)).unwrap();
    assert_eq!(settings.rate_limit_per_minute, 0);
    assert_eq!(settings.app.access_token_seconds, 60);
    assert_eq!(settings.app.unpaid_after_seconds, 7 * 86_400);
    assert_eq!(
        shown(&settings, "rate_limit_per_minute"),
        ("0".to_owned(), "by flag or environment")
    );
    assert_eq!(
        shown(&settings, "access_token_seconds"),
        ("60".to_owned(), "in the file")
    );
    assert_eq!(
        shown(&settings, "unpaid_after_seconds"),
        ("604800".to_owned(), "by default")
    );
}

#[test]
fn links_lead_to_the_address_unless_something_else_is_said() {
    let settings =
        Settings::resolve(flags(&["--listen", "127.0.0.1:9000"]), with_needs("")).unwrap();
    assert_eq!(settings.app.public_url, "http://127.0.0.1:9000");
    let settings = Settings::resolve(
        flags(&[]),
        with_needs("public_url = \"https://prop.example.com\""),
    )
    .unwrap();
    assert_eq!(settings.app.public_url, "https://prop.example.com");
    let error = Settings::resolve(flags(&["--public-url", "ftp://a"]), with_needs("")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "public_url: http or https is wanted, and not ftp"
    );
}

#[test]
fn a_bridge_needs_its_secret() {
    let url = ["--remote-trading-url", "http://127.0.0.1:9/calls"];
    let error = Settings::resolve(flags(&url), with_needs(""))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("remote_trading_secret is not set"),
        "{error}"
    );
    let settings = Settings::resolve(
        flags(&url),
        with_needs("remote_trading_secret = \"hunter2\""),
    )
    .unwrap();
    assert_eq!(settings.bridge.unwrap().secret.expose_secret(), "hunter2");
    assert!(
        Settings::resolve(flags(&[]), with_needs(""))
            .unwrap()
            .bridge
            .is_none()
    );
}

#[test]
fn payment_providers_have_files_of_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank");
    let entry = format!("bank={}", path.display());
    let resolve =
        |entry: &str| Settings::resolve(flags(&["--payment-webhook-files", entry]), with_needs(""));

    std::fs::write(&path, "old-secret-of-bank\nnew-secret-of-bank\n").unwrap();
    let settings = resolve(&entry).unwrap();
    assert_eq!(settings.app.payment_webhooks["bank"].len(), 2);

    for (content, entry, problem) in [
        ("too short", entry.as_str(), "16 bytes or more"),
        ("", entry.as_str(), "needs a secret a line"),
        ("", "bank", "`bank` is not NAME=PATH"),
    ] {
        std::fs::write(&path, content).unwrap();
        let error = resolve(entry).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
    std::fs::write(&path, "old-secret-of-bank").unwrap();
    let error = resolve(&format!("{entry},{entry}"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("bank is named twice"), "{error}");
}

#[test]
fn what_is_done_with_odd_prices_can_be_set() {
    let args = [
        "--feed-stale",
        "flag",
        "--feed-far-off-bp",
        "50",
        "--feed-ahead-ms",
        "0",
    ];
    let text = "feed_stale = \"refuse\"\nfeed_out_of_order = \"flag\"";
    let settings = Settings::resolve(flags(&args), with_needs(text)).unwrap();
    let expected = GateRules {
        stale: Action::Flag,
        out_of_order: Action::Flag,
        far_off_bp: 50,
        ahead_ms: 0,
        ..GateRules::default()
    };
    assert_eq!(settings.app.desk.gate, expected);
    assert_eq!(
        shown(&settings, "feed_stale"),
        ("flag".to_owned(), "by flag or environment")
    );
    for (wrong, name) in [
        ("feed_far_off_bp = 0", "feed_far_off_bp"),
        ("feed_ahead_ms = -1", "feed_ahead_ms"),
        ("feed_stale_after_ms = 0", "feed_stale_after_ms"),
        (
            "feed_far_off_confirmed_ms = -1",
            "feed_far_off_confirmed_ms",
        ),
    ] {
        let error = Settings::resolve(flags(&[]), with_needs(wrong)).unwrap_err();
        assert!(error.to_string().starts_with(name), "{error}");
    }
    let error = file("feed_far_off = \"ignore\"").unwrap_err().to_string();
    assert!(error.contains("unknown variant `ignore`"), "{error}");
}

#[test]
fn feeds_have_files_of_secrets_and_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank");
    std::fs::write(&path, "a-long-secret-of-the-bank").unwrap();
    let resolve = |name: &str| {
        let entry = format!("{name}={}", path.display());
        Settings::resolve(flags(&["--feed-files", &entry]), with_needs(""))
    };
    assert_eq!(resolve("bank").unwrap().app.feeds["bank"].len(), 1);
    let error = resolve("demo").unwrap_err().to_string();
    assert!(
        error.starts_with("feed_files: `demo` is the name"),
        "{error}"
    );
}

#[test]
fn proxies_are_networks_or_addresses() {
    let settings = Settings::resolve(
        flags(&["--trusted-proxies", "10.0.0.0/8,192.0.2.7"]),
        with_needs(""),
    )
    .unwrap();
    assert_eq!(
        shown(&settings, "trusted_proxies").0,
        "10.0.0.0/8,192.0.2.7/32"
    );
    let settings = Settings::resolve(
        flags(&[]),
        with_needs("trusted_proxies = [\"2001:db8::/32\"]"),
    )
    .unwrap();
    assert_eq!(shown(&settings, "trusted_proxies").0, "2001:db8::/32");
    let error = file("trusted_proxies = [\"proxy\"]")
        .unwrap_err()
        .to_string();
    assert!(error.contains(":1: `proxy` is neither"), "{error}");
}

#[test]
fn webhooks_go_to_the_internet_and_to_networks_that_are_named() {
    let inside = "10.1.2.3".parse().unwrap();
    let settings = Settings::resolve(flags(&[]), with_needs("")).unwrap();
    assert!(!settings.app.webhook_guard.may_connect(inside));
    let named = flags(&["--webhook-allowed-networks", "10.1.0.0/16,192.0.2.7"]);
    let settings = Settings::resolve(named, with_needs("")).unwrap();
    assert!(settings.app.webhook_guard.may_connect(inside));
    assert_eq!(
        shown(&settings, "webhook_allowed_networks").0,
        "10.1.0.0/16,192.0.2.7/32"
    );
}

#[test]
fn pages_of_other_origins_are_named_one_by_one() {
    let settings = Settings::resolve(flags(&[]), with_needs("")).unwrap();
    assert_eq!(settings.allowed_origins, []);
    let (a, b) = ("https://a.example", "http://localhost:5173");
    let twice = flags(&["--cors-origin", a, "--cors-origin", b]);
    let settings = Settings::resolve(twice, with_needs("")).unwrap();
    assert_eq!(shown(&settings, "cors_origin").0, format!("{a},{b}"));
    let text = format!("cors_origin = [\"{a}\", \"{b}\"]");
    let settings = Settings::resolve(flags(&[]), with_needs(&text)).unwrap();
    assert_eq!(shown(&settings, "cors_origin").0, format!("{a},{b}"));

    let error = file("cors_origin = [\"https://a.example/app\"]")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(":1: `https://a.example/app` is no"),
        "{error}"
    );
    let error = Flags::try_parse_from(["touchstone", "--cors-origin", "*"])
        .unwrap_err()
        .to_string();
    assert!(error.contains("`*` is no origin"), "{error}");
}

#[rstest]
#[case::a_typo(
    "listen = \"127.0.0.1:1\"\n\nlisten_on = 5",
    3,
    "unknown field `listen_on`"
)]
#[case::a_wrong_kind("\nrate_limit_per_minute = \"many\"", 2, "invalid type")]
#[case::a_negative_number("rate_limit_per_minute = -1", 1, "invalid value")]
#[case::no_toml("listen = ", 1, "")]
fn the_file_is_refused_with_its_line(
    #[case] text: &str,
    #[case] line: usize,
    #[case] message: &str,
) {
    let error = file(text).unwrap_err().to_string();
    assert!(
        error.contains(&format!("touchstone.toml:{line}: ")),
        "{error}"
    );
    assert!(error.contains(message), "{error}");
}

#[test]
fn a_secret_in_a_misspelt_line_is_not_repeated() {
    let error = file(&format!("master_secrte = \"{SECRET}\""))
        .unwrap_err()
        .to_string();
    assert!(error.contains("unknown field `master_secrte`"), "{error}");
    assert!(!error.contains(SECRET), "{error}");
}

#[rstest]
#[case(&[], "", "database is not set; use --database, TOUCHSTONE_DATABASE, or database in the file")]
#[case(&["--database", "sqlite:a.db"], "", "master_secret is not set; use --master-secret, TOUCHSTONE_MASTER_SECRET")]
#[case(&["--database", "mysql://user:hunter2@h/d"], "", "database: a database is named by sqlite:PATH")]
#[case(&["--database", "sqlite:a.db", "--master-secret", "short-hunter2"], "", "master_secret: 64 hexadecimal digits")]
#[case(&["--database", "sqlite:a.db", "--database-file", "b"], "", "database and database_file are both set by flag or environment")]
#[case(&[], "database = \"sqlite:a.db\"\ndatabase_file = \"b\"", "database and database_file are both set in the file")]
fn what_is_missing_or_wrong_is_named(
    #[case] args: &[&str],
    #[case] text: &str,
    #[case] expected: &str,
) {
    let error = Settings::resolve(flags(args), file(text).unwrap())
        .unwrap_err()
        .to_string();
    assert!(error.starts_with(expected), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn numbers_have_a_least_value_wherever_they_come_from() {
    let error = Settings::resolve(flags(&[]), with_needs("connections_max = 0")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "connections_max: 0 is too small, at least 1 is wanted"
    );
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, format!("{SECRET}\n")).unwrap();
    let path = path.to_str().unwrap();
    // The flag's layer hides the other way of saying it in the file's.
    let settings = Settings::resolve(
        flags(&["--master-secret-file", path]),
        file("database = \"postgres://u:hunter2@h/d\"\nmaster_secret = \"00\"").unwrap(),
    )
    .unwrap();
    assert_eq!(settings.master_secret.expose_secret()[..3], [0, 1, 2]);
    let all = format!("{:?} {settings:?}", settings.shown);
    assert!(
        !all.contains("hunter2") && !all.contains(&SECRET[..8]),
        "{all}"
    );
    assert_eq!(
        shown(&settings, "database"),
        ("(hidden)".to_owned(), "in the file")
    );
}

#[test]
fn every_setting_of_the_layer_is_shown() {
    let settings = Settings::resolve(flags(&[]), with_needs("")).unwrap();
    let flags = <Flags as clap::CommandFactory>::command();
    for argument in flags.get_arguments() {
        let name = argument.get_id().as_str().trim_end_matches("_file");
        assert!(
            settings.shown.iter().any(|shown| shown.name == name),
            "{name} is not shown"
        );
        let variable = argument.get_env().unwrap().to_str().unwrap();
        assert_eq!(
            variable,
            format!("TOUCHSTONE_{}", argument.get_id().as_str().to_uppercase())
        );
    }
}

const PAGE_HEAD: &str = "\
# Settings of `touchstone serve`

Each setting has one name: `--listen`, `TOUCHSTONE_LISTEN` and `listen = \"...\"` in the TOML file of `--config` are the same. Flags beat the environment, the environment beats the file, the file beats the default. A list has commas in a flag and in the environment, and is `[\"...\", \"...\"]` in the file. An unknown name is refused, in the file with its line. A secret can stand in a file of its own, named by the setting that ends with `_file`; secrets are never shown. At the start every setting is logged with where its value comes from. Made from the code by a test: `UPDATE_TABLES=1 cargo test -p touchstone-cli` writes it anew.

| In the file | Value | Meaning |
|---|---|---|
";

#[test]
fn the_page_of_settings_is_that_of_the_code() {
    let mut page = PAGE_HEAD.to_owned();
    for argument in <Flags as clap::CommandFactory>::command().get_arguments() {
        let name = argument.get_id();
        let value = argument
            .get_value_names()
            .map_or("", |names| names[0].as_str());
        let help = argument.get_help().unwrap().to_string();
        page.push_str(&format!("| `{name}` | {value} | {help} |\n"));
    }
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == page,
        "docs/settings.md differs from the code (UPDATE_TABLES=1 rewrites it)"
    );
}
