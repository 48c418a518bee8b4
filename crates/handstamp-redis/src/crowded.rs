//! Searches a server for accounts with too many sessions.

use handstamp::store::AccountId;

use crate::RedisStore;
use crate::arguments::count;
use crate::failure::Failure;
use crate::keys::account_of_index;
use crate::reply;

impl RedisStore {
    /// Returns some accounts whose index has more entries than this. The search takes steps of a
    /// hundred keys, so that other callers never wait long. A cluster is not searched.
    pub(crate) async fn crowded(&self, at_most: usize) -> Result<Vec<AccountId>, Failure> {
        let mut accounts = Vec::new();
        if self.is_cluster() {
            return Ok(accounts);
        }
        let mut cursor = String::from("0");
        loop {
            let arguments = [cursor, self.indexes(), count(at_most)];
            let answer = self.run(&self.scripts.crowded_accounts, [], arguments);
            let [next, found] = reply::parts(answer.await?)?;
            for index in reply::list(found)? {
                accounts.extend(account_of_index(&reply::text(index)?));
            }
            cursor = reply::text(next)?;
            if cursor == "0" || accounts.len() >= MOST_ACCOUNTS {
                return Ok(accounts);
            }
        }
    }
}

/// Enough for one round of a purge.
const MOST_ACCOUNTS: usize = 100;
