//! Batches that are computed elsewhere while others are looked at. Dropping them ends the work.

use arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use futures::{Stream, StreamExt, stream};
use tokio::{runtime::Handle, sync::mpsc};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// Computed before they are asked for.
const AHEAD: usize = 2;

#[derive(Debug)]
pub(super) struct Batches<E> {
    computed: mpsc::Receiver<Result<RecordBatch, E>>,
    /// `None` once it has ended.
    work: Option<AbortOnDropHandle<()>>,
}

impl<E: From<DataFusionError> + Send + 'static> Batches<E> {
    /// By these threads. `begin` is run there, too: operators begin their own tasks where they are executed.
    pub(super) fn of<S>(threads: &Handle, begin: impl Future<Output = Result<S, E>> + Send + 'static) -> Self
    where
        S: Stream<Item = Result<RecordBatch, E>> + Send + Unpin + 'static,
    {
        let (sender, computed) = mpsc::channel(AHEAD);
        let work = async move {
            let mut batches = match begin.await {
                Ok(batches) => batches,
                Err(error) => {
                    // Whoever asked may have left.
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            };
            while let Some(batch) = batches.next().await {
                if sender.send(batch).await.is_err() {
                    return;
                }
            }
        };
        // What it logs is of the request.
        let work = threads.spawn(work.in_current_span());
        Self { computed, work: Some(AbortOnDropHandle::new(work)) }
    }

    /// `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>, E> {
        if let Some(batch) = self.computed.recv().await {
            return batch.map(Some);
        }
        // That nothing more comes may mean that it broke off.
        match self.work.take() {
            None => Ok(None),
            Some(work) => {
                let joined = work.await.map(|()| None);
                joined.map_err(|error| E::from(DataFusionError::ExecutionJoin(Box::new(error))))
            }
        }
    }

    /// As they come.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<RecordBatch, E>> {
        stream::try_unfold(self, async |mut batches| Ok(batches.next().await?.map(|batch| (batch, batches))))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;

    fn batch(number: i64) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![number]));
        RecordBatch::try_from_iter([("number", numbers)]).unwrap()
    }

    type Answer = Result<RecordBatch, DataFusionError>;

    fn plan(batches: impl Stream<Item = Answer> + Send + Unpin + 'static) -> Batches<DataFusionError> {
        Batches::of(&Handle::current(), async move { Ok(batches) })
    }

    #[tokio::test]
    async fn all_come_in_order_and_then_nothing() {
        let mut batches = plan(stream::iter((0..10).map(|number| Ok(batch(number)))));
        for number in 0..10 {
            assert_eq!(batches.next().await.unwrap(), Some(batch(number)));
        }
        assert_eq!(batches.next().await.unwrap(), None);
        assert_eq!(batches.next().await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_breaks_off_is_an_error_and_not_an_end() {
        let mut batches = plan(stream::iter(0..2).map(|number| match number {
            0 => Ok(batch(0)),
            _ => panic!("a plan breaks off"),
        }));
        assert_eq!(batches.next().await.unwrap(), Some(batch(0)));
        assert!(batches.next().await.is_err());
        let none = async { Err::<stream::Empty<Answer>, _>(DataFusionError::Plan("none".to_owned())) };
        assert!(Batches::of(&Handle::current(), none).next().await.is_err());
    }
}
