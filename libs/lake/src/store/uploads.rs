//! Uploads that a killed process began and nobody completes: they show in no list of objects, and are paid for.

use std::fmt::Write as _;

use naru_ids::UnixMs;
use object_store::{
    aws::AwsAuthorizer,
    client::{HttpRequest, HttpRequestBody},
    path::Path,
};
use serde::Deserialize;

use super::bucket::Bucket;
use crate::Error;

/// One page of the server's answer; the last says that it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    #[serde(rename = "Upload")]
    uploads: Vec<Upload>,
    #[serde(rename = "IsTruncated")]
    is_truncated: bool,
    #[serde(rename = "NextKeyMarker")]
    next_key: String,
    #[serde(rename = "NextUploadIdMarker")]
    next_upload: String,
}

#[derive(Debug, Deserialize)]
struct Upload {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "UploadId")]
    id: String,
    #[serde(rename = "Initiated")]
    begun: jiff::Timestamp,
}

/// Why uploads could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum UploadsError {
    #[error("asking the server")]
    Ask(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the server answered {0}")]
    Refused(http::StatusCode),
    #[error("the server's list makes no sense")]
    Answer(#[source] quick_xml::DeError),
}

/// Aborts uploads under `prefix` that were begun before `before`.
pub(super) async fn sweep(bucket: &Bucket, prefix: &str, before: UnixMs) -> Result<(), Error> {
    let listed = |source| Error::Uploads { prefix: prefix.to_owned(), source };
    let mut markers: Option<(String, String)> = None;
    loop {
        let page = page(bucket, prefix, markers.as_ref()).await.map_err(listed)?;
        for upload in &page.uploads {
            let is_old = upload.begun.as_millisecond() < i64::try_from(before.0).unwrap_or(i64::MAX);
            if is_old && let Ok(key) = Path::parse(&upload.key) {
                let aborted = bucket.abort(&key, &upload.id).await;
                aborted.map_err(|source| Error::Delete { path: upload.key.clone(), source })?;
            }
        }
        let next = (page.next_key, page.next_upload);
        // A server that names no next page would be asked for this one for ever.
        if !page.is_truncated || next.0.is_empty() || markers.as_ref() == Some(&next) {
            return Ok(());
        }
        markers = Some(next);
    }
}

async fn page(
    bucket: &Bucket,
    prefix: &str,
    markers: Option<&(String, String)>,
) -> Result<Page, UploadsError> {
    // As of a folder: `tenants` must not find uploads of `tenants-of-others`.
    let folder = format!("{}/", bucket.key(prefix));
    let mut uri = format!("{}?uploads=&prefix={}", bucket.url(), encoded(&folder));
    if let Some((key, upload)) = markers {
        let _ = write!(uri, "&key-marker={}&upload-id-marker={}", encoded(key), encoded(upload));
    }
    let request = http::Request::builder().uri(uri).body(HttpRequestBody::empty());
    let mut request: HttpRequest = request.map_err(|error| UploadsError::Ask(Box::new(error)))?;
    let credential = bucket.credentials.get().map_err(|error| UploadsError::Ask(Box::new(error)))?;
    AwsAuthorizer::new(&credential, "s3", bucket.region()).authorize(&mut request, None);
    let answer = bucket.client.execute(request).await.map_err(|error| UploadsError::Ask(Box::new(error)))?;
    if !answer.status().is_success() {
        return Err(UploadsError::Refused(answer.status()));
    }
    let body = answer.into_body().bytes().await.map_err(|error| UploadsError::Ask(Box::new(error)))?;
    quick_xml::de::from_reader(body.as_ref()).map_err(UploadsError::Answer)
}

/// As a query's value is signed: everything but letters, digits and `-._~`.
fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte))
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_list_is_read() {
        let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
            <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Bucket>lake</Bucket><KeyMarker/><NextKeyMarker>a/b</NextKeyMarker>
              <NextUploadIdMarker>u+1</NextUploadIdMarker><MaxUploads>1</MaxUploads><IsTruncated>true</IsTruncated>
              <Upload><Key>tenants/a#1</Key><UploadId>u</UploadId><Initiator><ID>i</ID></Initiator>
                <StorageClass>STANDARD</StorageClass><Initiated>2026-11-21T20:05:14.000Z</Initiated></Upload>
            </ListMultipartUploadsResult>"#;
        let page: Page = quick_xml::de::from_reader(xml.as_bytes()).unwrap();
        assert_eq!(
            (page.next_key.as_str(), page.next_upload.as_str(), page.is_truncated),
            ("a/b", "u+1", true)
        );
        let upload = &page.uploads[0];
        assert_eq!((upload.key.as_str(), upload.id.as_str()), ("tenants/a#1", "u"));
        assert_eq!(upload.begun.as_millisecond(), 1_795_291_514_000);
        let empty: Page = quick_xml::de::from_reader("<ListMultipartUploadsResult/>".as_bytes()).unwrap();
        assert!(empty.uploads.is_empty() && !empty.is_truncated);
    }

    #[test]
    fn values_are_encoded_as_they_are_signed() {
        assert_eq!(encoded("a/b c~é"), "a%2Fb%20c~%C3%A9");
    }
}
