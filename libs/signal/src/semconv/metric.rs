//! Metrics under the names and in the units of the newest conventions, whatever version an agent speaks.

/// Old name and newest, by rising old name. `system.cpu.time` and its like went and came back, so they are newest. Names that
/// one process sends at a time and that became one (`messaging.publish.duration`, `messaging.receive.duration`) stay apart.
#[rustfmt::skip]
const RENAMED: [(&str, &str); 101] = [
    ("container.memory.paging.faults", "container.paging.faults"),
    ("cpu.frequency", "system.cpu.frequency"),
    ("cpu.time", "system.cpu.time"),
    ("cpu.utilization", "system.cpu.utilization"),
    ("db.client.connections.create_time", "db.client.connection.create_time"),
    ("db.client.connections.idle.max", "db.client.connection.idle.max"),
    ("db.client.connections.idle.min", "db.client.connection.idle.min"),
    ("db.client.connections.max", "db.client.connection.max"),
    ("db.client.connections.pending_requests", "db.client.connection.pending_requests"),
    ("db.client.connections.timeouts", "db.client.connection.timeouts"),
    ("db.client.connections.usage", "db.client.connection.count"),
    ("db.client.connections.use_time", "db.client.connection.use_time"),
    ("db.client.connections.wait_time", "db.client.connection.wait_time"),
    ("db.client.cosmosdb.active_instance.count", "azure.cosmosdb.client.active_instance.count"),
    ("db.client.cosmosdb.operation.request_charge", "azure.cosmosdb.client.operation.request_charge"),
    ("http.client.duration", "http.client.request.duration"),
    ("http.server.duration", "http.server.request.duration"),
    ("http.server.request.size", "http.server.request.body.size"),
    ("http.server.response.size", "http.server.response.body.size"),
    ("jvm.buffer.memory.usage", "jvm.buffer.memory.used"),
    ("jvm.memory.usage", "jvm.memory.used"),
    ("jvm.memory.usage_after_last_gc", "jvm.memory.used_after_last_gc"),
    ("k8s.container.cpu.limit", "k8s.container.cpu.limit.desired"),
    ("k8s.container.cpu.limit_utilization", "k8s.container.cpu.limit.utilization"),
    ("k8s.container.cpu.request", "k8s.container.cpu.request.desired"),
    ("k8s.container.cpu.request_utilization", "k8s.container.cpu.request.utilization"),
    ("k8s.container.memory.limit", "k8s.container.memory.limit.desired"),
    ("k8s.container.memory.request", "k8s.container.memory.request.desired"),
    ("k8s.cronjob.active_jobs", "k8s.cronjob.job.active"),
    ("k8s.daemonset.current_scheduled_nodes", "k8s.daemonset.node.current_scheduled"),
    ("k8s.daemonset.desired_scheduled_nodes", "k8s.daemonset.node.desired_scheduled"),
    ("k8s.daemonset.misscheduled_nodes", "k8s.daemonset.node.misscheduled"),
    ("k8s.daemonset.ready_nodes", "k8s.daemonset.node.ready"),
    ("k8s.deployment.available_pods", "k8s.deployment.pod.available"),
    ("k8s.deployment.desired_pods", "k8s.deployment.pod.desired"),
    ("k8s.hpa.current_pods", "k8s.hpa.pod.current"),
    ("k8s.hpa.desired_pods", "k8s.hpa.pod.desired"),
    ("k8s.hpa.max_pods", "k8s.hpa.pod.max"),
    ("k8s.hpa.min_pods", "k8s.hpa.pod.min"),
    ("k8s.job.active_pods", "k8s.job.pod.active"),
    ("k8s.job.desired_successful_pods", "k8s.job.pod.desired_successful"),
    ("k8s.job.failed_pods", "k8s.job.pod.failed"),
    ("k8s.job.max_parallel_pods", "k8s.job.pod.max_parallel"),
    ("k8s.job.successful_pods", "k8s.job.pod.successful"),
    ("k8s.node.allocatable.cpu", "k8s.node.cpu.allocatable"),
    ("k8s.node.allocatable.ephemeral_storage", "k8s.node.ephemeral_storage.allocatable"),
    ("k8s.node.allocatable.memory", "k8s.node.memory.allocatable"),
    ("k8s.node.allocatable.pods", "k8s.node.pod.allocatable"),
    ("k8s.node.memory.paging.faults", "k8s.node.paging.faults"),
    ("k8s.pod.memory.paging.faults", "k8s.pod.paging.faults"),
    ("k8s.replicaset.available_pods", "k8s.replicaset.pod.available"),
    ("k8s.replicaset.desired_pods", "k8s.replicaset.pod.desired"),
    ("k8s.replication_controller.available_pods", "k8s.replicationcontroller.pod.available"),
    ("k8s.replication_controller.desired_pods", "k8s.replicationcontroller.pod.desired"),
    ("k8s.replicationcontroller.available_pods", "k8s.replicationcontroller.pod.available"),
    ("k8s.replicationcontroller.desired_pods", "k8s.replicationcontroller.pod.desired"),
    ("k8s.statefulset.current_pods", "k8s.statefulset.pod.current"),
    ("k8s.statefulset.desired_pods", "k8s.statefulset.pod.desired"),
    ("k8s.statefulset.ready_pods", "k8s.statefulset.pod.ready"),
    ("k8s.statefulset.updated_pods", "k8s.statefulset.pod.updated"),
    ("messaging.client.published.messages", "messaging.client.sent.messages"),
    ("messaging.publish.messages", "messaging.client.sent.messages"),
    ("otel.sdk.exporter.span.exported.count", "otel.sdk.exporter.span.exported"),
    ("otel.sdk.exporter.span.inflight.count", "otel.sdk.exporter.span.inflight"),
    ("otel.sdk.processor.span.processed.count", "otel.sdk.processor.span.processed"),
    ("otel.sdk.span.ended.count", "otel.sdk.span.ended"),
    ("otel.sdk.span.live.count", "otel.sdk.span.live"),
    ("process.open_file_descriptor.count", "process.unix.file_descriptor.count"),
    ("process.open_file_descriptors", "process.unix.file_descriptor.count"),
    ("process.runtime.jvm.buffer.count", "jvm.buffer.count"),
    ("process.runtime.jvm.buffer.limit", "jvm.buffer.memory.limit"),
    ("process.runtime.jvm.buffer.usage", "jvm.buffer.memory.used"),
    ("process.runtime.jvm.classes.current_loaded", "jvm.class.count"),
    ("process.runtime.jvm.classes.loaded", "jvm.class.loaded"),
    ("process.runtime.jvm.classes.unloaded", "jvm.class.unloaded"),
    ("process.runtime.jvm.cpu.recent_utilization", "jvm.cpu.recent_utilization"),
    ("process.runtime.jvm.cpu.time", "jvm.cpu.time"),
    ("process.runtime.jvm.cpu.utilization", "jvm.cpu.recent_utilization"),
    ("process.runtime.jvm.gc.duration", "jvm.gc.duration"),
    ("process.runtime.jvm.memory.committed", "jvm.memory.committed"),
    ("process.runtime.jvm.memory.init", "jvm.memory.init"),
    ("process.runtime.jvm.memory.limit", "jvm.memory.limit"),
    ("process.runtime.jvm.memory.usage", "jvm.memory.used"),
    ("process.runtime.jvm.memory.usage_after_last_gc", "jvm.memory.used_after_last_gc"),
    ("process.runtime.jvm.system.cpu.load_1m", "jvm.system.cpu.load_1m"),
    ("process.runtime.jvm.system.cpu.utilization", "jvm.system.cpu.utilization"),
    ("process.runtime.jvm.threads.count", "jvm.thread.count"),
    ("process.threads", "process.thread.count"),
    ("rpc.client.duration", "rpc.client.call.duration"),
    ("rpc.server.duration", "rpc.server.call.duration"),
    ("system.linux.memory.available", "system.memory.linux.available"),
    ("system.linux.memory.slab.usage", "system.memory.linux.slab.usage"),
    ("system.memory.shared", "system.memory.linux.shared"),
    ("system.network.connections", "system.network.connection.count"),
    ("system.network.dropped", "system.network.packet.dropped"),
    ("system.network.packets", "system.network.packet.count"),
    ("system.processes.count", "system.process.count"),
    ("system.processes.created", "system.process.created"),
    ("v8js.heap.space.available_size", "v8js.memory.heap.space.available_size"),
    ("v8js.heap.space.physical_size", "v8js.memory.heap.space.physical_size"),
    ("v8js.memory.heap.limit", "v8js.memory.heap.space.size"),
];

/// Newest names of what older conventions measured in milliseconds.
const IN_SECONDS: [&str; 8] = [
    "db.client.connection.create_time",
    "db.client.connection.use_time",
    "db.client.connection.wait_time",
    "http.client.request.duration",
    "http.server.request.duration",
    "jvm.gc.duration",
    "rpc.client.call.duration",
    "rpc.server.call.duration",
];

/// Names of attributes that changed for metrics below a newest name: how that begins, old and newest.
#[rustfmt::skip]
const ATTRIBUTES: [(&str, &str, &str); 60] = [
    ("container.cpu.", "container.cpu.state", "cpu.mode"),
    ("db.client.connection.", "db.client.connections.pool.name", "db.client.connection.pool.name"),
    ("db.client.connection.", "db.client.connections.state", "db.client.connection.state"),
    ("db.client.connection.", "pool.name", "db.client.connection.pool.name"),
    ("db.client.connection.", "state", "db.client.connection.state"),
    ("http.client.", "http.flavor", "network.protocol.version"),
    ("http.client.", "http.method", "http.request.method"),
    ("http.client.", "http.scheme", "url.scheme"),
    ("http.client.", "http.status_code", "http.response.status_code"),
    ("http.client.", "net.peer.name", "server.address"),
    ("http.client.", "net.peer.port", "server.port"),
    ("http.server.", "http.flavor", "network.protocol.version"),
    ("http.server.", "http.method", "http.request.method"),
    ("http.server.", "http.scheme", "url.scheme"),
    ("http.server.", "http.status_code", "http.response.status_code"),
    ("http.server.", "net.host.name", "server.address"),
    ("http.server.", "net.host.port", "server.port"),
    ("jvm.buffer.", "pool", "jvm.buffer.pool.name"),
    ("jvm.gc.", "action", "jvm.gc.action"),
    ("jvm.gc.", "gc", "jvm.gc.name"),
    ("jvm.gc.", "name", "jvm.gc.name"),
    ("jvm.memory.", "pool", "jvm.memory.pool.name"),
    ("jvm.memory.", "type", "jvm.memory.type"),
    ("jvm.thread.", "daemon", "jvm.thread.daemon"),
    ("jvm.thread.", "thread.daemon", "jvm.thread.daemon"),
    ("messaging.", "messaging.client_id", "messaging.client.id"),
    ("messaging.", "messaging.kafka.consumer.group", "messaging.consumer.group.name"),
    ("process.cpu.", "process.cpu.state", "cpu.mode"),
    ("process.cpu.", "state", "cpu.mode"),
    ("process.disk.io", "direction", "disk.io.direction"),
    ("process.network.io", "direction", "network.io.direction"),
    ("rpc.", "rpc.system", "rpc.system.name"),
    ("system.cpu.", "cpu", "cpu.logical_number"),
    ("system.cpu.", "state", "cpu.mode"),
    ("system.cpu.", "system.cpu.logical_number", "cpu.logical_number"),
    ("system.cpu.", "system.cpu.state", "cpu.mode"),
    ("system.disk.", "device", "system.device"),
    ("system.disk.", "direction", "disk.io.direction"),
    ("system.disk.", "system.disk.direction", "disk.io.direction"),
    ("system.disk.", "system.disk.io.direction", "disk.io.direction"),
    ("system.filesystem.", "device", "system.device"),
    ("system.filesystem.", "mode", "system.filesystem.mode"),
    ("system.filesystem.", "mountpoint", "system.filesystem.mountpoint"),
    ("system.filesystem.", "state", "system.filesystem.state"),
    ("system.filesystem.", "type", "system.filesystem.type"),
    ("system.memory.", "state", "system.memory.state"),
    ("system.network.", "device", "network.interface.name"),
    ("system.network.", "direction", "network.io.direction"),
    ("system.network.", "state", "network.connection.state"),
    ("system.network.", "system.device", "network.interface.name"),
    ("system.network.", "system.network.direction", "network.io.direction"),
    ("system.network.", "system.network.io.direction", "network.io.direction"),
    ("system.network.", "system.network.state", "network.connection.state"),
    ("system.paging.", "direction", "system.paging.direction"),
    ("system.paging.", "state", "system.paging.state"),
    ("system.paging.faults", "type", "system.paging.fault.type"),
    ("system.process.", "process.status", "process.state"),
    ("system.process.", "status", "process.state"),
    ("system.process.", "system.process.status", "process.state"),
    ("system.process.", "system.processes.status", "process.state"),
];

/// The newest name of a metric; its own when it has no other.
#[must_use]
pub fn metric_name(name: &str) -> &str {
    RENAMED.binary_search_by_key(&name, |(old, _)| old).map_or(name, |found| RENAMED[found].1)
}

/// The name as one of ours, if other names became it.
#[must_use]
pub fn metric_with_old_names(name: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(_, newest)| *newest == name).map(|(_, newest)| *newest)
}

/// What a unit means for a metric of a newest name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MetricUnit {
    /// As it is today, or of no meaning.
    Same,
    /// So many of it are one of the newest.
    Smaller { times: f64, newest: &'static str },
    /// Nobody knows how much it is.
    Unknown,
}

#[must_use]
pub fn metric_unit(name: &str, unit: &str) -> MetricUnit {
    match unit {
        _ if !IN_SECONDS.contains(&name) => MetricUnit::Same,
        "s" => MetricUnit::Same,
        "ms" => MetricUnit::Smaller { times: 1_000.0, newest: "s" },
        _ => MetricUnit::Unknown,
    }
}

/// Attributes that a metric of this newest name may still have under an old name: old and newest.
pub fn metric_attributes(name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_metric = ATTRIBUTES.iter().filter(move |(begins, ..)| name.starts_with(begins));
    of_metric.map(|(_, old, newest)| (*old, *newest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_and_leads_to_one_that_is_newest() {
        assert!(RENAMED.is_sorted_by(|a, b| a.0 < b.0));
        for (old, newest) in RENAMED {
            assert_eq!((metric_name(old), metric_name(newest)), (newest, newest));
        }
        assert_eq!(metric_name("process.runtime.jvm.memory.usage"), "jvm.memory.used");
        assert_eq!(metric_name("system.cpu.time"), "system.cpu.time");
        assert_eq!(metric_name("orders.placed"), "orders.placed");
    }

    #[test]
    fn only_milliseconds_of_what_is_measured_in_seconds_today_change() {
        let in_seconds = MetricUnit::Smaller { times: 1_000.0, newest: "s" };
        for (name, unit, wanted) in [
            ("http.server.request.duration", "ms", in_seconds),
            ("http.server.request.duration", "s", MetricUnit::Same),
            ("http.server.request.duration", "", MetricUnit::Unknown),
            ("orders.duration", "ms", MetricUnit::Same),
        ] {
            assert_eq!(metric_unit(name, unit), wanted, "{name} in {unit}");
        }
        assert!(IN_SECONDS.iter().all(|name| metric_name(name) == *name));
    }

    #[test]
    fn a_newest_name_of_an_attribute_is_no_old_one_of_the_same_metrics() {
        for (begins, _, newest) in ATTRIBUTES {
            let is_old = ATTRIBUTES.iter().any(|(other, old, _)| begins.starts_with(other) && *old == newest);
            assert!(!is_old, "{newest} of {begins}");
        }
    }

    #[test]
    fn what_an_attribute_is_called_today_depends_on_its_metric() {
        let newest = |name, old| metric_attributes(name).find(|(known, _)| *known == old).map(|(_, new)| new);
        assert_eq!(newest("jvm.memory.used", "pool"), Some("jvm.memory.pool.name"));
        assert_eq!(newest("jvm.buffer.count", "pool"), Some("jvm.buffer.pool.name"));
        assert_eq!(newest("http.client.request.duration", "net.peer.name"), Some("server.address"));
        assert_eq!(newest("http.server.request.duration", "net.peer.name"), None);
        assert_eq!(newest("orders.placed", "state"), None);
    }
}
