//! `GET /regions`.

use axum::extract::State;
use naru_http::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

#[derive(Serialize, ToSchema)]
pub(super) struct Regions {
    regions: Vec<Region>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Region {
    /// As in host names.
    name: String,
    title: String,
}

/// Where telemetry can be kept; the preferred region first.
#[utoipa::path(get, path = "/regions", tag = "people", security(()), responses((status = 200, body = Regions)))]
pub(super) async fn list(State(app): State<App>) -> Json<Regions> {
    let region = |region: &crate::config::RegionConfig| Region {
        name: region.name.clone(),
        title: region.title.clone(),
    };
    Json(Regions { regions: app.regions.iter().map(region).collect() })
}
