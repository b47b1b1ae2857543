//! `./dev down` and `./dev reset`.

use std::fs;

use anyhow::bail;

use crate::{cli::Select, owned, place, stack::Stack, supervisor};

pub(crate) fn down(select: &Select) -> anyhow::Result<()> {
    let data = place::data(select)?;
    match Stack::read(&data) {
        Ok(stack) => stack.is_on(select.ports)?,
        // What runs is stopped whether we know how it was started or not.
        Err(error) if supervisor::of(&data).is_none() => return Err(error),
        Err(_) => {}
    }
    if supervisor::of(&data).is_none() {
        say!("nothing runs in {}", data.display());
        return Ok(());
    }
    supervisor::stop(&data)?;
    say!("stopped; the data stays in {}", data.display());
    Ok(())
}

pub(crate) fn reset(select: &Select) -> anyhow::Result<()> {
    let data = place::data(select)?;
    if !data.exists() {
        say!("there is nothing in {}", data.display());
        return Ok(());
    }
    if !owned::is_stack(&data) {
        bail!("{} is not the data of a stack, so it is left alone", data.display());
    }
    let stack = Stack::read(&data);
    if let Ok(stack) = &stack {
        stack.is_on(select.ports)?;
    }
    supervisor::stop(&data)?;
    if let Ok(stack) = stack {
        place::unregister(stack.ports.base, &data);
    }
    let postgres = place::postgres_dir(&data);
    if postgres.exists() {
        owned::remove(&postgres)?;
        // As root it may lie elsewhere, in a folder of its own.
        if let Some(parent) = postgres.parent().filter(|parent| *parent != data) {
            let _ = fs::remove_dir(parent);
        }
    }
    match owned::remove_all(&data)?.first() {
        Some(left) => {
            say!("removed the stack in {}; {left} and whatever else is no part of it stays", data.display());
        }
        None => say!("removed {}", data.display()),
    }
    Ok(())
}
