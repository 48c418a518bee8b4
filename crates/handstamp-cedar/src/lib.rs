//! Policies of [Cedar](https://docs.cedarpolicy.com) for handstamp: they decide what the bearer of
//! a verified token may do, to which resource, and when.
//!
//! [Policies], a page of the book, leads from the first policy to reloading and to tests.
//!
//! [Policies]: https://github.com/handstamp/handstamp/blob/main/docs/policies.md
//!
//! The principal comes from the claims of a verified access token, and from nothing else of a
//! request. Policies are parsed and checked against a schema when they are built, and every mistake
//! is reported at once. A question is answered without parsing anything, and without I/O; what
//! cannot be evaluated is denied.
//!
//! | I want to … | type or method |
//! |---|---|
//! | load policies | [`Policies::builder`] |
//! | say who asks, by which claims | [`Principal`] |
//! | ask | [`Question`], [`Entity`], [`Value`] |
//! | ask in a handler | [`Auth::require_permission`](handstamp::Auth::require_permission) |
//! | ask in front of handlers | the layer `authorize` of each adapter |
//! | learn why | [`Policies::explain`] |
//! | exchange policies while the service runs | [`Policies::reload`], [`Policies::replace`] |

mod actions;
mod builder;
mod compiled;
mod error;
mod explanation;
mod names;
mod policies;
mod principal;
mod question;
mod shapes;
mod sources;
mod value;

pub use builder::PoliciesBuilder;
/// Cedar, for what is not wrapped here, such as values of further types:
/// [`RestrictedExpression`](cedar_policy::RestrictedExpression).
pub use cedar_policy;
pub use error::{PolicyError, Problem};
pub use explanation::Explanation;
/// The core, so that both have one version of it.
pub use handstamp;
pub use policies::Policies;
pub use principal::Principal;
pub use question::{Entity, Question};
pub use value::Value;

/// The examples of the README, which are tested with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
