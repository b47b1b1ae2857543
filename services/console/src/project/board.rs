//! Projects with what is known of their data.

use naru_auth::Action;
use naru_ids::{ProjectId, UnixMs};
use naru_metering_api::ProjectUsage;

use crate::{
    app::App,
    error::Error,
    session::caller::SignedIn,
    store::project::{self, Project},
};

/// A project and its data so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub project: Project,
    pub first_data: Option<UnixMs>,
    /// The start of the last UTC hour in which something was stored, or the first span if that came later.
    pub last_data: Option<UnixMs>,
    /// Of the last 13 months. `None` = metering is away and never said.
    pub spans_total: Option<u64>,
}

pub async fn all(app: &App, who: &SignedIn) -> Result<Vec<Tile>, Error> {
    who.caller.may(Action::View)?;
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    let projects = project::list(&mut tx).await?;
    drop(tx);
    tiles(app, who, projects).await
}

pub async fn one(app: &App, who: &SignedIn, id: ProjectId) -> Result<Tile, Error> {
    let project = find(app, who, id).await?;
    tiles(app, who, vec![project]).await?.pop().ok_or(Error::NotFound("project"))
}

/// The project, if it is the caller's tenant's: other tenants' ids do not exist here.
pub async fn find(app: &App, who: &SignedIn, id: ProjectId) -> Result<Project, Error> {
    who.caller.may(Action::View)?;
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    project::get(&mut tx, id).await?.ok_or(Error::NotFound("project"))
}

async fn tiles(app: &App, who: &SignedIn, projects: Vec<Project>) -> Result<Vec<Tile>, Error> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let usage = app.metering.board(who.caller.tenant, app.now().0).await;
    let usage = usage.as_ref().map(|usage| usage.as_slice());
    Ok(projects.into_iter().map(|project| tile(project, usage)).collect())
}

/// `usage`: what metering says of the tenant's projects, `None` when it is away. A project that it does not name has
/// no data.
fn tile(project: Project, usage: Option<&[ProjectUsage]>) -> Tile {
    let own = usage.and_then(|usage| usage.iter().find(|usage| usage.project == project.id));
    // The gateway's word is exact, metering's is the hour.
    let first_data = project.first_data.or(own.map(|own| UnixMs(own.first_hour_ms)));
    let last_data = own.map(|own| UnixMs(own.last_hour_ms)).max(first_data);
    let spans_total = usage.map(|_| own.map_or(0, |own| own.totals.spans));
    Tile { project, first_data, last_data, spans_total }
}

#[cfg(test)]
mod tests {
    use naru_metering_api::UsageTotals;

    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    fn project(first_data: Option<u64>) -> Project {
        Project {
            id: ProjectId::from_uuid(uuid::Uuid::from_u128(1)),
            name: "shop".into(),
            platform: "python".into(),
            region: "local".into(),
            group: "default".into(),
            created: UnixMs(0),
            first_data: first_data.map(UnixMs),
        }
    }

    #[test]
    fn a_tile_says_what_gateway_and_metering_know() {
        let totals = UsageTotals { spans: 12, ..UsageTotals::default() };
        let id = project(None).id;
        let used = [ProjectUsage { project: id, totals, first_hour_ms: HOUR_MS, last_hour_ms: 5 * HOUR_MS }];
        let known = |first, usage| {
            let tile = tile(project(first), usage);
            (tile.first_data.map(|at| at.0), tile.last_data.map(|at| at.0), tile.spans_total)
        };
        assert_eq!(known(None, None), (None, None, None));
        assert_eq!(known(None, Some(&[][..])), (None, None, Some(0)));
        assert_eq!(known(Some(HOUR_MS + 5), Some(&[][..])), (Some(HOUR_MS + 5), Some(HOUR_MS + 5), Some(0)));
        assert_eq!(
            known(Some(HOUR_MS + 5), Some(&used[..])),
            (Some(HOUR_MS + 5), Some(5 * HOUR_MS), Some(12))
        );
        assert_eq!(known(None, Some(&used[..])), (Some(HOUR_MS), Some(5 * HOUR_MS), Some(12)));
    }
}
