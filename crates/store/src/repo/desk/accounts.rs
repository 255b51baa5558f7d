//! Accounts that are traded and judged.

use super::super::purchases::{addon_codes, all_addon_codes};
use super::super::{currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::{
    BrandId, ChallengeId, CustomerId, Group, GroupId, Login, PhaseId, ProgramId, ProgramVersionId,
    PurchaseId, UnixMicros,
};

/// How the desk left an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub login: Login,
    pub challenge_id: ChallengeId,
    pub phase_id: PhaseId,
    pub version: i64,
    pub as_of_seq: i64,
    pub last_event_no: i64,
    pub winding_up: bool,
    pub open_positions: i64,
    pub margin_called: bool,
    pub body: String,
}

/// An account of a challenge that runs, or one that could not be closed whole yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub login: Login,
    pub balance_minor: i64,
    pub leverage: i64,
    pub group: Group,
    pub challenge: Challenge,
    pub phase: Phase,
    pub purchased_at: UnixMicros,
    /// Codes of the add-ons that were bought with it, and those that were bought later.
    pub addon_codes: Vec<String>,
    /// How many of these its phase began with.
    pub first_addons: usize,
    /// `None` before its first deal.
    pub saved: Option<Saved>,
}

/// What the desk needs of an account that runs, in little: a start may read a million of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub login: Login,
    pub balance_minor: i64,
    pub leverage: i64,
    pub group_id: GroupId,
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
    pub challenge_id: ChallengeId,
    pub version_id: ProgramVersionId,
    pub phase_id: PhaseId,
    pub phase_index: i64,
    pub initial_balance_minor: i64,
    pub started_at: UnixMicros,
    pub purchased_at: UnixMicros,
    /// Codes of the add-ons that were bought with the challenge, and those that were bought later.
    pub addon_codes: Vec<String>,
    /// `None` before its first deal.
    pub saved: Option<SavedAs>,
}

/// What of [`Saved`] is beside its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedAs {
    pub version: i64,
    pub as_of_seq: i64,
    pub last_event_no: i64,
}

impl Live {
    /// The add-ons that it was judged with when its rules had changed so often.
    pub fn addons_after(&self, changes: u32) -> &[String] {
        let changes = usize::try_from(changes).unwrap_or(usize::MAX);
        let known = self.first_addons.saturating_add(changes);
        &self.addon_codes[..known.min(self.addon_codes.len())]
    }

    pub fn running(&self) -> Running {
        Running {
            login: self.login,
            balance_minor: self.balance_minor,
            leverage: self.leverage,
            group_id: self.group.id,
            brand_id: self.challenge.brand_id,
            customer_id: self.challenge.customer_id,
            challenge_id: self.challenge.id,
            version_id: self.challenge.version_id,
            phase_id: self.phase.id,
            phase_index: self.phase.phase_index,
            initial_balance_minor: self.phase.initial_balance_minor,
            started_at: self.phase.started_at,
            purchased_at: self.purchased_at,
            addon_codes: self.addon_codes.clone(),
            saved: self.saved.as_ref().map(|saved| SavedAs {
                version: saved.version,
                as_of_seq: saved.as_of_seq,
                last_event_no: saved.last_event_no,
            }),
        }
    }
}

fn saved(row: &Row<'_>, from: usize) -> Result<Option<Saved>, StoreError> {
    let Some(login) = row.opt_int(from)? else {
        return Ok(None);
    };
    Ok(Some(Saved {
        login: Login(login),
        challenge_id: ChallengeId(row.int(from + 1)?),
        phase_id: PhaseId(row.int(from + 2)?),
        version: row.int(from + 3)?,
        as_of_seq: row.int(from + 4)?,
        last_event_no: row.int(from + 5)?,
        winding_up: row.bool(from + 6)?,
        open_positions: row.int(from + 7)?,
        margin_called: row.bool(from + 8)?,
        body: row.string(from + 9)?,
    }))
}

fn live(row: &Row<'_>) -> Result<Live, StoreError> {
    let state = |code| known(ChallengeState::from_code(code), 0, "a state of a challenge");
    Ok(Live {
        login: Login(row.int(0)?),
        balance_minor: row.int(1)?,
        leverage: row.int(2)?,
        group: Group {
            id: GroupId(row.int(3)?),
            brand_id: BrandId(row.int(4)?),
            name: row.string(5)?,
            mode: known(
                touchstone_domain::AccountMode::from_code(row.int(6)?),
                6,
                "a mode of a group",
            )?,
            currency: currency(row.text(7)?, 7)?,
            leverage: row.int(8)?,
            default_deposit_minor: row.int(9)?,
            enabled: row.bool(10)?,
            public_opening: row.bool(11)?,
            max_positions: row.int(12)?,
        },
        challenge: Challenge {
            id: ChallengeId(row.int(13)?),
            brand_id: BrandId(row.int(14)?),
            purchase_id: PurchaseId(row.int(15)?),
            customer_id: CustomerId(row.int(16)?),
            program_id: ProgramId(row.int(17)?),
            version_id: ProgramVersionId(row.int(18)?),
            state: state(row.int(19)?)?,
            current_phase_index: row.int(20)?,
            account_login: Login(row.int(21)?),
            started_at: row.opt_int(22)?.map(UnixMicros),
            ended_at: row.opt_int(23)?.map(UnixMicros),
            created_at: UnixMicros(row.int(24)?),
            updated_at: UnixMicros(row.int(25)?),
        },
        phase: Phase {
            id: PhaseId(row.int(26)?),
            challenge_id: ChallengeId(row.int(13)?),
            purchased_at: row.opt_int(47)?.map(UnixMicros),
            phase_index: row.int(27)?,
            account_login: Login(row.int(0)?),
            state: state(row.int(28)?)?,
            initial_balance_minor: row.int(29)?,
            grown_minor: row.int(51)?,
            final_balance_minor: row.opt_int(45)?,
            final_equity_minor: row.opt_int(46)?,
            started_at: UnixMicros(row.int(30)?),
            ended_at: row.opt_int(31)?.map(UnixMicros),
            created_at: UnixMicros(row.int(32)?),
            updated_at: UnixMicros(row.int(33)?),
        },
        purchased_at: UnixMicros(row.opt_int(47)?.unwrap_or(row.int(34)?)),
        addon_codes: all_addon_codes(row, 48)?,
        first_addons: {
            let late = usize::try_from(row.int(50)?).unwrap_or(0);
            addon_codes(row, 48)?.len() + late
        },
        saved: saved(row, 35)?,
    })
}

macro_rules! live_sql {
    ($from:literal) => {
        concat!(
            "SELECT a.login, a.balance_minor, a.leverage,
                g.id, g.brand_id, g.name, g.mode, g.currency, g.leverage, g.default_deposit_minor, g.enabled,
                g.public_opening, g.max_positions,
                c.id, c.brand_id, c.purchase_id, c.customer_id, c.program_id, c.version_id, c.state,
                c.current_phase_index, c.account_login, c.started_at, c.ended_at, c.created_at, c.updated_at,
                f.id, f.phase_index, f.state, f.initial_balance_minor, f.started_at, f.ended_at, f.created_at,
                f.updated_at, p.created_at,
                d.login, d.challenge_id, d.phase_id, d.version, d.as_of_seq, d.last_event_no, d.winding_up,
                d.open_positions, d.margin_called, d.body, f.final_balance_minor, f.final_equity_minor, f.purchased_at,
                p.addon_codes, p.late_addon_codes, f.late_addons, f.grown_minor ",
            $from
        )
    };
}

/// Running challenges with a key above `after`, in order.
pub fn live_after(
    tx: &mut Tx<'_>,
    after: ChallengeId,
    limit: i64,
) -> Result<Vec<Live>, StoreError> {
    tx.query(
        live_sql!(
            "FROM challenge c JOIN account a ON a.login = c.account_login
             JOIN account_group g ON g.id = a.group_id
             JOIN phase f ON f.challenge_id = c.id AND f.account_login = c.account_login
             JOIN purchase p ON p.id = c.purchase_id
             LEFT JOIN desk_account d ON d.login = a.login
             WHERE c.state = 1 AND f.state = 1 AND a.enabled = 1 AND c.id > $1 ORDER BY c.id LIMIT $2"
        ),
        params![after.0, limit],
        live,
    )
}

/// The keys of running challenges, in order.
pub fn running_keys(tx: &mut Tx<'_>) -> Result<Vec<ChallengeId>, StoreError> {
    tx.query(
        "SELECT id FROM challenge WHERE state = 1 ORDER BY id",
        params![],
        |row| Ok(ChallengeId(row.int(0)?)),
    )
}

/// Running challenges with keys from `first` to `last`, in order: what `each` makes of them, and of what the desk has
/// written about their accounts.
pub fn running<R>(
    tx: &mut Tx<'_>,
    first: ChallengeId,
    last: ChallengeId,
    mut each: impl FnMut(Running, Option<&str>) -> R,
) -> Result<Vec<R>, StoreError> {
    tx.query(
        "SELECT a.login, a.balance_minor, a.leverage, a.group_id, c.brand_id, c.customer_id, c.id, c.version_id,
                f.id, f.phase_index, f.initial_balance_minor, f.started_at, COALESCE(f.purchased_at, p.created_at),
                d.version, d.as_of_seq, d.last_event_no, d.body, p.addon_codes, p.late_addon_codes
         FROM challenge c JOIN account a ON a.login = c.account_login
         JOIN phase f ON f.challenge_id = c.id AND f.account_login = c.account_login
         JOIN purchase p ON p.id = c.purchase_id
         LEFT JOIN desk_account d ON d.login = a.login
         WHERE c.state = 1 AND f.state = 1 AND a.enabled = 1 AND c.id >= $1 AND c.id <= $2 ORDER BY c.id",
        params![first.0, last.0],
        |row| {
            let saved = match row.opt_int(13)? {
                None => None,
                Some(version) => Some(SavedAs {
                    version,
                    as_of_seq: row.int(14)?,
                    last_event_no: row.int(15)?,
                }),
            };
            let running = Running {
                login: Login(row.int(0)?),
                balance_minor: row.int(1)?,
                leverage: row.int(2)?,
                group_id: GroupId(row.int(3)?),
                brand_id: BrandId(row.int(4)?),
                customer_id: CustomerId(row.int(5)?),
                challenge_id: ChallengeId(row.int(6)?),
                version_id: ProgramVersionId(row.int(7)?),
                phase_id: PhaseId(row.int(8)?),
                phase_index: row.int(9)?,
                initial_balance_minor: row.int(10)?,
                started_at: UnixMicros(row.int(11)?),
                purchased_at: UnixMicros(row.int(12)?),
                addon_codes: all_addon_codes(row, 17)?,
                saved,
            };
            Ok(each(running, row.opt_text(16)?))
        },
    )
}

/// Accounts of phases that are over, with positions that could not be closed yet.
pub fn winding_up(tx: &mut Tx<'_>) -> Result<Vec<Live>, StoreError> {
    tx.query(
        live_sql!(
            "FROM desk_account d JOIN account a ON a.login = d.login
             JOIN account_group g ON g.id = a.group_id
             JOIN challenge c ON c.id = d.challenge_id
             JOIN phase f ON f.challenge_id = c.id AND f.id = d.phase_id
             JOIN purchase p ON p.id = c.purchase_id
             WHERE d.winding_up = 1 ORDER BY d.login"
        ),
        params![],
        live,
    )
}

/// One account of a challenge with its newest phase, whatever its state.
pub fn of_login(tx: &mut Tx<'_>, login: Login) -> Result<Option<Live>, StoreError> {
    let found = tx.query(
        live_sql!(
            "FROM account a JOIN purchase p ON p.customer_id = a.customer_id
             JOIN challenge c ON c.id = p.challenge_id
             JOIN phase f ON f.challenge_id = c.id AND f.account_login = a.login
             JOIN account_group g ON g.id = a.group_id
             LEFT JOIN desk_account d ON d.login = a.login
             WHERE a.login = $1 ORDER BY f.ordinal DESC"
        ),
        params![login.0],
        live,
    )?;
    Ok(found.into_iter().next())
}

/// How the desk left an account; `None` before its first deal.
pub fn saved_of(tx: &mut Tx<'_>, login: Login) -> Result<Option<Saved>, StoreError> {
    let found = tx.query_opt(
        "SELECT login, challenge_id, phase_id, version, as_of_seq, last_event_no, winding_up,
                open_positions, margin_called, body
         FROM desk_account WHERE login = $1",
        params![login.0],
        |row| saved(row, 0),
    )?;
    Ok(found.flatten())
}

/// Accounts of a customer's challenges that run; no more than two of them.
pub fn running_of(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<Login>, StoreError> {
    tx.query(
        "SELECT c.account_login FROM purchase p JOIN challenge c ON c.id = p.challenge_id
         WHERE p.customer_id = $1 AND c.state = 1 ORDER BY c.account_login LIMIT 2",
        params![customer.0],
        |row| Ok(Login(row.int(0)?)),
    )
}

/// `false` when another version is stored than the one before this.
pub fn save(tx: &mut Tx<'_>, s: &Saved) -> Result<bool, StoreError> {
    if s.version == 1 {
        let inserted = tx.execute(
            "INSERT INTO desk_account (login, challenge_id, phase_id, version, as_of_seq, last_event_no, winding_up,
                    open_positions, margin_called, body)
             VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9) ON CONFLICT (login) DO NOTHING",
            params![
                s.login.0,
                s.challenge_id.0,
                s.phase_id.0,
                s.as_of_seq,
                s.last_event_no,
                s.winding_up,
                s.open_positions,
                s.margin_called,
                &s.body
            ],
        )?;
        return Ok(inserted == 1);
    }
    let changed = tx.execute(
        "UPDATE desk_account SET phase_id = $3, version = $4, as_of_seq = $5, last_event_no = $6, winding_up = $7,
                open_positions = $8, margin_called = $9, body = $10
         WHERE login = $1 AND challenge_id = $2 AND version = $4 - 1",
        params![
            s.login.0,
            s.challenge_id.0,
            s.phase_id.0,
            s.version,
            s.as_of_seq,
            s.last_event_no,
            s.winding_up,
            s.open_positions,
            s.margin_called,
            &s.body
        ],
    )?;
    Ok(changed == 1)
}
