//! The skeleton all signals share: resource groups holding scope groups holding items.

use super::Attributes;
use crate::wire::{Fields, WireError};

/// Who sent it.
#[derive(Debug, Clone, Copy)]
pub struct ResourceView<'a> {
    /// A `Resource` message; empty when none was sent.
    pub message: &'a [u8],
}

/// Which instrumentation made it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScopeView<'a> {
    pub name: &'a [u8],
    pub version: &'a [u8],
    pub message: &'a [u8],
}

/// One scope group with what stands above it. `items` are spans, metrics or log records.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// The whole resource group, as sent.
    pub resource_group: &'a [u8],
    /// The whole scope group, as sent.
    pub scope_group: &'a [u8],
    pub resource: ResourceView<'a>,
    pub scope: ScopeView<'a>,
}

impl<'a> ResourceView<'a> {
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::of(self.message, 1)
    }
}

impl<'a> Group<'a> {
    /// Whether both are of the very same resource group of a request, and not only of equal ones. Scope groups are as
    /// many as a sender likes: whoever looks at the resource of each walks a large one that often.
    #[must_use]
    pub fn shares_resource_with(&self, other: &Self) -> bool {
        std::ptr::eq(self.resource_group, other.resource_group)
    }

    /// The item messages, in order.
    pub fn items(&self) -> impl Iterator<Item = Result<&'a [u8], WireError>> + use<'a> {
        members(self.scope_group, 2)
    }
}

/// Calls `see` for every scope group of a request, in order.
pub fn for_each_group<'a, E: From<WireError>>(
    request: &'a [u8],
    mut see: impl FnMut(Group<'a>) -> Result<(), E>,
) -> Result<(), E> {
    for resource_group in members(request, 1) {
        let resource_group = resource_group?;
        let resource =
            ResourceView { message: members(resource_group, 1).last().transpose()?.unwrap_or_default() };
        for scope_group in members(resource_group, 2) {
            let scope_group = scope_group?;
            let scope = scope_of(scope_group)?;
            see(Group { resource_group, scope_group, resource, scope })?;
        }
    }
    Ok(())
}

fn scope_of(scope_group: &[u8]) -> Result<ScopeView<'_>, WireError> {
    let Some(message) = members(scope_group, 1).last().transpose()? else { return Ok(ScopeView::default()) };
    let mut scope = ScopeView { message, ..ScopeView::default() };
    for field in Fields::of(message) {
        let field = field?;
        match field.number {
            1 => scope.name = field.bytes()?,
            2 => scope.version = field.bytes()?,
            _ => {}
        }
    }
    Ok(scope)
}

/// The length-delimited fields `number` of a message; wire errors come through.
pub fn members(message: &[u8], number: u32) -> impl Iterator<Item = Result<&[u8], WireError>> {
    Fields::of(message).filter_map(move |field| match field {
        Ok(field) if field.number == number => Some(field.bytes()),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    })
}
