//! `POST /promo-codes`, `GET /promo-codes`, and `GET` and `PATCH /promo-codes/{promo_code_id}`: the codes of a brand.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::ids::key;
use super::trading::orders::instant;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Decimal, Segment, Text, Within, given};
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::promotions::{NewPromotion, PromotionError, PromotionPatch};
use touchstone_domain::promotion::{Discount, Promotion, PromotionFault};
use touchstone_domain::{
    BasisPoints, Currency, EntityKind, Money, ProgramId, PromotionId, UnixMicros,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

type Limit = Within<1, 1_000_000_000>;
type Description = Text<0, 1_000>;

/// A body with the conditions of a code: what is not supplied stays as it is, and null takes a condition away.
macro_rules! with_conditions {
    ($(#[$meta:meta])* struct $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            #[serde(default, deserialize_with = "given")]
            #[schema(inline, nullable = false)]
            description: Option<Description>,
            /// RFC 3339: from then on.
            #[serde(default, deserialize_with = "given")]
            #[schema(format = DateTime)]
            valid_from: Option<Option<String>>,
            /// RFC 3339: before then.
            #[serde(default, deserialize_with = "given")]
            #[schema(format = DateTime)]
            valid_to: Option<Option<String>>,
            /// Most purchases of all customers.
            #[serde(default, deserialize_with = "given")]
            #[schema(inline)]
            total_limit: Option<Option<Limit>>,
            /// Most purchases of one customer.
            #[serde(default, deserialize_with = "given")]
            #[schema(inline)]
            per_customer_limit: Option<Option<Limit>>,
            /// Templates that it is for; all of them when it is empty.
            #[serde(default, deserialize_with = "given")]
            #[schema(nullable = false, max_items = 500)]
            template_ids: Option<Vec<Uuid>>,
            /// Only for who has bought nothing yet that has a price.
            #[serde(default, deserialize_with = "given")]
            #[schema(nullable = false)]
            first_purchase_only: Option<bool>,
            #[serde(default, deserialize_with = "given")]
            #[schema(nullable = false)]
            is_enabled: Option<bool>,
        }

        impl $name {
            fn patch(&mut self, app: &App) -> Result<PromotionPatch, ApiError> {
                Ok(PromotionPatch {
                    description: self.description.take().map(Text::into_string),
                    valid_from: time("valid_from", self.valid_from.take())?,
                    valid_to: time("valid_to", self.valid_to.take())?,
                    total_limit: self.total_limit.map(|limit| limit.map(Within::get)),
                    customer_limit: self.per_customer_limit.map(|limit| limit.map(Within::get)),
                    programs: programs(app, self.template_ids.as_deref())?,
                    first_purchase_only: self.first_purchase_only,
                    enabled: self.is_enabled,
                })
            }
        }
    };
}

with_conditions! {
    /// A percentage, or an amount with its currency.
    struct CreatePromoCodeRequest {
        /// 3 to 40 letters A to Z, digits, `-` and `_`; kept in capital letters.
        #[schema(inline)]
        code: Text<1, 64>,
        /// Percent of the price with add-ons, above 0 and at most 100, with at most two decimals; rounded half away from
        /// zero.
        #[schema(inline)]
        discount_percent: Option<Decimal>,
        /// What is taken off, in major units of `currency`; never more than the price.
        #[schema(inline)]
        discount_amount: Option<Decimal>,
        /// Of `discount_amount`: only for prices in it.
        #[schema(inline)]
        currency: Option<Text<3, 3>>,
    }
}

with_conditions! {
    /// Code and discount never change: make another code.
    struct UpdatePromoCodeRequest {}
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromoCodesQuery {
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::PROMO_CODES_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PromoCode {
    id: Uuid,
    code: String,
    description: String,
    /// Null where an amount is taken off.
    discount_percent: Option<Number>,
    /// Null where a percentage is taken off, as is `currency`.
    discount_amount: Option<String>,
    currency: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    total_limit: Option<i64>,
    per_customer_limit: Option<i64>,
    /// Empty: all of them.
    template_ids: Vec<Uuid>,
    first_purchase_only: bool,
    is_enabled: bool,
    /// Purchases that are under way with it.
    reserved_count: i64,
    /// Purchases that were delivered with it.
    used_count: i64,
    created_by: String,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PromoCodeList {
    items: Vec<PromoCode>,
    /// How many there are on all pages.
    total: i64,
}

/// Create Promo Code
///
/// Makes a code that customers can use at once, unless it says otherwise.
#[utoipa::path(
    post,
    path = "/promo-codes",
    operation_id = "create_promo_code",
    tag = "Promo codes",
    request_body = CreatePromoCodeRequest,
    responses((status = 201, description = "Successful Response", body = PromoCode)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["promo_code_exists"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(mut body): SlateJson<CreatePromoCodeRequest>,
) -> Result<(StatusCode, Json<PromoCode>), ApiError> {
    let new = NewPromotion {
        discount: discount(&body)?,
        patch: body.patch(&state.app)?,
        code: body.code.into_string(),
    };
    let promotion = state.app.add_promotion(caller, new).await?;
    let answer = PromoCode::new(&state.app, &promotion);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// List Promo Codes
///
/// The codes of the brand, newest first.
#[utoipa::path(
    get,
    path = "/promo-codes",
    operation_id = "list_promo_codes",
    tag = "Promo codes",
    params(PromoCodesQuery),
    responses((status = 200, description = "Successful Response", body = PromoCodeList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<PromoCodesQuery>,
) -> Result<Json<PromoCodeList>, ApiError> {
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = state.app.promotions(caller, limit, offset).await?;
    let items = page.items.iter();
    Ok(Json(PromoCodeList {
        items: items.map(|p| PromoCode::new(&state.app, p)).collect(),
        total: page.total,
    }))
}

/// Promo Code Detail
#[utoipa::path(
    get,
    path = "/promo-codes/{promo_code_id}",
    operation_id = "promo_code_detail",
    tag = "Promo codes",
    params(("promo_code_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = PromoCode)),
    security(("bearerAuth" = [])),
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<PromoCode>, ApiError> {
    let id = PromotionId(key(&state.app, EntityKind::Promotion, id)?);
    let promotion = state.app.promotion(caller, id).await?;
    Ok(Json(PromoCode::new(&state.app, &promotion)))
}

/// Update Promo Code
///
/// Changes for whom and when a code is good, from now on. Purchases that have it keep what it took off. No limit goes below
/// what is used already.
#[utoipa::path(
    patch,
    path = "/promo-codes/{promo_code_id}",
    operation_id = "update_promo_code",
    tag = "Promo codes",
    params(("promo_code_id" = Uuid, Path)),
    request_body = UpdatePromoCodeRequest,
    responses((status = 200, description = "Successful Response", body = PromoCode)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn update(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(mut body): SlateJson<UpdatePromoCodeRequest>,
) -> Result<Json<PromoCode>, ApiError> {
    let id = PromotionId(key(&state.app, EntityKind::Promotion, id)?);
    let patch = body.patch(&state.app)?;
    let promotion = state.app.change_promotion(caller, id, patch).await?;
    Ok(Json(PromoCode::new(&state.app, &promotion)))
}

fn invalid(field: &str, sentence: &str) -> ApiError {
    ApiError::invalid_body([Segment::Key(field.to_owned())], sentence)
}

fn discount(body: &CreatePromoCodeRequest) -> Result<Discount, ApiError> {
    let currency = body.currency.as_ref();
    match (&body.discount_percent, &body.discount_amount, currency) {
        (Some(percent), None, None) => BasisPoints::from_percent(percent.as_str())
            .map(Discount::Percent)
            .ok_or_else(|| invalid("discount_percent", "at most two decimals are kept")),
        (None, Some(amount), Some(code)) => {
            let currency = code.as_str().parse::<Currency>();
            let currency = currency.map_err(|error| invalid("currency", &error.to_string()))?;
            Money::from_major(amount.as_str(), currency)
                .map(Discount::Fixed)
                .map_err(|error| invalid("discount_amount", &error.to_string()))
        }
        _ => {
            let sentence =
                "either a percentage is wanted, or an amount with its `currency`, and nothing else";
            Err(invalid("discount_percent", sentence))
        }
    }
}

fn time(field: &str, text: Option<Option<String>>) -> Result<Option<Option<UnixMicros>>, ApiError> {
    let read = |text: Option<String>| text.map(|text| instant(field, &text)).transpose();
    text.map(read).transpose()
}

fn programs(app: &App, ids: Option<&[Uuid]>) -> Result<Option<Vec<ProgramId>>, ApiError> {
    let Some(ids) = ids else {
        return Ok(None);
    };
    if ids.len() > limits::PROMO_CODE_TEMPLATES_MAX {
        return Err(invalid("template_ids", "there are too many of them"));
    }
    let key = |(index, id): (usize, &Uuid)| {
        let key = app.public_ids.key(EntityKind::Program, *id);
        key.map(ProgramId).ok_or_else(|| no_such_template(index))
    };
    ids.iter()
        .enumerate()
        .map(key)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn no_such_template(index: usize) -> ApiError {
    let field = Segment::Key("template_ids".to_owned());
    ApiError::invalid_body([field, Segment::Index(index)], "there is no such template")
}

impl PromoCode {
    fn new(app: &App, p: &Promotion) -> Self {
        let (percent, amount) = match p.discount {
            Discount::Percent(share) => (Some(share), None),
            Discount::Fixed(amount) => (None, Some(amount)),
        };
        let text = |at: Option<UnixMicros>| at.map(UnixMicros::rfc3339);
        let uuid = |id: &ProgramId| app.public_ids.uuid(EntityKind::Program, id.0);
        Self {
            id: app.public_ids.uuid(EntityKind::Promotion, p.id.0),
            code: p.code.clone(),
            description: p.description.clone(),
            discount_percent: percent.map(Number::percent),
            discount_amount: amount.map(|amount| amount.fixed()),
            currency: amount.map(|amount| amount.currency.to_string()),
            valid_from: text(p.valid_from),
            valid_to: text(p.valid_to),
            total_limit: p.total_limit,
            per_customer_limit: p.customer_limit,
            template_ids: p.programs.iter().map(uuid).collect(),
            first_purchase_only: p.first_purchase_only,
            is_enabled: p.enabled,
            reserved_count: p.reserved,
            used_count: p.used,
            created_by: p.created_by.clone(),
            created_at: p.created_at.rfc3339(),
            updated_at: p.updated_at.rfc3339(),
        }
    }
}

impl From<PromotionError> for ApiError {
    fn from(error: PromotionError) -> Self {
        match error {
            PromotionError::Session(error) => error.into(),
            PromotionError::NotFound => Code::NotFound.into(),
            PromotionError::Taken => Code::PromoCodeExists.into(),
            PromotionError::NoSuchProgram { index } => no_such_template(index),
            PromotionError::Store(error) => error.into(),
            PromotionError::Fault(fault) => {
                let text = fault.to_string();
                match fault {
                    PromotionFault::Code => invalid("code", &text),
                    PromotionFault::Discount => invalid("discount_percent", &text),
                    PromotionFault::Times => invalid("valid_to", &text),
                    PromotionFault::TotalLimit => invalid("total_limit", &text),
                    PromotionFault::CustomerLimit => invalid("per_customer_limit", &text),
                    PromotionFault::BelowUses { .. } | PromotionFault::BelowUsesOfOne { .. } => {
                        Self::new(Code::StateConflict, text)
                    }
                }
            }
        }
    }
}
