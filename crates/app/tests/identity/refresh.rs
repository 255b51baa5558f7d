//! Refresh tokens: single use, and what a thief or a guesser can do with old ones.

use crate::support::{World, world};
use std::sync::Arc;
use touchstone_app::identity::{SessionError, Tokens};
use touchstone_store::testing::databases;

fn text(tokens: &Tokens) -> &str {
    tokens.refresh_token.as_deref().expect("a refresh token")
}

impl World {
    async fn refresh(&self, token: &str) -> Result<Tokens, SessionError> {
        self.app.refresh(token).await
    }

    async fn assert_refused(&self, token: &str) {
        let refused = self.refresh(token).await;
        assert!(matches!(refused, Err(SessionError::Ended)), "{token}");
    }
}

/// The same token with another generation, or with some of its secret changed.
fn forgeries(token: &str) -> Vec<String> {
    let parts: Vec<&str> = token.split('.').collect();
    let (session, generation, secret) = (parts[0], parts[1], parts[2]);
    let (nonce, seal) = secret.split_at(64);
    let flipped = |text: &str| {
        let last = if text.ends_with('0') { "1" } else { "0" };
        format!("{}{last}", &text[..text.len() - 1])
    };
    vec![
        format!("{session}.{generation}.x"),
        format!("{session}.{generation}."),
        format!("{session}.{generation}.{nonce}"),
        format!("{session}.{generation}.{nonce}{}", flipped(seal)),
        format!("{session}.{generation}.{}{seal}", flipped(nonce)),
        format!("{session}.{generation}.{secret}0"),
        format!("{session}.{generation}.{}", "é".repeat(64)),
        format!("{session}.-1.{secret}"),
        format!("{session}.-9223372036854775808.{secret}"),
        format!("{session}.1.{secret}"),
        format!("{session}.9223372036854775807.{secret}"),
    ]
}

#[tokio::test]
async fn a_forged_old_token_changes_nothing() {
    for database in databases() {
        let w = world(&database).await;
        let first = w.sign_in().await;
        let second = w.refresh(text(&first)).await.expect("tokens");
        let third = w.refresh(text(&second)).await.expect("tokens");
        for forged in forgeries(text(&first)) {
            w.assert_refused(&forged).await;
        }
        // A genuine token of another session, under this one's number.
        let other = w.sign_in().await;
        let (_, rest) = text(&other).split_once('.').expect("a token");
        w.assert_refused(&format!("{}.{rest}", third.session_id))
            .await;
        assert!(!w.is_revoked(third.session_id).await);
        assert_eq!(w.audit().await, [""; 0]);
        w.refresh(text(&third)).await.expect("the session lives");
    }
}

#[tokio::test]
async fn any_old_token_that_comes_again_ends_the_session() {
    for database in databases() {
        let w = world(&database).await;
        for back in [1, 2, 3] {
            let mut tokens = vec![w.sign_in().await];
            for turn in 0..3 {
                let next = w.refresh(text(&tokens[turn])).await.expect("tokens");
                tokens.push(next);
            }
            w.assert_refused(text(&tokens[3 - back])).await;
            assert!(w.is_revoked(tokens[3].session_id).await);
            w.assert_refused(text(&tokens[3])).await;
            let ended = format!("system 0 session.reuse session {}", tokens[3].session_id);
            assert_eq!(w.audit().await.last(), Some(&ended));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_refresh_at_once_one_gets_tokens_and_the_session_ends() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let first = w.sign_in().await;
        let tasks: Vec<_> = (0..2)
            .map(|_| {
                let (w, token) = (w.clone(), text(&first).to_owned());
                tokio::spawn(async move { w.refresh(&token).await.is_ok() })
            })
            .collect();
        let mut good = 0;
        for task in tasks {
            good += usize::from(task.await.expect("an answer"));
        }
        assert_eq!(good, 1);
        assert!(w.is_revoked(first.session_id).await);
    }
}
