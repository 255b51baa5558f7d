//! `GET /console/{file}`: what is told of any file. What the pages do is told in a browser.

use crate::support::TestServer;

#[tokio::test]
async fn the_root_leads_to_the_console() {
    let server = TestServer::new().await;
    for (from, status) in [("/", 307), ("/console", 308)] {
        let answer = server.get(from).await;
        assert_eq!(answer.status, status, "{from}");
        assert_eq!(answer.header("location"), Some("/console/"), "{from}");
    }
}

/// With and without a built console, and whatever page of it was asked for.
#[tokio::test]
async fn a_page_is_always_the_start_and_a_missing_file_is_none() {
    let server = TestServer::new().await;
    let expected = match touchstone_console::is_built() {
        true => 200,
        false => 503,
    };
    for page in [
        "/console/",
        "/console/challenges/12",
        "/console/staff/board",
    ] {
        let answer = server.get(page).await;
        assert_eq!(answer.status, expected, "{page}");
        assert!(answer.body.contains("<html"), "{page}");
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("text/html")
        );
    }
    for file in [
        "/console/assets/gone-1a2b.js",
        "/console/.gitignore",
        "/console/..%2fpackage.json",
        "/console/%ff",
        "/docs/%ff",
    ] {
        let answer = server.get(file).await;
        assert_eq!(answer.error(), (404, "not_found".into()), "{file}");
    }
}

#[tokio::test]
async fn no_page_may_run_or_ask_what_is_not_of_this_server() {
    let server = TestServer::new().await;
    let page = server.get("/console/").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    assert!(!page.body.contains("<script>"), "{}", page.body);
}
