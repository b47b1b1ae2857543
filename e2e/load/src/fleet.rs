//! Who sends a request: the tenants of a key file, a few of them far more than the many, each over every endpoint.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::send::Sender;

/// Tenants in the order of their keys; the first sends most.
#[derive(Debug)]
pub struct Fleet {
    seed: u64,
    /// Rising to 1: the share of the tenants up to each.
    shares: Vec<f64>,
    /// By tenant, one per endpoint.
    senders: Vec<Vec<Sender>>,
}

impl Fleet {
    /// One tenant, or nobody in particular.
    #[must_use]
    pub fn of_one(senders: Vec<Sender>) -> Self {
        Self { seed: 0, shares: vec![1.0], senders: vec![senders] }
    }

    /// Tenant `n` of 1, 2, … sends a share of 1 / n^`exponent`, as Zipf found of words; 0 gives all the same.
    pub fn of_tenants(senders: &[Sender], keys: &[String], exponent: f64, seed: u64) -> anyhow::Result<Self> {
        let with_key = |key: &String| senders.iter().map(|sender| sender.with_key(key)).collect();
        let senders = keys.iter().map(with_key).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { seed, shares: shares(keys.len(), exponent), senders })
    }

    /// The same for the same request: a resend comes from whom it came from.
    #[must_use]
    pub fn pick(&self, request: u64) -> (u32, &Sender) {
        let tenant = self.tenant(request);
        let senders = &self.senders[tenant];
        let sender = &senders[usize::try_from(request).unwrap_or(0) % senders.len()];
        (u32::try_from(tenant).unwrap_or(u32::MAX), sender)
    }

    fn tenant(&self, request: u64) -> usize {
        let chance = xxh3_64_with_seed(&request.to_be_bytes(), self.seed) as f64 / u64::MAX as f64;
        self.shares.partition_point(|share| *share < chance).min(self.shares.len() - 1)
    }
}

fn shares(tenants: usize, exponent: f64) -> Vec<f64> {
    let weights: Vec<f64> = (1..=tenants).map(|rank| (rank as f64).powf(-exponent)).collect();
    let all: f64 = weights.iter().sum();
    let so_far = weights.iter().scan(0.0, |sum, weight| {
        *sum += weight / all;
        Some(*sum)
    });
    so_far.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent_by(tenants: usize, exponent: f64) -> Vec<u64> {
        let fleet = Fleet { seed: 7, shares: shares(tenants, exponent), senders: Vec::new() };
        let mut sent = vec![0; tenants];
        (0..100_000).for_each(|request| sent[fleet.tenant(request)] += 1);
        sent
    }

    #[test]
    fn the_first_tenant_sends_twice_as_much_as_the_second_and_ten_times_as_much_as_the_tenth() {
        let sent = sent_by(100, 1.0);
        let near = |times: u64, tenant: usize| (sent[tenant] * times).abs_diff(sent[0]) * 10 < sent[0];
        assert!(near(2, 1) && near(10, 9), "{sent:?}");
        assert_eq!(sent.iter().sum::<u64>(), 100_000);
    }

    #[test]
    fn without_an_exponent_all_send_the_same() {
        assert!(sent_by(10, 0.0).iter().all(|sent| sent.abs_diff(10_000) < 500));
        assert_eq!(sent_by(1, 1.1), [100_000]);
    }
}
