//! Resources: said once per request, wanted on every row.

use std::collections::HashMap;

use naru_otlp::{
    view::{AnyValue, ResourceView, text},
    wire::WireError,
};
use naru_signal::semconv::{RESOURCE_COLUMNS, Rank, ResourceColumn as C, UNKNOWN_SERVICE, resource_column};

use super::repeated::label;

/// What a resource says about each of its rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Resource {
    /// Into the dictionary of the `resource` column.
    pub(super) key: i32,
    pub(super) service_name: String,
    pub(super) service_instance: Option<String>,
    pub(super) service_version: Option<String>,
    pub(super) deployment_environment: Option<String>,
    pub(super) host_name: Option<String>,
    pub(super) telemetry_sdk_language: Option<String>,
    /// Of the texts above: each of its rows has them.
    pub(super) repeated_bytes: usize,
}

/// The resources of one batch, each once. Agents repeat theirs byte by byte, so bytes are what they are known by.
#[derive(Debug, Default)]
pub(super) struct Resources {
    by_bytes: HashMap<Vec<u8>, usize>,
    known: Vec<Resource>,
    /// Attributes by key, as the column holds them.
    values: Vec<Vec<u8>>,
}

impl Resources {
    /// Where [`Self::get`] finds it.
    pub(super) fn index_of(&mut self, view: ResourceView<'_>) -> Result<usize, WireError> {
        if let Some(&index) = self.by_bytes.get(view.message) {
            return Ok(index);
        }
        let mut value = Vec::with_capacity(view.message.len());
        view.attributes().copy(&mut value)?;
        let mut resource = read(view)?;
        let index = self.known.len();
        resource.key = i32::try_from(index).expect("a pack has far fewer resources");
        self.by_bytes.insert(view.message.to_vec(), index);
        self.values.push(value);
        self.known.push(resource);
        Ok(index)
    }

    pub(super) fn get(&self, index: usize) -> &Resource {
        &self.known[index]
    }

    pub(super) fn into_values(self) -> Vec<Vec<u8>> {
        self.values
    }
}

fn read(view: ResourceView<'_>) -> Result<Resource, WireError> {
    let mut best: [Option<(Rank, AnyValue<'_>)>; RESOURCE_COLUMNS] = [None; RESOURCE_COLUMNS];
    for attribute in view.attributes() {
        let attribute = attribute?;
        let Some((column, rank)) = resource_column(&text(attribute.key)) else { continue };
        let slot = &mut best[column as usize];
        if slot.is_none_or(|(held, _)| rank < held) {
            *slot = Some((rank, attribute.value));
        }
    }
    let value = |column: C| {
        let (_, value) = best[column as usize]?;
        value.as_text().map(|text| label(&text).to_owned()).filter(|text| !text.is_empty())
    };
    let host_name = value(C::HostName);
    let host_and_pid = || match (&host_name, value(C::ProcessPid)) {
        (Some(host), Some(pid)) => Some(label(&format!("{host}:{pid}")).to_owned()),
        (host, _) => host.clone(),
    };
    let mut resource = Resource {
        key: 0,
        service_name: value(C::ServiceName).unwrap_or_else(|| UNKNOWN_SERVICE.to_owned()),
        service_instance: value(C::ServiceInstance).or_else(|| value(C::PodName)).or_else(host_and_pid),
        service_version: value(C::ServiceVersion),
        deployment_environment: value(C::DeploymentEnvironment),
        host_name,
        telemetry_sdk_language: value(C::TelemetrySdkLanguage),
        repeated_bytes: 0,
    };
    let texts = [
        &resource.service_instance,
        &resource.service_version,
        &resource.deployment_environment,
        &resource.host_name,
        &resource.telemetry_sdk_language,
    ];
    let texts = texts.into_iter().flatten().map(String::len);
    resource.repeated_bytes = resource.service_name.len() + texts.sum::<usize>();
    Ok(resource)
}
