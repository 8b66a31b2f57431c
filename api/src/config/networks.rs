//! Networks that an operator opens.

use fengqiao_domain::kernel::address::IpNet;

/// The networks of a setting.
pub(super) fn networks(setting: &str, texts: &[String]) -> Result<Vec<IpNet>, String> {
    let read = |text: &String| {
        text.parse().map_err(|_| format!("{setting} holds {text:?}, which is no network such as 10.0.0.0/8"))
    };
    texts.iter().map(read).collect()
}
