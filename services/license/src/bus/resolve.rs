//! `license.v1.resolve`: what do these keys permit?

use std::{collections::HashMap, sync::Arc};

use naru_ids::{ProjectId, TenantId};
use naru_license_api::{Claims, ProjectRef, Refused, Resolution, Resolve, Verdict};
use naru_nats::Refusal;

use super::refusal;
use crate::{
    app::App,
    store::key::{self, KeyRow, unsigned},
};

/// As the contract says; a gateway with more keys asks in parts.
const DIGESTS_MAX: usize = 1_000;

pub(super) async fn resolve(app: Arc<App>, question: Resolve) -> Result<Resolution, Refusal> {
    if question.digests.len() > DIGESTS_MAX {
        return Err(Refusal::new("too_many", format!("ask for at most {DIGESTS_MAX} keys at a time")));
    }
    let macs: Vec<[u8; 32]> = question.digests.iter().map(|digest| app.pepper.mac(&digest.0)).collect();
    let rows = key::find_by_mac(&app.pool, &macs).await.map_err(|error| refusal(&error))?;
    let by_mac: HashMap<&[u8], &KeyRow> = rows.iter().map(|row| (row.mac.as_slice(), row)).collect();
    let now_ms = app.clock.now().0;
    let verdicts: Vec<Verdict> =
        macs.iter().map(|mac| judge(by_mac.get(mac.as_slice()).copied(), &question.region, now_ms)).collect();
    for verdict in &verdicts {
        let outcome = match verdict {
            Verdict::Good(_) => "good",
            Verdict::Refused { reason, .. } => reason.code(),
        };
        metrics::counter!("license_keys_resolved_total", "verdict" => outcome).increment(1);
    }
    Ok(Resolution { verdicts })
}

/// What one key permits at a gateway of `region`.
pub(super) fn judge(row: Option<&KeyRow>, region: &str, now_ms: u64) -> Verdict {
    let Some(row) = row else {
        return Verdict::Refused { reason: Refused::Unknown, project: None, version: 0 };
    };
    let (tenant, project) = (TenantId::from_uuid(row.tenant_id), ProjectId::from_uuid(row.project_id));
    let version = unsigned(row.version);
    let expires_ms = row.expires_ms.map(unsigned);
    let refused =
        |reason| Verdict::Refused { reason, project: Some(ProjectRef { tenant, project }), version };
    if row.revoked_ms.is_some() {
        return refused(Refused::Revoked);
    }
    if expires_ms.is_some_and(|expires_ms| expires_ms <= now_ms) {
        return refused(Refused::Expired);
    }
    if row.region != region {
        return refused(Refused::WrongRegion);
    }
    Verdict::Good(Claims {
        tenant,
        project,
        key: row.id(),
        version,
        retention_days: u16::try_from(row.retention_days).unwrap_or(1),
        expires_ms,
    })
}

#[cfg(test)]
mod tests {
    use naru_ids::{KeyId, UnixMs};

    use super::*;

    fn row() -> KeyRow {
        KeyRow {
            id: KeyId::new(UnixMs(1)).uuid(),
            tenant_id: TenantId::new(UnixMs(1)).uuid(),
            project_id: ProjectId::new(UnixMs(1)).uuid(),
            mac: vec![1; 32],
            region: "local".to_owned(),
            name: "first".to_owned(),
            hint: "nlk_local_…".to_owned(),
            version: 3,
            retention_days: 14,
            created_ms: 1,
            expires_ms: None,
            revoked_ms: None,
            last_used_ms: None,
        }
    }

    fn reason(verdict: &Verdict) -> Option<Refused> {
        match verdict {
            Verdict::Good(_) => None,
            Verdict::Refused { reason, .. } => Some(*reason),
        }
    }

    #[test]
    fn each_reason_to_refuse_a_key_is_told_apart() {
        let table = [
            (Some(row()), None),
            (None, Some(Refused::Unknown)),
            (Some(KeyRow { revoked_ms: Some(5), expires_ms: Some(2), ..row() }), Some(Refused::Revoked)),
            (Some(KeyRow { expires_ms: Some(10), ..row() }), Some(Refused::Expired)),
            (Some(KeyRow { expires_ms: Some(11), ..row() }), None),
            (Some(KeyRow { region: "seoul".to_owned(), ..row() }), Some(Refused::WrongRegion)),
        ];
        for (row, expected) in table {
            assert_eq!(reason(&judge(row.as_ref(), "local", 10)), expected, "{row:?}");
        }
    }

    #[test]
    fn a_refusal_of_a_known_key_names_the_project_to_tell() {
        let row = KeyRow { revoked_ms: Some(1), ..row() };
        let Verdict::Refused { project: Some(project), version, .. } = judge(Some(&row), "local", 10) else {
            panic!("revoked keys are refused");
        };
        assert_eq!((project.project.uuid(), version), (row.project_id, 3));
    }
}
