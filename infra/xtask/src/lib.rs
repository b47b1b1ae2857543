//! Housekeeping: tidy and friends.
