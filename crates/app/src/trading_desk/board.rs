//! All accounts of a brand that run, those first that are closest to a floor.

use super::TradeError;
use crate::App;
use crate::desk::{BoardAsk, BoardRow, BoardSums};
use crate::identity::{StaffCaller, require_live_staff};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::access::Permission;
use touchstone_domain::program::ProgramVersion;
use touchstone_domain::{ProgramId, ProgramVersionId, UnixMicros};
use touchstone_store::repo::board::{self, Filter, Told};
use touchstone_store::{StoreError, Tx, repo};

#[derive(Clone, Debug, Default)]
pub struct BoardFilter {
    pub template: Option<ProgramId>,
    /// Part of the customer's name or address, or the login of the account.
    pub text: Option<String>,
    pub has_open_positions: Option<bool>,
    /// At most so much is left of what the nearest floor lets it lose, in ten-thousandths of a percent.
    pub near: Option<i64>,
}

/// An account with whose it is and what for.
#[derive(Clone, Debug)]
pub struct BoardLine {
    pub row: BoardRow,
    pub told: Told,
    pub version: Arc<ProgramVersion>,
}

#[derive(Clone, Debug)]
pub struct BoardPage {
    pub lines: Vec<BoardLine>,
    /// How many there are on all pages.
    pub total: usize,
    pub sums: BoardSums,
    pub at: UnixMicros,
}

impl BoardLine {
    /// Name of the phase.
    pub fn phase(&self) -> &str {
        let index = usize::try_from(self.row.owner.phase_index - 1).ok();
        let step = index.and_then(|index| self.version.terms.steps.get(index));
        step.map_or("", |step| step.name.as_str())
    }
}

impl App {
    /// # Errors
    /// The session's, the desk's and the store's.
    pub async fn board(
        &self,
        caller: StaffCaller,
        filter: BoardFilter,
        limit: usize,
        offset: usize,
    ) -> Result<BoardPage, TradeError> {
        let now = self.now();
        let brand_id = caller.brand_id;
        let asked = filter.clone();
        let logins = self
            .store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewAccounts, now)?;
                let wanted = Filter {
                    program: asked.template,
                    owner: pass.owner(),
                    text: asked.text.clone(),
                };
                let logins = match wanted.is_open() {
                    true => None,
                    false => Some(board::logins(tx, brand_id, &wanted)?),
                };
                Ok::<_, TradeError>(logins)
            })
            .await?;
        let ask = BoardAsk {
            brand_id,
            logins,
            has_open_positions: filter.has_open_positions,
            near: filter.near,
            limit,
            offset,
        };
        let view = self.desk.board(ask).await?;
        let rows = view.rows;
        let lines = self.store.read(move |tx| lines(tx, &rows)).await?;
        Ok(BoardPage {
            lines,
            total: view.total,
            sums: view.sums,
            at: view.at,
        })
    }
}

/// Each version is read once.
fn lines(tx: &mut Tx<'_>, rows: &[BoardRow]) -> Result<Vec<BoardLine>, StoreError> {
    let mut versions: BTreeMap<ProgramVersionId, Arc<ProgramVersion>> = BTreeMap::new();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(told) = board::told(tx, row.owner.challenge_id, row.login)? else {
            continue;
        };
        let version = match versions.get(&told.version_id) {
            Some(version) => Arc::clone(version),
            None => {
                let Some(version) = repo::programs::version(tx, told.version_id)? else {
                    continue;
                };
                let version = Arc::new(version);
                versions.insert(told.version_id, Arc::clone(&version));
                version
            }
        };
        lines.push(BoardLine {
            row: row.clone(),
            told,
            version,
        });
    }
    Ok(lines)
}
