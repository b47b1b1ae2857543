//! Who the request is for and where it came from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::{header, request::Parts, uri::Authority};

use crate::Problem;

/// The host the client asked for: lower case, without the port and without a trailing dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host(pub String);

/// The client's address: what our edge put into `X-Forwarded-For` (it overwrites what clients send), else the peer.
///
/// Good for throttling and logs. Services listen where only the edge reaches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

/// `acme.apm.local.localhost:8080` as the client wrote it: the Host header, or the authority of an HTTP/2 request.
pub(crate) fn authority(parts: &Parts) -> Option<Authority> {
    match parts.headers.get(header::HOST) {
        Some(value) => value.to_str().ok()?.parse().ok(),
        None => parts.uri.authority().cloned(),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Host {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let authority = authority(parts)
            .ok_or_else(|| Problem::bad_request("no_host", "the request names no usable host"))?;
        Ok(Self(authority.host().trim_end_matches('.').to_ascii_lowercase()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        // The last entry is the nearest proxy's, the only one that can be believed.
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|value| value.trim().parse().ok());
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self(forwarded.or_else(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;

    use super::*;

    async fn host_of(host: &str) -> Option<String> {
        let mut parts = Request::builder().header("host", host).body(()).unwrap().into_parts().0;
        Host::from_request_parts(&mut parts, &()).await.ok().map(|host| host.0)
    }

    #[tokio::test]
    async fn a_host_is_lower_case_without_port_or_dot() {
        assert_eq!(host_of("ACME.apm.localhost:8080").await.as_deref(), Some("acme.apm.localhost"));
        assert_eq!(host_of("acme.apm.localhost.").await.as_deref(), Some("acme.apm.localhost"));
        assert_eq!(host_of("not a host").await, None);
    }

    #[tokio::test]
    async fn only_the_nearest_proxy_is_believed() {
        let request = Request::builder().header("x-forwarded-for", "1.1.1.1, 10.0.0.7");
        let mut parts = request.body(()).unwrap().into_parts().0;
        let Ok(address) = ClientAddress::from_request_parts(&mut parts, &()).await;
        assert_eq!(address.0, IpAddr::from([10, 0, 0, 7]));
    }
}
