//! A piece as a player reads it: every message, in order, with its tempo map.

use serde::{Deserialize, Serialize};

/// Every channel message of a file in order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Timeline {}
