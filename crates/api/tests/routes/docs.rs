use crate::support::TestServer;

#[tokio::test]
async fn the_page_and_all_it_loads_come_from_this_server() {
    let server = TestServer::new().await;
    let redirect = server.get("/docs").await;
    assert_eq!(redirect.status, 308);
    assert_eq!(redirect.header("location"), Some("/docs/"));

    let page = server.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert!(
        !page.body.contains("//"),
        "the page names another server: {}",
        page.body
    );
    let loaded: Vec<&str> = page
        .body
        .split('"')
        .filter(|text| {
            [".js", ".css", ".png"]
                .iter()
                .any(|ending| text.ends_with(ending))
        })
        .map(|text| text.trim_start_matches("./"))
        .collect();
    assert!(loaded.len() >= 5, "{loaded:?}");
    for file in loaded {
        assert_eq!(
            server.get(&format!("/docs/{file}")).await.status,
            200,
            "{file}"
        );
    }
}

#[tokio::test]
async fn the_policy_lets_the_page_work_and_nothing_else() {
    let server = TestServer::new().await;
    let page = server.get("/docs/").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    // With this policy an inline script would not run.
    for script in page.body.split("<script").skip(1) {
        let text = script.split('>').nth(1).unwrap_or_default();
        assert!(
            text.trim_end_matches("</script").trim().is_empty(),
            "{script}"
        );
    }
}

#[tokio::test]
async fn the_page_reads_our_document_and_asks_no_validator() {
    let server = TestServer::new().await;
    let script = server.get("/docs/swagger-initializer.js").await;
    assert!(script.body.contains("/openapi.json"), "{}", script.body);
    assert!(
        script.body.contains(r#""validatorUrl": "none""#),
        "{}",
        script.body
    );
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_found() {
    let server = TestServer::new().await;
    let answer = server.get("/docs/passwords.txt").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"], "not_found");
}
