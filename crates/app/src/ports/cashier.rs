//! Where customers pay. A cashier shows a page; what was paid is told by a payment event.

use touchstone_domain::Money;
use url::Url;
use uuid::Uuid;

/// What a customer has to pay.
#[derive(Clone, PartialEq, Eq)]
pub struct Invoice {
    pub transaction: Uuid,
    /// What is still missing.
    pub amount: Money,
    /// Opens the page of the built-in cashier, and nothing else.
    pub token: String,
}

impl std::fmt::Debug for Invoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invoice")
            .field("transaction", &self.transaction)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

pub trait Cashier: Send + Sync {
    /// Stamped on the transactions that it is opened for.
    fn id(&self) -> &str;

    /// Where the customer is sent.
    fn page(&self, invoice: &Invoice) -> Url;

    /// Whether we show the page ourselves, so that its token has to be known to us.
    fn is_built_in(&self) -> bool;
}

/// The built-in cashier: a page with Pay and Decline, and no money behind it.
#[derive(Clone, Debug)]
pub struct DemoCashier {
    public_url: Url,
}

impl DemoCashier {
    pub const ID: &str = "demo";

    /// `public_url` is where this server is reached, as `https://prop.example.com`.
    pub const fn new(public_url: Url) -> Self {
        Self { public_url }
    }
}

impl Cashier for DemoCashier {
    fn id(&self) -> &str {
        Self::ID
    }

    fn page(&self, invoice: &Invoice) -> Url {
        let mut url = self.public_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("cashier").push(&invoice.token);
        }
        url
    }

    fn is_built_in(&self) -> bool {
        true
    }
}

/// The payment page of a provider, which tells what was paid through the signed webhook.
#[derive(Clone, Debug)]
pub struct HostedCashier {
    id: String,
    page: Url,
}

impl HostedCashier {
    /// `page` gets `transaction_id`, `amount` and `currency` as query parameters.
    pub const fn new(id: String, page: Url) -> Self {
        Self { id, page }
    }
}

impl Cashier for HostedCashier {
    fn id(&self) -> &str {
        &self.id
    }

    fn page(&self, invoice: &Invoice) -> Url {
        let mut url = self.page.clone();
        url.query_pairs_mut()
            .append_pair("transaction_id", &invoice.transaction.to_string())
            .append_pair("amount", &invoice.amount.fixed())
            .append_pair("currency", invoice.amount.currency.code());
        url
    }

    fn is_built_in(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchstone_domain::Currency;

    fn page(cashier: &dyn Cashier) -> String {
        let invoice = Invoice {
            transaction: Uuid::nil(),
            amount: Money::new(49_900, Currency::USD),
            token: "t0ken".into(),
        };
        cashier.page(&invoice).into()
    }

    #[test]
    fn each_cashier_sends_to_its_own_page() {
        for (public, expected) in [
            (
                "https://prop.example.com",
                "https://prop.example.com/cashier/t0ken",
            ),
            (
                "https://example.com/prop/",
                "https://example.com/prop/cashier/t0ken",
            ),
        ] {
            let demo = DemoCashier::new(public.parse().unwrap());
            assert_eq!(page(&demo), expected);
        }
        let hosted = HostedCashier::new(
            "bank".into(),
            "https://pay.example.com/checkout?shop=7".parse().unwrap(),
        );
        assert_eq!(
            page(&hosted),
            "https://pay.example.com/checkout?shop=7&transaction_id=00000000-0000-0000-0000-000000000000\
             &amount=499.00&currency=USD"
        );
    }
}
