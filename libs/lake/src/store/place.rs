//! Where the lake's objects lie, as an operator says it.

use std::path::{Path, PathBuf};

use crate::Error;

/// A disk or a bucket. Writer and query must be told the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `file:///var/lib/naru/lake`, or a path; or `s3://bucket/prefix`.
    pub url: String,
    /// Of an S3 server other than Amazon's: `https://s3.example.com`.
    pub s3_endpoint: Option<String>,
    pub s3_region: String,
    /// As the AWS tools write it: `aws_access_key_id = …` and `aws_secret_access_key = …` under `[default]`. Read again
    /// every minute.
    pub s3_credentials_file: Option<PathBuf>,
    /// A disk where merges for a bucket grow, sealed, before they are sent; never in memory.
    pub staging_dir: PathBuf,
}

/// What [`Options`] mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Disk(PathBuf),
    Bucket(BucketPlace),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BucketPlace {
    pub(super) url: String,
    pub(super) bucket: String,
    /// Under which all names lie; may be empty.
    pub(super) prefix: String,
    pub(super) endpoint: Option<String>,
    pub(super) region: String,
    pub(super) credentials_file: PathBuf,
}

impl Options {
    /// A directory.
    #[must_use]
    pub fn on_disk(dir: &Path) -> Self {
        Self {
            url: dir.display().to_string(),
            s3_endpoint: None,
            s3_region: String::new(),
            s3_credentials_file: None,
            staging_dir: PathBuf::new(),
        }
    }

    /// The directory; `None` for a bucket.
    pub fn dir(&self) -> Result<Option<PathBuf>, Error> {
        match self.place()? {
            Place::Disk(dir) => Ok(Some(dir)),
            Place::Bucket(_) => Ok(None),
        }
    }

    pub(super) fn place(&self) -> Result<Place, Error> {
        let no_place = |problem| Error::NoPlace { url: self.url.clone(), problem };
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("file", &self.url));
        match scheme {
            "file" if rest.is_empty() => Err(no_place("it names no directory")),
            "file" if self.url.contains("://") && !rest.starts_with('/') => {
                Err(no_place("a file URL has three slashes, such as file:///var/lib/naru/lake"))
            }
            "file" => Ok(Place::Disk(PathBuf::from(rest))),
            "s3" => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(no_place("it names no bucket, such as s3://bucket/prefix"));
                }
                let Some(credentials_file) = self.s3_credentials_file.clone() else {
                    return Err(no_place("a bucket needs lake_s3_credentials_file"));
                };
                Ok(Place::Bucket(BucketPlace {
                    url: self.url.clone(),
                    bucket: bucket.to_owned(),
                    prefix: prefix.trim_matches('/').to_owned(),
                    endpoint: self.s3_endpoint.clone(),
                    region: self.s3_region.clone(),
                    credentials_file,
                }))
            }
            _ => Err(no_place("it begins with neither file:// nor s3://")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> Options {
        Options {
            s3_credentials_file: Some(PathBuf::from("/run/s3")),
            s3_region: "eu-central-1".to_owned(),
            ..Options::on_disk(Path::new(url))
        }
    }

    #[test]
    fn a_place_is_a_directory_or_a_bucket() {
        let place = |url: &str| options(url).place().unwrap();
        for (url, dir) in
            [(".naru/lake", ".naru/lake"), ("/lake", "/lake"), ("file:///var/lake", "/var/lake")]
        {
            assert_eq!(place(url), Place::Disk(PathBuf::from(dir)), "{url}");
        }
        for (url, bucket, prefix) in
            [("s3://acme", "acme", ""), ("s3://acme/", "acme", ""), ("s3://acme/naru/eu/", "acme", "naru/eu")]
        {
            let Place::Bucket(place) = place(url) else { panic!("{url} is a bucket") };
            assert_eq!((place.bucket.as_str(), place.prefix.as_str()), (bucket, prefix), "{url}");
        }
    }

    #[test]
    fn what_is_no_place_says_what_to_do() {
        let problem = |options: Options| options.place().unwrap_err().to_string();
        for url in ["gs://bucket", "file://lake", "", "s3://", "s3:///lake"] {
            let said = problem(options(url));
            assert!(said.starts_with(&format!("`{url}` is no place for the lake: ")), "{said}");
        }
        let said = problem(Options { s3_credentials_file: None, ..options("s3://acme") });
        assert!(said.ends_with("a bucket needs lake_s3_credentials_file"), "{said}");
    }
}
