//! Payment at a cashier: the page that a customer is sent to, and what is told of it afterwards.

mod demo;
mod pay;
mod receive;
mod webhook;

pub use demo::{DemoChoice, DemoPage};
pub use pay::{PayError, PaySession};
pub use receive::{PaymentAnswer, PaymentNotice, PaymentOutcome, PaymentWhat, ReceiveError};
pub(crate) use webhook::verify as verify_signature;
pub use webhook::{WebhookRefused, WebhookSecret, WebhookSignature};
