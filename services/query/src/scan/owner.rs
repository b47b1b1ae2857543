//! The owner of a partition and its tail's answer, in the time of one round trip.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use naru_lake::catalog::{PartitionRow, read};

use super::{Lake, ScanError, view::Wanted};
use crate::clients::{TailError, TailRows};

/// Where tails answered last, by partition. A partition is one of a few.
#[derive(Debug, Default)]
pub(super) struct Owners(Mutex<HashMap<u16, String>>);

impl Owners {
    fn urls(&self) -> MutexGuard<'_, HashMap<u16, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why it makes no sense to wait for a tail any longer.
enum Stop {
    Failed(ScanError),
    /// Another one, or nobody, owns the partition now.
    Moved(Option<PartitionRow>),
}

impl Lake {
    /// Asks the partition's owner. The row is of a moment after the question began and before the answer was complete:
    /// whose epoch is that of the answer owned the partition at that moment. `None`: nobody owns it.
    ///
    /// The row is read while the owner of last time is asked, since it rarely changes.
    pub(super) async fn ask_owner(
        &self,
        partition: u16,
        wanted: &Wanted,
    ) -> Result<Option<(PartitionRow, Result<TailRows, TailError>)>, ScanError> {
        let last = self.owners.urls().get(&partition).cloned();
        let owner = match last {
            None => self.owner(partition).await?,
            Some(url) => {
                let is_same = async {
                    let owner = self.owner(partition).await.map_err(Stop::Failed)?;
                    match owner {
                        Some(owner) if owner.flight_url.as_ref() == Some(&url) => Ok(owner),
                        moved => Err(Stop::Moved(moved)),
                    }
                };
                let tail = async {
                    Ok::<_, Stop>(self.tails.get(&url, &wanted.ticket, wanted.budget.reservation()).await)
                };
                match tokio::try_join!(is_same, tail) {
                    Ok(answer) => return Ok(Some(answer)),
                    Err(Stop::Failed(error)) => return Err(error),
                    Err(Stop::Moved(owner)) => owner,
                }
            }
        };
        let Some((owner, url)) = owner.and_then(|owner| owner.flight_url.clone().map(|url| (owner, url)))
        else {
            self.owners.urls().remove(&partition);
            return Ok(None);
        };
        self.owners.urls().insert(partition, url.clone());
        let tail = self.tails.get(&url, &wanted.ticket, wanted.budget.reservation()).await;
        Ok(Some((owner, tail)))
    }

    async fn owner(&self, partition: u16) -> Result<Option<PartitionRow>, ScanError> {
        read::partition(&self.pool, partition).await.map_err(ScanError::Catalog)
    }
}
