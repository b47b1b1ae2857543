//! Who acts. A `Caller` is an argument of every call, never a memory.

use std::{fmt, str::FromStr};

use naru_ids::{TenantId, TokenId, UserId};
use serde::{Deserialize, Serialize};

/// What a member is in a tenant. Each role may do everything the next one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Signed the company up; may close it.
    Owner,
    /// Runs projects, keys, tokens and members.
    Admin,
    /// Sets up projects and keys.
    Operator,
    /// Looks.
    Viewer,
}

/// A person with a session, or a program with an API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    User(UserId),
    Token(TokenId),
}

/// Somebody who proved who they are, in one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    pub tenant: TenantId,
    pub actor: Actor,
    pub role: Role,
}

/// What can be done in a tenant. A new route names its action here first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read telemetry, projects and usage.
    View,
    CreateProject,
    ChangeProject,
    ListKeys,
    IssueKey,
    RevokeKey,
    ListTokens,
    CreateToken,
    RevokeToken,
    SendTestTrace,
    ManageMembers,
    ManageTenant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{role} may not {action:?}")]
pub struct Forbidden {
    pub role: Role,
    pub action: Action,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role")]
pub struct UnknownRole(String);

impl Caller {
    /// `Ok` when this caller's role allows `action`. A token never manages members or the tenant itself.
    pub fn may(&self, action: Action) -> Result<(), Forbidden> {
        let person_only = matches!(action, Action::ManageMembers | Action::ManageTenant);
        if self.role.allows(action) && !(person_only && matches!(self.actor, Actor::Token(_))) {
            return Ok(());
        }
        Err(Forbidden { role: self.role, action })
    }
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Operator, Self::Viewer];

    fn allows(self, action: Action) -> bool {
        let least = match action {
            Action::View => Self::Viewer,
            Action::CreateProject
            | Action::ChangeProject
            | Action::ListKeys
            | Action::IssueKey
            | Action::RevokeKey
            | Action::SendTestTrace => Self::Operator,
            Action::ListTokens | Action::CreateToken | Action::RevokeToken | Action::ManageMembers => {
                Self::Admin
            }
            Action::ManageTenant => Self::Owner,
        };
        self.rank() >= least.rank()
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Viewer => 0,
            Self::Operator => 1,
            Self::Admin => 2,
            Self::Owner => 3,
        }
    }

    /// The word used on the wire and in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    fn caller(role: Role) -> Caller {
        Caller { tenant: TenantId::new(UnixMs(1)), actor: Actor::User(UserId::new(UnixMs(1))), role }
    }

    #[test]
    fn each_role_may_do_what_the_table_says() {
        let table = [
            (Action::View, "owner admin operator viewer"),
            (Action::CreateProject, "owner admin operator"),
            (Action::IssueKey, "owner admin operator"),
            (Action::RevokeKey, "owner admin operator"),
            (Action::CreateToken, "owner admin"),
            (Action::ManageMembers, "owner admin"),
            (Action::ManageTenant, "owner"),
        ];
        for (action, allowed) in table {
            for role in Role::ALL {
                let expected = allowed.split(' ').any(|word| word == role.as_str());
                assert_eq!(caller(role).may(action).is_ok(), expected, "{role} {action:?}");
            }
        }
    }

    #[test]
    fn a_token_never_manages_people() {
        let token = Caller { actor: Actor::Token(TokenId::new(UnixMs(1))), ..caller(Role::Owner) };
        assert!(token.may(Action::ManageMembers).is_err());
        assert!(token.may(Action::CreateProject).is_ok());
    }

    #[test]
    fn a_role_reads_back_as_it_was_written() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!("root".parse::<Role>().is_err());
    }
}
