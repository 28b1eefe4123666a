//! Where ciphertexts are kept: a local folder, or an S3-compatible store.

use std::path::Path;
use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::error::ServiceError;

/// Folder of all histories in the store.
const PREFIX: &str = "histories";

/// The object store.
#[derive(Clone, Debug)]
pub(crate) struct Objects(Arc<dyn ObjectStore>);

impl Objects {
    /// Opens the store of a URL; a folder in `data` without one.
    pub(crate) fn open(url: Option<&str>, data: &Path) -> Result<Self, ServiceError> {
        let store: Arc<dyn ObjectStore> = match url {
            None => folder(&data.join("ciphertexts"))?,
            Some(url) => match url.strip_prefix("file://") {
                Some(path) => folder(Path::new(path))?,
                None => remote(url)?,
            },
        };
        Ok(Self(store))
    }

    /// Keeps bytes under a name that was never used: on disk when it returns.
    pub(crate) async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), object_store::Error> {
        self.0.put(&place(name), PutPayload::from(bytes)).await?;
        Ok(())
    }

    pub(crate) async fn read(&self, name: &str) -> Result<Vec<u8>, object_store::Error> {
        let bytes = self.0.get(&place(name)).await?.bytes().await?;
        Ok(bytes.into())
    }

    /// The first `most` bytes of an object, or all of it if there are fewer.
    pub(crate) async fn beginning(
        &self,
        name: &str,
        most: u64,
    ) -> Result<Vec<u8>, object_store::Error> {
        let place = place(name);
        let size = self.0.head(&place).await?.size;
        let bytes = self.0.get_range(&place, 0..size.min(most)).await?;
        Ok(bytes.into())
    }

    /// Deletes an object; one that is not there is deleted.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), object_store::Error> {
        match self.0.delete(&place(name)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Names of all objects, with when they were written.
    pub(crate) async fn list(&self) -> Result<Vec<(String, i64)>, object_store::Error> {
        let prefix = ObjectPath::from(PREFIX);
        let listed: Vec<_> = self.0.list(Some(&prefix)).try_collect().await?;
        let name = |object: object_store::ObjectMeta| {
            let name = object.location.filename()?.to_owned();
            Some((name, object.last_modified.timestamp()))
        };
        Ok(listed.into_iter().filter_map(name).collect())
    }
}

fn place(name: &str) -> ObjectPath {
    ObjectPath::from(format!("{PREFIX}/{name}"))
}

fn folder(path: &Path) -> Result<Arc<dyn ObjectStore>, ServiceError> {
    std::fs::create_dir_all(path).map_err(|fault| ServiceError::file(path, fault))?;
    let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
    Ok(Arc::new(store))
}

#[cfg(feature = "s3")]
fn remote(url: &str) -> Result<Arc<dyn ObjectStore>, ServiceError> {
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;
    // Taken by whoever comes first in the process; ring is the one we bring.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Keys, region and endpoint come from the environment, AWS_ACCESS_KEY_ID and so on.
    let store = AmazonS3Builder::from_env().with_url(url).build()?;
    // The builder takes the bucket of a URL and passes over the rest. What is
    // beside the prefix is not ours, to be listed or deleted.
    Ok(Arc::new(PrefixStore::new(store, prefix_of(url))))
}

/// What a URL says behind the bucket.
#[cfg(feature = "s3")]
fn prefix_of(url: &str) -> ObjectPath {
    let behind = url.split_once("://").map_or("", |(_, behind)| behind);
    let prefix = behind.split_once('/').map_or("", |(_, prefix)| prefix);
    ObjectPath::from(prefix)
}

#[cfg(not(feature = "s3"))]
fn remote(_url: &str) -> Result<Arc<dyn ObjectStore>, ServiceError> {
    let fault =
        "the URL does not begin with file://, and this program was built without the feature s3";
    let what = "ciphertexts";
    let fault = fault.to_owned();
    Err(ServiceError::Url { what, fault })
}

#[cfg(all(test, feature = "s3"))]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_what_stands_behind_the_bucket() {
        for (url, prefix) in [
            ("s3://bucket", ""),
            ("s3://bucket/", ""),
            ("s3://bucket/one", "one"),
            ("s3://bucket/one/two/", "one/two"),
        ] {
            assert_eq!(prefix_of(url), ObjectPath::from(prefix), "{url}");
        }
    }
}
