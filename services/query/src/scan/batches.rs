//! Batches of a plan, computed by threads that can wait: whoever reads a day must not be in the way of whoever looks at a
//! dashboard. Dropping them ends the plan.

use arrow::array::RecordBatch;
use datafusion::{
    error::{DataFusionError, Result},
    physical_plan::SendableRecordBatchStream,
};
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

/// Computed before they are asked for.
const AHEAD: usize = 2;

#[derive(Debug)]
pub(super) struct Batches {
    computed: mpsc::Receiver<Result<RecordBatch>>,
    /// `None` once it has ended.
    work: Option<AbortOnDropHandle<()>>,
}

impl Batches {
    /// `begin` is run there, too: operators begin their own tasks where they are executed.
    pub(super) fn of(
        begin: impl Future<Output = Result<SendableRecordBatchStream>> + Send + 'static,
    ) -> Self {
        let (sender, computed) = mpsc::channel(AHEAD);
        let work = naru_runtime::patient().spawn(async move {
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
        });
        Self { computed, work: Some(AbortOnDropHandle::new(work)) }
    }

    /// `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        if let Some(batch) = self.computed.recv().await {
            return batch.map(Some);
        }
        // That nothing more comes may mean that it broke off.
        match self.work.take() {
            None => Ok(None),
            Some(work) => {
                work.await.map(|()| None).map_err(|error| DataFusionError::ExecutionJoin(Box::new(error)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};
    use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
    use futures::stream;

    use super::*;

    fn batch(number: i64) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![number]));
        RecordBatch::try_from_iter([("number", numbers)]).unwrap()
    }

    fn plan(batches: impl stream::Stream<Item = Result<RecordBatch>> + Send + 'static) -> Batches {
        let stream = RecordBatchStreamAdapter::new(batch(0).schema(), batches);
        Batches::of(async move { Ok(Box::pin(stream) as SendableRecordBatchStream) })
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
        let mut batches = Batches::of(async { Err(DataFusionError::Plan("none".to_owned())) });
        assert!(batches.next().await.is_err());
    }
}
