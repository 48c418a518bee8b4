//! The table of the policy, and requests that are accepted or refused by it.

mod double_submit;
mod forms;
mod origin_check;
mod policy_table;
mod vectors;
