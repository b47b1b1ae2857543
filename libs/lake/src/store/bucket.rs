//! An S3 bucket. Every name is given once: puts and completed uploads carry `If-None-Match: *`.

mod conditional;

use std::{fs::File, os::unix::fs::FileExt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, PutMode, PutOptions, PutPayload, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    client::{HttpClient, HttpConnector},
    multipart::{MultipartStore, PartId},
    path::Path,
    prefix::PrefixStore,
};

use super::{credentials::CredentialsFile, place::BucketPlace};
use crate::Error;
use conditional::IfFree;

/// Of an upload, but for the last. Servers take 10,000 parts, so an object may have 78 GiB.
const PART_BYTES: u64 = 8 << 20;
/// Parts under way at once; they are in memory.
const PARTS_AT_ONCE: usize = 3;
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long one request may take, and how long a call goes on trying.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    request: Duration,
    retries: usize,
    retry: Duration,
}

impl Patience {
    /// Whoever asks waits for the answer: less than a query may take.
    pub(super) const READER: Self =
        Self { request: Duration::from_secs(10), retries: 3, retry: Duration::from_secs(10) };
    /// A whole bundle goes with one request; whoever sends it tries again by himself.
    pub(super) const WRITER: Self =
        Self { request: Duration::from_secs(60), retries: 4, retry: Duration::from_secs(20) };
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    s3: AmazonS3,
    place: Arc<BucketPlace>,
    pub(super) credentials: Arc<CredentialsFile>,
    /// For what `AmazonS3` does not ask.
    pub(super) client: HttpClient,
}

impl Bucket {
    /// Reads the credentials, and asks the server nothing.
    pub(super) fn open(place: &BucketPlace, patience: Patience) -> Result<Self, Error> {
        let credentials = Arc::new(CredentialsFile::new(place.credentials_file.clone()));
        credentials.get().map_err(|source| Error::Credentials {
            path: place.credentials_file.display().to_string(),
            source,
        })?;
        let is_plain = place.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let client_options = ClientOptions::new()
            .with_timeout(patience.request)
            .with_connect_timeout(CONNECT_WITHIN)
            .with_allow_http(is_plain);
        let retry = RetryConfig {
            backoff: BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() },
            max_retries: patience.retries,
            retry_timeout: patience.retry,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&place.bucket)
            .with_region(&place.region)
            .with_credentials(Arc::clone(&credentials) as _)
            .with_client_options(client_options.clone())
            .with_retry(retry)
            .with_http_connector(IfFree);
        if let Some(endpoint) = &place.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let failed = |source| Error::OpenStore { place: place.url.clone(), source };
        let s3 = builder.build().map_err(failed)?;
        let client = IfFree.connect(&client_options).map_err(failed)?;
        Ok(Self { s3, place: Arc::new(place.clone()), credentials, client })
    }

    /// As an operator wrote it.
    pub(super) fn name(&self) -> &str {
        &self.place.url
    }

    pub(super) fn region(&self) -> &str {
        &self.place.region
    }

    /// Where the server answers for the bucket itself.
    pub(super) fn url(&self) -> String {
        let BucketPlace { bucket, region, endpoint, .. } = &*self.place;
        match endpoint {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://s3.{region}.amazonaws.com/{bucket}"),
        }
    }

    /// Objects by their names in the lake.
    pub(super) fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::new(PrefixStore::new(self.s3.clone(), self.place.prefix.as_str()))
    }

    /// An object's name in the bucket.
    pub(super) fn key(&self, path: &str) -> Path {
        let prefix = Path::from(self.place.prefix.as_str());
        prefix.parts().chain(Path::from(path).parts()).collect()
    }

    /// Stores the first `length` bytes of a file as a new object, with three parts of it in memory.
    ///
    /// A name that is taken is refused, also at the end of an upload; a server that does not know conditions there would
    /// replace it, but large objects have names with a fresh id in them.
    pub(super) async fn upload(&self, path: &Path, file: &File, length: u64) -> object_store::Result<()> {
        let key = self.key(path.as_ref());
        if length <= PART_BYTES {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            let whole = read(file, 0, length)?;
            return self.s3.put_opts(&key, PutPayload::from_bytes(whole), options).await.map(drop);
        }
        let id = self.s3.create_multipart(&key).await?;
        let parts = stream::iter(0..length.div_ceil(PART_BYTES))
            .map(|number| self.part(&key, &id, file, number, length))
            .buffered(PARTS_AT_ONCE);
        let completed = async {
            let parts = parts.try_collect().await?;
            self.s3.complete_multipart(&key, &id, parts).await
        };
        let outcome = completed.await;
        if outcome.is_err() {
            // If this fails as well, the sweep finds it.
            let _ = self.s3.abort_multipart(&key, &id).await;
        }
        outcome.map(drop)
    }

    async fn part(
        &self,
        key: &Path,
        id: &String,
        file: &File,
        number: u64,
        length: u64,
    ) -> object_store::Result<PartId> {
        let start = number * PART_BYTES;
        let bytes = read(file, start, PART_BYTES.min(length - start))?;
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        self.s3.put_part(key, id, index, PutPayload::from_bytes(bytes)).await
    }

    /// Forgets an upload that nobody will complete; one that is gone already is no error.
    pub(super) async fn abort(&self, key: &Path, id: &str) -> object_store::Result<()> {
        match self.s3.abort_multipart(key, &id.to_owned()).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            aborted => aborted,
        }
    }
}

fn read(file: &File, start: u64, length: u64) -> object_store::Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    match file.read_exact_at(&mut bytes, start) {
        Ok(()) => Ok(bytes.into()),
        Err(source) => Err(object_store::Error::Generic { store: "staged file", source: Box::new(source) }),
    }
}
