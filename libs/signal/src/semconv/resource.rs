//! Names in resources.

use super::Rank;

/// A column that a resource attribute fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceColumn {
    ServiceName,
    ServiceInstance,
    ServiceVersion,
    DeploymentEnvironment,
    HostName,
    TelemetrySdkLanguage,
    /// No column of its own: makes `host.name` an instance when nothing better does.
    ProcessPid,
    /// No column of its own: the instance when there is no `service.instance.id`.
    PodName,
}

/// How many variants [`ResourceColumn`] has, for tables by column.
pub const RESOURCE_COLUMNS: usize = ResourceColumn::PodName as usize + 1;

/// The column that a resource attribute fills, and how good a source it is.
#[must_use]
pub fn resource_column(key: &str) -> Option<(ResourceColumn, Rank)> {
    Some(match key {
        "service.name" => (ResourceColumn::ServiceName, 0),
        "service.instance.id" => (ResourceColumn::ServiceInstance, 0),
        "service.version" => (ResourceColumn::ServiceVersion, 0),
        "deployment.environment.name" => (ResourceColumn::DeploymentEnvironment, 0),
        "deployment.environment" => (ResourceColumn::DeploymentEnvironment, 1),
        "host.name" => (ResourceColumn::HostName, 0),
        "telemetry.sdk.language" => (ResourceColumn::TelemetrySdkLanguage, 0),
        "process.pid" => (ResourceColumn::ProcessPid, 0),
        "k8s.pod.name" => (ResourceColumn::PodName, 0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_environment_names_meet() {
        assert_eq!(
            resource_column("deployment.environment"),
            Some((ResourceColumn::DeploymentEnvironment, 1))
        );
        assert_eq!(
            resource_column("deployment.environment.name"),
            Some((ResourceColumn::DeploymentEnvironment, 0))
        );
        assert_eq!(resource_column("service.namespace"), None);
    }
}
