//! The policies of the service: their files, and who asks.

use std::path::Path;

use handstamp_cedar::{Policies, PolicyError, Principal};

/// Reads the files of a folder, and checks them.
pub(crate) fn read(folder: &Path) -> Result<Policies, PolicyError> {
    Policies::builder()
        .schema_file(folder.join("service.cedarschema"))
        .policy_file(folder.join("service.cedar"))
        .principal(
            Principal::new("Admin")
                .login_type("admin")
                .claims(["scopes"]),
        )
        .principal(
            Principal::new("User")
                .login_type("user")
                .claims(["account_status", "age"]),
        )
        .build()
}
