//! Whose rows a scan may see. Holding a scope is the proof that its caller was checked.

use naru_console_api::{KnownCaller, ProjectInfo};
use naru_ids::{ProjectId, TenantId};

/// One project of one tenant. Every scan takes one, and only [`TenantScope::of`] makes one: a query without a checked
/// caller does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TenantScope {
    tenant: TenantId,
    project: ProjectId,
}

/// The caller's tenant has no such project in this region: another tenant's id looks the same as an invented one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such project")]
pub(crate) struct UnknownProject;

impl TenantScope {
    /// The scope of `project`, when it belongs to the caller's tenant and lives in `region`.
    pub(crate) fn of(caller: &KnownCaller, region: &str, project: ProjectId) -> Result<Self, UnknownProject> {
        let is_it = |info: &&ProjectInfo| info.id == project && info.region == region;
        let info = caller.projects.iter().find(is_it).ok_or(UnknownProject)?;
        Ok(Self { tenant: caller.tenant.id, project: info.id })
    }

    #[must_use]
    pub(crate) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    #[must_use]
    pub(crate) const fn project(&self) -> ProjectId {
        self.project
    }
}

#[cfg(test)]
mod tests {
    use naru_console_api::TenantInfo;
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn only_own_projects_of_this_region_have_a_scope() {
        let id = ProjectId::new(UnixMs(1));
        let info = ProjectInfo {
            id,
            name: "shop".to_owned(),
            platform: "python".to_owned(),
            group: "default".to_owned(),
            region: "local".to_owned(),
            created_ms: 1,
        };
        let tenant = TenantInfo {
            id: TenantId::new(UnixMs(1)),
            slug: "acme".to_owned(),
            company: "Acme".to_owned(),
            region: "local".to_owned(),
        };
        let caller = KnownCaller {
            tenant,
            person: None,
            token: None,
            role: "viewer".to_owned(),
            projects: vec![info],
        };
        assert_eq!(TenantScope::of(&caller, "local", id).map(|scope| scope.project()), Ok(id));
        assert_eq!(TenantScope::of(&caller, "seoul", id), Err(UnknownProject));
        assert_eq!(TenantScope::of(&caller, "local", ProjectId::new(UnixMs(2))), Err(UnknownProject));
    }
}
