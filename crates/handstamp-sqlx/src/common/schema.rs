//! Creates the tables and brings them up to date.

use handstamp::error::StoreError;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migrate, Migration, MigrationType};

/// One file of `migrations`. A released one never changes.
pub(crate) struct Step {
    pub(crate) version: i64,
    pub(crate) description: &'static str,
    pub(crate) sql: &'static str,
}

/// Whether the tables of a database are those of this release.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tables {
    UpToDate,
    Outdated,
}

/// Compares the newest migration of a database with the newest one of this release.
///
/// # Errors
/// Returns a [`StoreError`] if the database is ahead: a newer release may have changed the meaning
/// of columns.
pub(crate) fn compare(steps: &[Step], seen: Option<i64>) -> Result<Tables, StoreError> {
    let newest = steps.iter().map(|step| step.version).max();
    if seen > newest {
        let (seen, newest) = (seen.unwrap_or_default(), newest.unwrap_or_default());
        return Err(StoreError::new(format!(
            "the tables were made by a newer release of handstamp-sqlx (migration {seen}; this one knows {newest}): \
             use that release or a later one"
        )));
    }
    Ok(if seen == newest {
        Tables::UpToDate
    } else {
        Tables::Outdated
    })
}

/// Applies the migrations that a database lacks, within a transaction that holds a lock. Returns
/// whether there were any.
///
/// `sqlx::migrate::Migrator` does nearly this. It takes no lock in SQLite, and in PostgreSQL its
/// lock stays with the pooled connection when the future is dropped.
///
/// # Errors
/// Returns the errors of the database, and that of [`compare`]: a newer release may have held the
/// lock before.
pub(crate) async fn bring_up_to_date(
    connection: &mut impl Migrate,
    steps: &[Step],
) -> Result<bool, StoreError> {
    let made = connection.ensure_migrations_table(TABLE).await;
    made.map_err(StoreError::new)?;
    let seen = connection.list_applied_migrations(TABLE).await;
    let seen = seen.map_err(StoreError::new)?;
    let seen = seen.iter().map(|step| step.version).max();
    if compare(steps, seen)? == Tables::UpToDate {
        return Ok(false);
    }
    for step in steps.iter().filter(|step| Some(step.version) > seen) {
        let migration = Migration::new(
            step.version,
            step.description.into(),
            MigrationType::Simple,
            step.sql.into_sql_str(),
            false,
        );
        let taken = connection.apply(TABLE, &migration).await;
        taken.map_err(StoreError::new)?;
    }
    Ok(true)
}

/// Separate from the application's own migrations, which sqlx keeps in `_sqlx_migrations`.
const TABLE: &str = "handstamp_migrations";

#[cfg(test)]
mod tests {
    use super::{Step, Tables, compare};

    #[test]
    fn a_database_is_compared_with_the_steps_there_are() {
        let step = |version| Step {
            version,
            description: "",
            sql: "",
        };
        let steps = [step(1), step(2)];
        let rows = [
            ("without tables", None, Ok(Tables::Outdated)),
            ("of an older release", Some(1), Ok(Tables::Outdated)),
            ("of this release", Some(2), Ok(Tables::UpToDate)),
            (
                "of a newer release",
                Some(3),
                Err("the store did not answer: the tables were made by a newer release of handstamp-sqlx (migration 3; \
                     this one knows 2): use that release or a later one"
                    .to_owned()),
            ),
        ];
        for (sentence, seen, expected) in rows {
            let got = compare(&steps, seen).map_err(|error| error.to_string());
            assert_eq!(got, expected, "{sentence}");
        }
    }
}
