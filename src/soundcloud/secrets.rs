//! Where tokens and secrets are kept.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::PublishError;

/// What the keyring calls us.
const SERVICE: &str = "cantus-soundcloud";

/// A place for secrets, each with a name.
pub trait Secrets: Send + Sync {
    /// Reads one; `None` where there is none.
    ///
    /// # Errors
    /// The keyring refuses.
    fn get(&self, name: &str) -> Result<Option<String>, PublishError>;

    /// Keeps one, safely when this returns.
    ///
    /// # Errors
    /// The keyring refuses.
    fn set(&self, name: &str, secret: &str) -> Result<(), PublishError>;

    /// Forgets one.
    ///
    /// # Errors
    /// The keyring refuses.
    fn delete(&self, name: &str) -> Result<(), PublishError>;

    /// Whether they outlive the program. May take a moment.
    fn last(&self) -> bool;
}

/// The system's keyring; where it has none, this process's memory, so that a sign-in lasts as long as the program.
#[derive(Debug, Default)]
pub struct SystemSecrets {
    memory: MemorySecrets,
}

fn entry(name: &str) -> Result<keyring::Entry, PublishError> {
    keyring::Entry::new(SERVICE, name).map_err(|error| refusal(&error))
}

/// What a keyring says, without what it was about.
fn refusal(error: &keyring::Error) -> PublishError {
    PublishError::Keyring(match error {
        keyring::Error::NoStorageAccess(_) => "it is locked".into(),
        _ => "it gave an error".into(),
    })
}

impl Secrets for SystemSecrets {
    fn get(&self, name: &str) -> Result<Option<String>, PublishError> {
        if !self.last() {
            return self.memory.get(name);
        }
        match entry(name)?.get_password() {
            Ok(secret) => Ok(Some(secret)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(&error)),
        }
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), PublishError> {
        if !self.last() {
            return self.memory.set(name, secret);
        }
        entry(name)?.set_password(secret).map_err(|error| refusal(&error))
    }

    fn delete(&self, name: &str) -> Result<(), PublishError> {
        if !self.last() {
            return self.memory.delete(name);
        }
        match entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(&error)),
        }
    }

    fn last(&self) -> bool {
        keyring::Entry::store_status().is_ok()
    }
}

/// Secrets that end with the program.
#[derive(Default)]
pub struct MemorySecrets(Mutex<HashMap<String, String>>);

impl std::fmt::Debug for MemorySecrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MemorySecrets")
    }
}

impl MemorySecrets {
    fn with<T>(&self, change: impl FnOnce(&mut HashMap<String, String>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Secrets for MemorySecrets {
    fn get(&self, name: &str) -> Result<Option<String>, PublishError> {
        Ok(self.with(|secrets| secrets.get(name).cloned()))
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), PublishError> {
        self.with(|secrets| secrets.insert(name.to_owned(), secret.to_owned()));
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), PublishError> {
        self.with(|secrets| secrets.remove(name));
        Ok(())
    }

    fn last(&self) -> bool {
        false
    }
}
