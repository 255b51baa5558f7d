//! Who of the firm may do what, and with whose things.

/// A closed list of names with one spelling each.
macro_rules! permissions {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        /// One kind of thing that staff do. Every operation of staff names the one that it needs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $($(#[$meta])* $variant,)+
        }

        impl Permission {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

permissions! {
    ViewCustomers = "view_customers",
    AssignCustomer = "assign_customer",
    SetKyc = "set_kyc",
    ResetCustomerTotp = "reset_customer_totp",
    ExportCustomer = "export_customer",
    EraseCustomer = "erase_customer",
    EndSession = "end_session",
    ViewJourneys = "view_journeys",
    GrantJourney = "grant_journey",
    ResetJourney = "reset_journey",
    CancelJourney = "cancel_journey",
    ViewAccounts = "view_accounts",
    SetAnchor = "set_anchor",
    ViewBreaches = "view_breaches",
    ReviewBreach = "review_breach",
    ViewTransactions = "view_transactions",
    DecideTransaction = "decide_transaction",
    MakeTransaction = "make_transaction",
    RefundFee = "refund_fee",
    ChargeBackFee = "charge_back_fee",
    ViewPayouts = "view_payouts",
    ApprovePayout = "approve_payout",
    RejectPayout = "reject_payout",
    DisbursePayout = "disburse_payout",
    ViewAttention = "view_attention",
    ResolveAttention = "resolve_attention",
    ViewPrograms = "view_programs",
    EditPrograms = "edit_programs",
    SimulatePrograms = "simulate_programs",
    ViewPromotions = "view_promotions",
    EditPromotions = "edit_promotions",
    ViewNews = "view_news",
    EditNews = "edit_news",
    ViewMail = "view_mail",
    EditMail = "edit_mail",
    ViewAgreements = "view_agreements",
    EditAgreements = "edit_agreements",
    ViewMarket = "view_market",
    ViewFeeds = "view_feeds",
    ViewStaff = "view_staff",
    EditStaff = "edit_staff",
    ResetStaffTotp = "reset_staff_totp",
    ViewAudit = "view_audit",
    ViewApiTokens = "view_api_tokens",
    ManageApiTokens = "manage_api_tokens",
    ViewWebhooks = "view_webhooks",
    ManageWebhooks = "manage_webhooks",
}

impl Permission {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }

    /// Whether it changes nothing.
    pub fn is_look(self) -> bool {
        self.name().starts_with("view_")
    }

    /// Whether a token can have it: one that made other tokens, people, or places that are told everything would not end
    /// with its revocation; what ends a challenge for its fee, or cannot be undone, is decided by a person.
    pub const fn is_for_tokens(self) -> bool {
        !matches!(
            self,
            Self::ManageApiTokens
                | Self::ManageWebhooks
                | Self::EditStaff
                | Self::ResetStaffTotp
                | Self::RefundFee
                | Self::ChargeBackFee
                | Self::EraseCustomer
        )
    }

    const fn bit(self) -> u64 {
        1 << (self as u32)
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

const _: () = assert!(
    Permission::ALL.len() <= 64,
    "a set of permissions is one word"
);

impl Permissions {
    pub const NONE: Self = Self(0);

    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    pub const fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// What stands in both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether everything in `other` stands here too.
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// In the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let all = Permission::ALL.iter().copied();
        all.filter(move |one| self.has(*one))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(all: T) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

/// What a person of the firm is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    #[default]
    Owner = 0,
    Risk = 1,
    Finance = 2,
    Support = 3,
    ReadOnly = 4,
}

impl Role {
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Risk,
        Self::Finance,
        Self::Support,
        Self::ReadOnly,
    ];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Risk => "risk",
            Self::Finance => "finance",
            Self::Support => "support",
            Self::ReadOnly => "read_only",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    pub fn permissions(self) -> Permissions {
        let all = Permission::ALL.iter().copied();
        all.filter(|one| self.may(*one)).collect()
    }

    /// The one table of who may do what; `tests/role_table.txt` shows it.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        if self == Self::Owner {
            return true;
        }
        match permission {
            // Who works here, with which rights, is an affair of owners; whoever only reads looks over their shoulder.
            P::ViewStaff | P::ViewAudit | P::ViewApiTokens | P::ViewWebhooks => {
                self == Self::ReadOnly
            }
            P::EditStaff | P::ResetStaffTotp | P::ManageApiTokens | P::ManageWebhooks => false,
            look if look.is_look() => true,
            P::AssignCustomer | P::GrantJourney | P::EditMail | P::ExportCustomer => {
                self == Self::Support
            }
            // It cannot be undone.
            P::EraseCustomer => false,
            P::SetKyc
            | P::ResetCustomerTotp
            | P::EndSession
            | P::ResetJourney
            | P::CancelJourney => {
                matches!(self, Self::Risk | Self::Support)
            }
            P::SetAnchor
            | P::ReviewBreach
            | P::EditPrograms
            | P::SimulatePrograms
            | P::EditNews => self == Self::Risk,
            P::ApprovePayout | P::RejectPayout => matches!(self, Self::Risk | Self::Finance),
            P::MakeTransaction
            | P::RefundFee
            | P::ChargeBackFee
            | P::DecideTransaction
            | P::DisbursePayout
            | P::ResolveAttention
            | P::EditPromotions => self == Self::Finance,
            _ => false,
        }
    }
}

/// With whose things a person of the firm may do what his role allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ViewScope {
    /// Every customer of the brand.
    #[default]
    All = 0,
    /// Customers that were assigned to the person.
    Own = 1,
}

impl ViewScope {
    pub const ALL: [Self; 2] = [Self::All, Self::Own];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Own => "own",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}
