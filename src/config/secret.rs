//! The token: read from the environment, a service credential or a file, and never shown.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{ApiConfig, ConfigError};

/// Holds the token itself.
pub const TOKEN_VARIABLE: &str = "AMI_SYNC_API_TOKEN";

/// Under a service's credentials, the file of the token.
const CREDENTIAL: &str = "api-token";

/// Where systemd puts what it hands to services that run.
const CREDENTIALS: &str = "/run/credentials/";

/// What makes a token's file readable.
pub(super) fn remedy(path: &Path) -> &'static str {
    if path.starts_with(CREDENTIALS) {
        "systemd ne le remet qu’au service en marche : démarrez-le, ou donnez le jeton à cette commande par \
         AMI_SYNC_API_TOKEN"
    } else {
        "vérifiez son chemin et ses droits"
    }
}

impl ApiConfig {
    /// Reads the token: the environment first, then the configured file, then the service's credential.
    ///
    /// # Errors
    /// When there is none, when its file cannot be read, or when it holds nothing.
    pub fn read_token(&self) -> Result<SecretString, ConfigError> {
        if let Some(token) = env::var(TOKEN_VARIABLE).ok().filter(|token| !token.trim().is_empty()) {
            return Ok(SecretString::from(token.trim()));
        }
        let Some(path) = self.token_path() else { return Err(ConfigError::NoToken) };
        let text = fs::read_to_string(&path)
            .map_err(|source| ConfigError::UnreadableToken { path: path.clone(), source })?;
        let token = text.trim();
        if token.is_empty() {
            return Err(ConfigError::EmptyToken { path });
        }
        if token.contains(char::is_whitespace) {
            let source =
                io::Error::new(io::ErrorKind::InvalidData, "plusieurs mots là où un jeton est attendu");
            return Err(ConfigError::UnreadableToken { path, source });
        }
        Ok(SecretString::from(token))
    }

    /// The file that the token is read from.
    #[must_use]
    pub fn token_path(&self) -> Option<PathBuf> {
        self.token_file.clone().or_else(|| {
            let directory = env::var_os("CREDENTIALS_DIRECTORY")?;
            Some(Path::new(&directory).join(CREDENTIAL)).filter(|path| path.exists())
        })
    }

    /// A sentence when others than its owner may read the token's file.
    pub(super) fn token_warning(&self) -> Option<String> {
        if env::var_os(TOKEN_VARIABLE).is_some() {
            return None;
        }
        let path = self.token_path()?;
        let mode = fs::metadata(&path).ok()?.permissions().mode();
        (mode & 0o004 != 0).then(|| {
            format!(
                "le fichier du jeton {path} est lisible par tous ; faites : chmod 600 {path}",
                path = path.display()
            )
        })
    }
}
