//! Attributes that were renamed, of spans, log records and resources: one question finds what agents of any version sent.
//!
//! What was sent stays as it was; it is the question that knows all names. Names whose meaning depends on the side of a call
//! (`net.peer.name`) are not among them: they fill typed columns. Renames up to conventions 1.44, of the schema file and the
//! deprecations in the model of <https://github.com/open-telemetry/semantic-conventions>.

/// Old name and newest, by rising old name.
#[rustfmt::skip]
const RENAMED: [(&str, &str); 128] = [
    ("android.state", "android.app.state"),
    ("az.namespace", "azure.resource_provider.namespace"),
    ("az.service_request_id", "azure.service.request.id"),
    ("browser.user_agent", "user_agent.original"),
    ("code.column", "code.column.number"),
    ("code.filepath", "code.file.path"),
    ("code.function", "code.function.name"),
    ("code.lineno", "code.line.number"),
    ("container.runtime", "container.runtime.name"),
    ("db.cassandra.consistency_level", "cassandra.consistency.level"),
    ("db.cassandra.coordinator.dc", "cassandra.coordinator.dc"),
    ("db.cassandra.coordinator.id", "cassandra.coordinator.id"),
    ("db.cassandra.idempotence", "cassandra.query.idempotent"),
    ("db.cassandra.keyspace", "db.namespace"),
    ("db.cassandra.page_size", "cassandra.page.size"),
    ("db.cassandra.speculative_execution_count", "cassandra.speculative_execution.count"),
    ("db.cassandra.table", "db.collection.name"),
    ("db.cosmosdb.client_id", "azure.client.id"),
    ("db.cosmosdb.connection_mode", "azure.cosmosdb.connection.mode"),
    ("db.cosmosdb.consistency_level", "azure.cosmosdb.consistency.level"),
    ("db.cosmosdb.container", "db.collection.name"),
    ("db.cosmosdb.regions_contacted", "azure.cosmosdb.operation.contacted_regions"),
    ("db.cosmosdb.request_charge", "azure.cosmosdb.operation.request_charge"),
    ("db.cosmosdb.request_content_length", "azure.cosmosdb.request.body.size"),
    ("db.cosmosdb.sub_status_code", "azure.cosmosdb.response.sub_status_code"),
    ("db.elasticsearch.cluster.name", "db.namespace"),
    ("db.elasticsearch.node.name", "elasticsearch.node.name"),
    ("db.elasticsearch.path_parts", "db.operation.parameter"),
    ("db.hbase.namespace", "db.namespace"),
    ("db.mongodb.collection", "db.collection.name"),
    ("db.name", "db.namespace"),
    ("db.operation", "db.operation.name"),
    ("db.sql.table", "db.collection.name"),
    ("db.statement", "db.query.text"),
    ("db.system", "db.system.name"),
    ("deployment.environment", "deployment.environment.name"),
    ("enduser.id", "user.id"),
    ("enduser.role", "user.roles"),
    ("faas.execution", "faas.invocation_id"),
    ("faas.id", "cloud.resource_id"),
    ("feature_flag.evaluation.error.message", "feature_flag.error.message"),
    ("feature_flag.evaluation.reason", "feature_flag.result.reason"),
    ("feature_flag.provider_name", "feature_flag.provider.name"),
    ("feature_flag.variant", "feature_flag.result.variant"),
    ("gen_ai.openai.request.seed", "gen_ai.request.seed"),
    ("gen_ai.openai.request.service_tier", "openai.request.service_tier"),
    ("gen_ai.openai.response.service_tier", "openai.response.service_tier"),
    ("gen_ai.openai.response.system_fingerprint", "openai.response.system_fingerprint"),
    ("gen_ai.system", "gen_ai.provider.name"),
    ("gen_ai.usage.completion_tokens", "gen_ai.usage.output_tokens"),
    ("gen_ai.usage.prompt_tokens", "gen_ai.usage.input_tokens"),
    ("http.client_ip", "client.address"),
    ("http.flavor", "network.protocol.version"),
    ("http.method", "http.request.method"),
    ("http.request_content_length", "http.request.body.size"),
    ("http.resend_count", "http.request.resend_count"),
    ("http.response_content_length", "http.response.body.size"),
    ("http.retry_count", "http.request.resend_count"),
    ("http.scheme", "url.scheme"),
    ("http.status_code", "http.response.status_code"),
    ("http.url", "url.full"),
    ("http.user_agent", "user_agent.original"),
    ("io.state", "ios.app.state"),
    ("ios.state", "ios.app.state"),
    ("linux.memory.slab.state", "system.memory.linux.slab.state"),
    ("messaging.consumer_id", "messaging.consumer.id"),
    ("messaging.conversation_id", "messaging.message.conversation_id"),
    ("messaging.destination", "messaging.destination.name"),
    ("messaging.destination_kind", "messaging.destination.kind"),
    ("messaging.eventhubs.consumer.group", "messaging.consumer.group.name"),
    ("messaging.kafka.client_id", "messaging.client.id"),
    ("messaging.kafka.consumer.group", "messaging.consumer.group.name"),
    ("messaging.kafka.consumer_group", "messaging.consumer.group.name"),
    ("messaging.kafka.destination.partition", "messaging.destination.partition.id"),
    ("messaging.kafka.message.offset", "messaging.kafka.offset"),
    ("messaging.kafka.message_key", "messaging.kafka.message.key"),
    ("messaging.kafka.partition", "messaging.destination.partition.id"),
    ("messaging.kafka.tombstone", "messaging.kafka.message.tombstone"),
    ("messaging.message.payload_size_bytes", "messaging.message.body.size"),
    ("messaging.message_id", "messaging.message.id"),
    ("messaging.message_payload_compressed_size_bytes", "messaging.message.payload_compressed_size_bytes"),
    ("messaging.message_payload_size_bytes", "messaging.message.body.size"),
    ("messaging.operation", "messaging.operation.type"),
    ("messaging.protocol", "network.protocol.name"),
    ("messaging.protocol_version", "network.protocol.version"),
    ("messaging.rabbitmq.routing_key", "messaging.rabbitmq.destination.routing_key"),
    ("messaging.rocketmq.client_group", "messaging.consumer.group.name"),
    ("messaging.rocketmq.client_id", "messaging.client.id"),
    ("messaging.rocketmq.message_keys", "messaging.rocketmq.message.keys"),
    ("messaging.rocketmq.message_tag", "messaging.rocketmq.message.tag"),
    ("messaging.rocketmq.message_type", "messaging.rocketmq.message.type"),
    ("messaging.servicebus.destination.subscription_name", "messaging.destination.subscription.name"),
    ("messaging.temp_destination", "messaging.destination.temporary"),
    ("net.app.protocol.name", "network.protocol.name"),
    ("net.app.protocol.version", "network.protocol.version"),
    ("net.host.carrier.icc", "network.carrier.icc"),
    ("net.host.carrier.mcc", "network.carrier.mcc"),
    ("net.host.carrier.mnc", "network.carrier.mnc"),
    ("net.host.carrier.name", "network.carrier.name"),
    ("net.host.connection.subtype", "network.connection.subtype"),
    ("net.host.connection.type", "network.connection.type"),
    ("net.protocol.name", "network.protocol.name"),
    ("net.protocol.version", "network.protocol.version"),
    ("net.transport", "network.transport"),
    ("peer.service", "service.peer.name"),
    ("process.context_switch_type", "process.context_switch.type"),
    ("process.executable.build_id.profiling", "process.executable.build_id.htlhash"),
    ("process.paging.fault_type", "system.paging.fault.type"),
    ("rpc.connect_rpc.error_code", "rpc.status_code"),
    ("rpc.connect_rpc.request.metadata", "rpc.request.metadata"),
    ("rpc.connect_rpc.response.metadata", "rpc.response.metadata"),
    ("rpc.grpc.request.metadata", "rpc.request.metadata"),
    ("rpc.grpc.response.metadata", "rpc.response.metadata"),
    ("rpc.jsonrpc.request_id", "jsonrpc.request.id"),
    ("rpc.jsonrpc.version", "jsonrpc.protocol.version"),
    ("rpc.response.status_code", "rpc.status_code"),
    ("rpc.system", "rpc.system.name"),
    ("system.cpu.logical_number", "cpu.logical_number"),
    ("system.network.state", "network.connection.state"),
    ("system.paging.type", "system.paging.fault.type"),
    ("system.process.status", "process.state"),
    ("system.processes.status", "process.state"),
    ("telemetry.auto.version", "telemetry.distro.version"),
    ("vcs.repository.change.id", "vcs.change.id"),
    ("vcs.repository.change.title", "vcs.change.title"),
    ("vcs.repository.ref.name", "vcs.ref.head.name"),
    ("vcs.repository.ref.revision", "vcs.ref.head.revision"),
    ("vcs.repository.ref.type", "vcs.ref.head.type"),
];

/// Names of what is called `key`, itself first: of an old one the newest, and of the newest all older ones. Two old ones need
/// not have meant the same.
pub fn names_alike(key: &str) -> impl Iterator<Item = &str> {
    let newest = RENAMED.binary_search_by_key(&key, |(old, _)| old).ok().map(|found| RENAMED[found].1);
    let older = RENAMED.iter().filter(move |(_, newest)| *newest == key).map(|(old, _)| *old);
    [key].into_iter().chain(newest).chain(older)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_name_leads_to_the_newest_and_that_to_all_and_the_own_comes_first() {
        let of = |key| names_alike(key).collect::<Vec<_>>();
        assert_eq!(of("code.function"), ["code.function", "code.function.name"]);
        assert_eq!(of("code.function.name"), ["code.function.name", "code.function"]);
        assert_eq!(of("db.sql.table"), ["db.sql.table", "db.collection.name"]);
        assert!(of("db.collection.name").contains(&"db.mongodb.collection"));
        assert_eq!(of("app.cart.id"), ["app.cart.id"]);
    }

    #[test]
    fn names_are_in_order_and_no_newest_one_is_old() {
        assert!(RENAMED.is_sorted_by(|(one, _), (next, _)| one < next));
        for (_, newest) in RENAMED {
            assert!(RENAMED.iter().all(|(old, _)| *old != newest), "{newest}");
        }
    }
}
