//! Prices in euros that a wallet in dollars has paid, in every state that money of two currencies can rest in.

use crate::world::World;
use touchstone_app::ports::Behaviour;
use touchstone_domain::ProgramId;
use touchstone_domain::purchase::Step;
use touchstone_store::repo;

const IN_EUROS: ProgramId = ProgramId(4);
const HOW: &str = r#"{"source":"fixed","rates":[{"base":"EUR","quote":"USD","rate":10852000000,"valid_from":0}],"max_age_days":null,"markup":50}"#;

impl World {
    pub async fn have_conversions(&mut self) {
        let brand = self.rival.brand_id;
        let set = self
            .app
            .store
            .write(move |tx| repo::brands::set_conversion(tx, brand, Some(HOW)));
        set.await.unwrap();
        for (name, plan) in [
            ("fx_active", None),
            ("fx_failed", Some((Step::Withdraw, Behaviour::Refuse))),
            ("fx_withdraw", Some((Step::Withdraw, Behaviour::LoseCall))),
            ("fx_refunded", Some((Step::OpenAccount, Behaviour::Refuse))),
            ("fx_back", None),
        ] {
            self.buy(name, IN_EUROS, plan.as_slice(), None).await;
        }
        self.give_back("fx_back").await;
    }
}
