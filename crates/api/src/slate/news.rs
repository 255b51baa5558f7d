//! `GET /prop/news`, `POST /prop/news` and `DELETE /prop/news/{news_id}`: the calendar of news.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::ids::key;
use super::trading::orders::instant;
use super::transaction_list::instant as instant_of_query;
use crate::ApiState;
use crate::auth::{SignedIn, Staff};
use crate::input::{Segment, Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::news::{AddNews, NewsError, NewsRow};
use touchstone_domain::rule_set::Impact;
use touchstone_domain::{Currency, EntityKind, NewsId, UnixMicros};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImpactWord {
    Low,
    Medium,
    High,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NewsQuery {
    /// A day, or an instant of RFC 3339: then or later; a day ago when it is not given.
    date_from: Option<String>,
    /// A day, the whole of it included, or an instant: before it.
    date_to: Option<String>,
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::NEWS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddNewsRequest {
    /// RFC 3339; in the future.
    #[schema(format = DateTime)]
    at: String,
    impact: ImpactWord,
    /// A code like `USD`: it matters to symbols with this currency on either side. To all symbols when it is left away.
    #[schema(inline)]
    currency: Option<Text<3, 3>>,
    #[schema(inline)]
    title: Text<1, 200>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NewsObject {
    id: Uuid,
    at: String,
    impact: ImpactWord,
    /// Null when it matters to all symbols.
    currency: Option<String>,
    title: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NewsList {
    items: Vec<NewsObject>,
    /// How many there are on all pages.
    total: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NewsRemoved {
    ok: bool,
}

/// List News
///
/// The calendar that rules about news are judged by, in order of time.
#[utoipa::path(
    get,
    path = "/prop/news",
    operation_id = "list_news",
    tag = "Prop trading",
    params(NewsQuery),
    responses((status = 200, description = "Successful Response", body = NewsList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlateQuery(query): SlateQuery<NewsQuery>,
) -> Result<Json<NewsList>, ApiError> {
    const DAY_SECONDS: i64 = 86_400;
    let app = &state.app;
    let from = instant_of_query("date_from", query.date_from, UnixMicros::parse)?;
    let to = instant_of_query("date_to", query.date_to, UnixMicros::parse_end)?;
    let times = (
        from.unwrap_or_else(|| app.now().plus_seconds(-DAY_SECONDS)),
        to.unwrap_or(UnixMicros(i64::MAX)),
    );
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = app.news(caller, times, limit, offset).await?;
    let items = page.items.iter();
    Ok(Json(NewsList {
        items: items.map(|row| NewsObject::new(app, row)).collect(),
        total: page.total,
    }))
}

/// Add News
///
/// Puts a piece of news into the calendar. Accounts with a rule about news are judged by it from then on; the same piece
/// once more is answered as it stands there.
#[utoipa::path(
    post,
    path = "/prop/news",
    operation_id = "add_news",
    tag = "Prop trading",
    request_body = AddNewsRequest,
    responses((status = 200, description = "Successful Response", body = NewsObject)),
    security(("bearerAuth" = [])),
)]
pub async fn add(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<AddNewsRequest>,
) -> Result<Json<NewsObject>, ApiError> {
    let code = body.currency.map(Text::into_string);
    let currency = code.map(|code| {
        let wanted = "three capital letters are wanted";
        let wrong = || ApiError::invalid_body([Segment::Key("currency".to_owned())], wanted);
        code.parse::<Currency>().map_err(|_| wrong())
    });
    let add = AddNews {
        at: instant("at", &body.at)?,
        impact: body.impact.into(),
        currency: currency.transpose()?,
        title: body.title.into_string(),
    };
    let row = state.app.add_news(caller, add).await?;
    Ok(Json(NewsObject::new(&state.app, &row)))
}

/// Remove News
///
/// Takes a piece of news out of the calendar: nothing is judged by it any more. What it has led to stays.
#[utoipa::path(
    delete,
    path = "/prop/news/{news_id}",
    operation_id = "remove_news",
    tag = "Prop trading",
    params(("news_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = NewsRemoved)),
    security(("bearerAuth" = [])),
)]
pub async fn remove(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<NewsRemoved>, ApiError> {
    let id = NewsId(key(&state.app, EntityKind::News, id)?);
    state.app.remove_news(caller, id).await?;
    Ok(Json(NewsRemoved { ok: true }))
}

impl NewsObject {
    fn new(app: &App, row: &NewsRow) -> Self {
        Self {
            id: app.public_ids.uuid(EntityKind::News, row.id.0),
            at: row.at.rfc3339(),
            impact: row.impact.into(),
            currency: row.currency.map(|currency| currency.to_string()),
            title: row.title.clone(),
        }
    }
}

impl From<ImpactWord> for Impact {
    fn from(word: ImpactWord) -> Self {
        match word {
            ImpactWord::Low => Self::Low,
            ImpactWord::Medium => Self::Medium,
            ImpactWord::High => Self::High,
        }
    }
}

impl From<Impact> for ImpactWord {
    fn from(impact: Impact) -> Self {
        match impact {
            Impact::Low => Self::Low,
            Impact::Medium => Self::Medium,
            Impact::High => Self::High,
        }
    }
}

impl From<NewsError> for ApiError {
    fn from(error: NewsError) -> Self {
        match error {
            NewsError::Session(error) => error.into(),
            NewsError::NotFound => Code::NotFound.into(),
            NewsError::Past => {
                Self::invalid_body([Segment::Key("at".to_owned())], "it must lie in the future")
            }
            NewsError::Store(error) => error.into(),
        }
    }
}
