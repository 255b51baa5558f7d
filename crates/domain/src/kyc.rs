//! Whether a customer's identity is known to be his.

/// What a provider, or staff, have said. The names are what both dialects show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kyc {
    /// Nobody has looked.
    #[default]
    None = 0,
    /// Papers are with whoever looks.
    Pending = 1,
    Approved = 2,
    Rejected = 3,
}

impl Kyc {
    pub const ALL: [Self; 4] = [Self::None, Self::Pending, Self::Approved, Self::Rejected];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kyc| kyc.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kyc| kyc.name() == name)
    }
}
