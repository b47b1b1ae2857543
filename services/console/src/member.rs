//! People: who signs up, and what their mail address, password and name must be.

pub mod change;
pub mod check;
pub mod password;
pub mod signup;
pub mod verify;
