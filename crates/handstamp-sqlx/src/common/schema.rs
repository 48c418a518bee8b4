//! The tables, and how they come to be.

use handstamp::error::StoreError;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migrate, Migration, MigrationType};

/// One file of `migrations`, for good: what has been released never changes.
pub(crate) struct Step {
    pub(crate) version: i64,
    pub(crate) description: &'static str,
    pub(crate) sql: &'static str,
}

/// What has to be done about the tables of a database.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tables {
    UpToDate,
    Outdated,
}

/// Compares the newest step that a database has seen with the newest there is.
///
/// # Errors
/// When the database is ahead: a newer release may have given columns another meaning.
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

/// Takes the steps that a database has not seen, within a transaction that holds a lock of ours. Whether there were any.
///
/// `sqlx::migrate::Migrator` does nearly this. Its own lock is none in SQLite, and in PostgreSQL stays with the pooled
/// connection when the future is dropped.
///
/// # Errors
/// Those of the database, and of [`compare`]: while this waited for the lock, a newer release may have had it.
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

/// Beside the application's own migrations, which sqlx keeps in `_sqlx_migrations`.
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
