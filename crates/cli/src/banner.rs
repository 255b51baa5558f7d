//! What a demo says when it is ready: where it is, who can sign in, and a purchase to paste.

use std::{net::SocketAddr, path::Path};

use touchstone_app::{
    App,
    demo::{SCRIPTED, Show},
    firm::demo,
};

pub fn print(app: &App, address: SocketAddr, folder: &Path, has_manual_clock: bool, show: Show) {
    let url = format!("http://{address}");
    let folder = folder.display();
    println!("Touchstone serves the demo firm on {url}");
    match touchstone_api::has_console() {
        true => println!("  console      {url}/"),
        false => println!("  console      not built: it needs Node.js, see console/README.md"),
    }
    println!("  API docs     {url}/docs");
    for (who, email, password) in demo::LOGINS {
        println!("  {who:<12} {email}  {password}");
    }
    for (number, uuid, what) in demo::templates(&app.public_ids) {
        println!("  template     {uuid}  program {number}: {what}");
    }
    match show.seed {
        Some(seed) => println!("  prices       a simulated market, seed {seed}"),
        None => println!("  prices       none but those of feeds"),
    }
    if show.has_traders {
        println!("  scripted     within two minutes, with prices of DEMOWAVE:");
        for scripted in SCRIPTED {
            let (email, password, ends) = (scripted.email, scripted.password, scripted.ends);
            println!("    {email}  {password}  {ends}");
        }
    }
    if has_manual_clock {
        println!(
            "  clock        stands still; POST {url}/demo/clock/advance {{\"seconds\":86400}}"
        );
    }
    println!("  data         {folder} (mail goes to {folder}/mail; delete it to begin anew)");
    println!("  proof        touchstone check --data {folder}");
    println!("  stop         Ctrl-C");
    println!(
        "\nA first purchase, to paste into another terminal:\n{}",
        purchase(&url)
    );
}

/// Signs in and sends the request of the document.
fn purchase(url: &str) -> String {
    let (_, email, password) = demo::LOGINS[1];
    format!(
        r#"
TOKEN=$(curl -s {url}/customer/auth/login -H 'Content-Type: application/json' \
  -d '{{"email":"{email}","password":"{password}"}}' | sed 's/.*"__token":"\([^"]*\)".*/\1/')
curl -s {url}/prop/challenge/buy -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
  -d '{{"program_id":1,"payer_login":100001,"idempotency_key":"3c68d3bf-d42c-4a6d-9a4c-80d5c3439f44"}}'
"#
    )
}
