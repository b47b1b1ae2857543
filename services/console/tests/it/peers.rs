//! License, metering and ingest as console sees them, played on the real bus.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use naru_console::clients::TIMEOUT;
use naru_ids::{KeyId, UnixMs};
use naru_ingest_api::{TEST_TRACE, TestTrace, TestTraceSent};
use naru_license_api::{
    IssueKey, IssuedKey, KEYS_ISSUE, KEYS_LIST, KEYS_REVOKE, KeyInfo, KeyList, KeyText, ListKeys, RevokeKey,
    RevokedKey, hint_of,
};
use naru_metering_api::{USAGE, UsageAnswer, UsageQuestion};
use naru_nats::{Bus, Refusal};
use tokio::task::JoinHandle;

pub(crate) struct Peers {
    pub(crate) usage: Arc<Mutex<UsageAnswer>>,
    serving: Vec<JoinHandle<()>>,
}

type Keys = Arc<Mutex<Vec<(naru_ids::TenantId, KeyInfo)>>>;

impl Peers {
    pub(crate) async fn play(bus: &Bus) -> Self {
        let (keys, usage) = (Keys::default(), Arc::new(Mutex::new(UsageAnswer::default())));
        let (issue, list, revoke) = (Arc::clone(&keys), Arc::clone(&keys), keys);
        let answer = Arc::clone(&usage);
        let serving = vec![
            bus.serve(KEYS_ISSUE, "license", move |ask: IssueKey| {
                let keys = Arc::clone(&issue);
                async move {
                    if ask.name == "late" {
                        // Longer than anybody waits.
                        tokio::time::sleep(TIMEOUT + Duration::from_millis(500)).await;
                    }
                    if ask.name == "one too many" {
                        return Err(Refusal::new("too_many_keys", "a project has at most 500 keys"));
                    }
                    Ok(issue_key(&keys, ask))
                }
            })
            .await
            .unwrap(),
            bus.serve(KEYS_LIST, "license", move |ask: ListKeys| {
                let keys = Arc::clone(&list);
                async move {
                    let keys = keys.lock().unwrap();
                    let own = keys
                        .iter()
                        .filter(|(tenant, key)| *tenant == ask.tenant && key.project == ask.project);
                    Ok(KeyList { keys: own.map(|(_, key)| key.clone()).collect() })
                }
            })
            .await
            .unwrap(),
            bus.serve(KEYS_REVOKE, "license", move |ask: RevokeKey| {
                let keys = Arc::clone(&revoke);
                async move {
                    let mut keys = keys.lock().unwrap();
                    let own =
                        keys.iter_mut().find(|(tenant, key)| *tenant == ask.tenant && key.id == ask.key);
                    Ok(RevokedKey {
                        info: own.map(|(_, key)| {
                            key.revoked_ms.get_or_insert(2_000);
                            key.clone()
                        }),
                    })
                }
            })
            .await
            .unwrap(),
            bus.serve(USAGE, "metering", move |ask: UsageQuestion| {
                let answer = Arc::clone(&answer);
                async move {
                    if ask.to_ms - ask.from_ms > 400 * 86_400_000 {
                        return Err(Refusal::new("range", "ask for at most 400 days of usage at a time"));
                    }
                    Ok(answer.lock().unwrap().clone())
                }
            })
            .await
            .unwrap(),
            bus.serve(TEST_TRACE, "ingest", |_: TestTrace| async {
                Ok(TestTraceSent { trace_id: "0af7651916cd43dd8448eb211c80319c".into() })
            })
            .await
            .unwrap(),
        ];
        Self { usage, serving }
    }

    /// All peers are gone, as after a crash.
    pub(crate) fn leave(&self) {
        for served in &self.serving {
            served.abort();
        }
    }
}

fn issue_key(keys: &Keys, ask: IssueKey) -> IssuedKey {
    let text = KeyText::generate(&ask.region);
    let info = KeyInfo {
        id: KeyId::new(UnixMs(1_000)),
        project: ask.project,
        name: ask.name,
        hint: hint_of(text.expose()),
        created_ms: 1_000,
        last_used_ms: None,
        revoked_ms: None,
        expires_ms: None,
    };
    keys.lock().unwrap().push((ask.tenant, info.clone()));
    IssuedKey { info, key: text.expose().to_owned() }
}
