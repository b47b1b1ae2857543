//! One newtype per kind of id.
//!
//! Every id is a UUIDv7. On the wire it is a prefix and 26 Crockford base32 letters (`prj_01J…`), so that a person
//! sees what an id names; in NATS subjects and object paths it is the bare 32-letter hex, which has no dots or slashes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::{NoContext, Timestamp, Uuid};

/// What is wrong with a text that should be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseIdError {
    #[error("expected an id that begins with `{expected}_`, got `{got}`")]
    Prefix { expected: &'static str, got: String },
    #[error("`{got}` does not end in 26 base32 letters")]
    Body { got: String },
}

/// A moment as an id holds it: milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixMs(pub u64);

fn uuid_at(now: UnixMs) -> Uuid {
    let seconds = now.0 / 1_000;
    // The remainder is below 1,000, so the nanoseconds fit.
    let nanos = u32::try_from(now.0 % 1_000).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos))
}

fn parse(prefix: &'static str, text: &str) -> Result<Uuid, ParseIdError> {
    let body = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or_else(|| ParseIdError::Prefix { expected: prefix, got: text.chars().take(40).collect() })?;
    ulid::Ulid::from_string(body)
        .map(|ulid| Uuid::from_bytes(ulid.to_bytes()))
        .map_err(|_| ParseIdError::Body { got: text.chars().take(40).collect() })
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The text before the underscore on the wire.
            pub const PREFIX: &'static str = $prefix;

            /// A new id whose first 48 bits are `now`.
            #[must_use]
            pub fn new(now: UnixMs) -> Self {
                Self(uuid_at(now))
            }

            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// 32 lower-case hex letters, for NATS subjects and object paths.
            #[must_use]
            pub fn hex(self) -> String {
                self.0.simple().to_string()
            }

            /// Reads what [`Self::hex`] wrote; `None` for anything else.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                (text.len() == 32).then(|| Uuid::try_parse(text).ok().map(Self)).flatten()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), ulid::Ulid::from_bytes(self.0.into_bytes()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse($prefix, text).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9A-HJKMNP-TV-Z]{26}$")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

id!(
    /// A company that signed up.
    TenantId, "tnt"
);
id!(
    /// A person who logs in.
    UserId, "usr"
);
id!(
    /// One platform in one region: what a license key belongs to.
    ProjectId, "prj"
);
id!(
    /// A license key, without its text.
    KeyId, "key"
);
id!(
    /// An API token, without its text.
    TokenId, "tok"
);
id!(
    /// One extent of one tenant's telemetry in the lake.
    SegmentId, "seg"
);
id!(
    /// One row of the writer's usage outbox: metering applies each exactly once.
    UsageId, "use"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_wire_and_the_subject() {
        let id = ProjectId::new(UnixMs(1_764_000_000_000));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(ProjectId::from_hex(&id.hex()), Some(id));
        assert_eq!(serde_json::from_str::<ProjectId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn an_id_of_another_kind_is_refused_by_name() {
        let tenant = TenantId::new(UnixMs(1)).to_string();
        assert!(matches!(tenant.parse::<ProjectId>(), Err(ParseIdError::Prefix { expected: "prj", .. })));
        assert!(matches!("prj_é".parse::<ProjectId>(), Err(ParseIdError::Body { .. })));
        assert_eq!(ProjectId::from_hex("../../../../../../../../../../..."), None);
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        assert!(KeyId::new(UnixMs(1_000)) < KeyId::new(UnixMs(2_000)));
    }
}
