//! From names to addresses that may be called. It is asked at every connection, and what it answers is what is connected to: a name
//! that leads elsewhere a moment later leads nobody there.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use fengqiao_domain::kernel::address::Addresses;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Knows the addresses of names.
#[async_trait::async_trait]
pub trait Names: Send + Sync {
    /// The addresses of a name.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The names that the system knows.
#[derive(Clone, Copy, Debug)]
pub struct SystemNames;

#[async_trait::async_trait]
impl Names for SystemNames {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// A name leads into a network that is not called, and nowhere else.
#[derive(Debug, thiserror::Error)]
#[error("the name leads into a network that is not called")]
pub(super) struct Closed;

/// Names, as far as they lead to addresses that may be called.
pub(crate) struct OpenNames {
    addresses: Addresses,
    names: Arc<dyn Names>,
}

impl OpenNames {
    pub(crate) fn new(addresses: Addresses, names: Arc<dyn Names>) -> Self {
        Self { addresses, names }
    }
}

impl Resolve for OpenNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (addresses, names) = (self.addresses.clone(), Arc::clone(&self.names));
        Box::pin(async move {
            let found = names.addresses(name.as_str()).await?;
            let open: Vec<SocketAddr> =
                found.iter().filter(|ip| addresses.admit(**ip)).map(|ip| SocketAddr::new(*ip, 0)).collect();
            if open.is_empty() && !found.is_empty() {
                return Err(Closed.into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}
