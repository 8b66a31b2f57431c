//! Names of keys and channels. Only here are they put together: each begins with the deployment, and what is a
//! tenant's goes on with the tenant.

use std::sync::Arc;

use ::redis::{RedisWrite, ToRedisArgs, ToSingleRedisArg};
use fengqiao_domain::kernel::bucket::Bucket;
use fengqiao_domain::kernel::id::TenantId;

/// The name of a key or a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(String);

impl ToRedisArgs for Key {
    fn write_redis_args<W: RedisWrite + ?Sized>(&self, out: &mut W) {
        out.write_arg(self.0.as_bytes());
    }
}

impl ToSingleRedisArg for Key {}

/// The names of one deployment.
#[derive(Clone, Debug)]
pub(super) struct Keys(Arc<str>);

impl Keys {
    pub(super) fn of(prefix: &str) -> Self {
        Self(prefix.into())
    }

    /// The channel on which servers wake each other; it holds nothing of any tenant.
    pub(super) fn bell(&self) -> Key {
        Key(format!("{}:all:bell", self.0))
    }

    /// A pattern of every name that is a tenant's; the deployment's own name has no character that a pattern knows.
    pub(super) fn all_of(&self, tenant: TenantId) -> String {
        format!("{}:t:{}:*", self.0, tenant.uuid())
    }

    /// A bucket. One of nobody's tenant belongs to the deployment.
    pub(super) fn bucket(&self, bucket: &Bucket) -> Key {
        let limited: &'static str = bucket.limited.into();
        match bucket.tenant {
            Some(tenant) => Key(format!("{}:t:{}:{limited}:{}", self.0, tenant.uuid(), bucket.whose)),
            None => Key(format!("{}:all:{limited}:{}", self.0, bucket.whose)),
        }
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::kernel::bucket::Limited;
    use fengqiao_domain::kernel::id::TenantId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_a_tenants_names_the_tenant() {
        let keys = Keys::of("wuhai");
        let tenant = TenantId::from_uuid(Uuid::from_u128(7));
        let bucket = |tenant| Bucket { limited: Limited::SignIn, tenant, whose: "acct_1".to_owned() };
        assert_eq!(keys.bell().0, "wuhai:all:bell");
        assert_eq!(
            keys.bucket(&bucket(Some(tenant))).0,
            "wuhai:t:00000000-0000-0000-0000-000000000007:sign_in:acct_1"
        );
        assert_eq!(keys.bucket(&bucket(None)).0, "wuhai:all:sign_in:acct_1");
    }
}
