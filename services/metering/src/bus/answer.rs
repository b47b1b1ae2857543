//! `metering.v1.usage`: what has this project used?

use std::sync::Arc;

use naru_metering_api::{USAGE, UsageAnswer, UsageQuestion};
use naru_nats::Refusal;
use naru_telemetry::chain;
use tracing::{error, warn};

use crate::{aggregate::aggregate, app::App, store::usage_hour};

const QUEUE: &str = "metering";
/// A little more than a year.
const RANGE_MS_MAX: u64 = 400 * 24 * 3_600_000;

pub(crate) async fn serve(app: &Arc<App>) -> Result<(), naru_nats::Error> {
    let shared = Arc::clone(app);
    app.bus.serve(USAGE, QUEUE, move |question| usage(Arc::clone(&shared), question)).await?;
    Ok(())
}

async fn usage(app: Arc<App>, question: UsageQuestion) -> Result<UsageAnswer, Refusal> {
    if question.to_ms.saturating_sub(question.from_ms) > RANGE_MS_MAX {
        return Err(Refusal::new("range", "ask for at most 400 days of usage at a time"));
    }
    match usage_hour::sums(&app.pool, &question).await {
        // A sum over a part would be a wrong number, so there is none.
        Ok(sums) if sums.len() > usage_hour::ROWS_MAX => {
            Err(Refusal::new("range", "too many projects at a time; ask for one"))
        }
        Ok(sums) => Ok(aggregate(&sums)),
        Err(error) if error.is_unavailable() => {
            warn!(error = %chain(&error), "postgres is away, so a question about usage waits");
            Err(Refusal::unavailable("usage cannot be read right now"))
        }
        Err(error) => {
            error!(error = %chain(&error), "usage of {} was not read", question.tenant);
            Err(Refusal::new("internal", "usage could not be read"))
        }
    }
}
