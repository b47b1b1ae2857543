//! `POST /signup`, `GET /signup/availability`.

use axum::{extract::State, response::IntoResponse};
use http::{StatusCode, header};
use naru_auth::Role;
use naru_http::{ClientAddress, Json, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{cookie, shape::Session};
use crate::{
    app::App,
    error::Error,
    member::signup::{self, Form},
    session::throttle::AVAILABILITY,
};

/// Fields that are missing are answered like empty ones: all at once.
#[derive(Deserialize, ToSchema)]
#[serde(default)]
#[derive(Default)]
pub(super) struct SignUp {
    email: String,
    /// At least 10 characters.
    password: String,
    name: String,
    company: String,
    /// The subdomain: 3 to 40 of a-z, 0-9 and single hyphens.
    tenant: String,
    /// One of `GET /regions`.
    region: String,
    /// `ko` or `en`.
    locale: String,
}

/// Sign up: creates the person, their company and its subdomain, and logs in.
#[utoipa::path(
    post,
    path = "/signup",
    tag = "people",
    security(()),
    request_body = SignUp,
    responses(
        (status = 201, body = Session, description = "Signed up and logged in; a verification mail is on its way"),
        (status = 422, body = Problem, description = "All wrong fields at once; codes of tenant: required, invalid, \
            too_short, too_long, punycode, reserved, confusable, taken"),
        (status = 429, body = Problem),
    )
)]
pub(super) async fn create(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Json(body): Json<SignUp>,
) -> Result<impl IntoResponse, Error> {
    let SignUp { email, password, name, company, tenant, region, locale } = body;
    let form = Form { email, password, name, company, tenant, region, locale };
    let (opened, tenant, person) = signup::sign_up(&app, form, &address.to_string()).await?;
    let session = Session::of(&app, &person, &tenant, Role::Owner);
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie::session(&app, &opened))], Json(session)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Name {
    tenant: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Availability {
    tenant: String,
    available: bool,
    /// Why not; as in the answer of `POST /signup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

/// Is this subdomain free? Asked while a person types.
#[utoipa::path(
    get,
    path = "/signup/availability",
    tag = "people",
    security(()),
    params(Name),
    responses((status = 200, body = Availability), (status = 429, body = Problem))
)]
pub(super) async fn availability(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Query(Name { tenant }): Query<Name>,
) -> Result<Json<Availability>, Error> {
    app.throttle.take(&AVAILABILITY, &address.to_string()).await?;
    let problem = signup::name_problem(&app, &tenant).await?;
    Ok(Json(Availability {
        available: problem.is_none(),
        code: problem.map(|problem| problem.code()),
        message: problem.map(|problem| problem.sentence()),
        tenant,
    }))
}
