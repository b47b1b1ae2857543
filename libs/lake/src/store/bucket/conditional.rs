//! The condition that `AmazonS3` 0.13 puts on small objects and cannot be told to put on completed uploads.

use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
    },
};

/// Connects as usual, and completes an upload only under a name that is free: `If-None-Match: *`.
///
/// The header is added after the request was signed; a signature covers the headers it names, and others may stand
/// beside them.
#[derive(Debug, Clone, Copy)]
pub(super) struct IfFree;

#[derive(Debug)]
struct Conditional(HttpClient);

impl HttpConnector for IfFree {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Conditional(ReqwestConnector::default().connect(options)?)))
    }
}

#[async_trait::async_trait]
impl HttpService for Conditional {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if completes_an_upload(&request) {
            request.headers_mut().insert("if-none-match", http::HeaderValue::from_static("*"));
        }
        self.0.execute(request).await
    }
}

fn completes_an_upload(request: &HttpRequest) -> bool {
    let mut asked = request.uri().query().unwrap_or_default().split('&');
    request.method() == http::Method::POST && asked.any(|pair| pair.starts_with("uploadId="))
}

#[cfg(test)]
mod tests {
    use object_store::client::HttpRequestBody;

    use super::*;

    #[test]
    fn only_the_end_of_an_upload_completes_it() {
        let request = |method: &str, uri: &str| {
            http::Request::builder().method(method).uri(uri).body(HttpRequestBody::empty()).unwrap()
        };
        for (method, uri, completes) in [
            ("POST", "http://s3/acme/a?uploadId=7", true),
            ("POST", "http://s3/acme/a?uploads=", false),
            ("POST", "http://s3/acme?delete", false),
            ("PUT", "http://s3/acme/a?partNumber=1&uploadId=7", false),
            ("DELETE", "http://s3/acme/a?uploadId=7", false),
        ] {
            assert_eq!(completes_an_upload(&request(method, uri)), completes, "{method} {uri}");
        }
    }
}
