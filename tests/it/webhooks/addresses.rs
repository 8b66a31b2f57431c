//! Nobody has the server call what only the server can reach (requirement H3): not a byte gets there.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::ensure;
use fengqiao_api::webhooks::{HttpCarrier, Names, SystemNames};
use fengqiao_domain::kernel::address::Addresses;
use fengqiao_domain::webhooks::{Answered, AttemptFault, Carrier as _, Letter, Round};
use fengqiao_tests::on_backends;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::receiver::{Reply, reply};
use super::{Desk, ISSUED};

/// Whoever connects to it is counted: it stands for what nobody may reach.
struct Canary {
    port: u16,
    touched: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Canary {
    async fn set() -> anyhow::Result<Self> {
        let touched = Arc::new(AtomicUsize::new(0));
        let (listener, count) = (TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await?, Arc::clone(&touched));
        let port = listener.local_addr()?.port();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(Self { port, touched, _tasks: tasks })
    }

    fn touched(&self) -> usize {
        self.touched.load(Ordering::SeqCst)
    }
}

/// Names that lead to one address when they are asked first, and to another from then on.
struct Flipping {
    asked: AtomicUsize,
    first: Vec<IpAddr>,
    then: Vec<IpAddr>,
}

#[async_trait::async_trait]
impl Names for Flipping {
    async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(if asked == 0 { self.first.clone() } else { self.then.clone() })
    }
}

fn letter(url: String) -> Letter {
    Letter {
        url,
        id: "delivery_1".to_owned(),
        timestamp: 1,
        signature: "v1,".to_owned(),
        body: "{}".to_owned(),
    }
}

fn carrier(open: &[&str], names: Arc<dyn Names>) -> anyhow::Result<HttpCarrier> {
    let open = open.iter().map(|net| net.parse()).collect::<Result<Vec<_>, _>>()?;
    HttpCarrier::new(Addresses { plain: true, open }, names, std::time::Duration::from_secs(5))
}

/// Hosts behind which the machine itself or its networks lie, however they are written.
const CLOSED: [&str; 34] = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "169.254.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[2001:db8::1]",
];

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_the_machine_and_its_networks_are_not_called_however_they_are_written()
-> anyhow::Result<()> {
    let canary = Canary::set().await?;
    let carrier = carrier(&[], Arc::new(SystemNames))?;
    let closed = Answered::Nothing(AttemptFault::ClosedAddress);
    for host in CLOSED.iter().copied().chain(["localhost", "LOCALHOST"]) {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{}/", canary.port);
            assert_eq!(carrier.carry(&letter(url.clone())).await, closed, "{url}");
        }
    }
    assert_eq!(canary.touched(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_elsewhere_a_moment_later_leads_nobody_there() -> anyhow::Result<()> {
    let canary = Canary::set().await?;
    let private = vec![IpAddr::from([127, 0, 0, 1])];
    // Asked when it is set up it is public, and the first attempt finds it so: 192.0.2.0/24 is opened here to stand for that.
    let names =
        Flipping { asked: AtomicUsize::new(0), first: vec![IpAddr::from([192, 0, 2, 1])], then: private };
    let carrier = HttpCarrier::new(
        Addresses { plain: true, open: vec!["192.0.2.0/24".parse()?] },
        Arc::new(names),
        std::time::Duration::from_secs(1),
    )?;
    let url = format!("http://hooks.example.org:{}/", canary.port);
    let first = carrier.carry(&letter(url.clone())).await;
    ensure!(
        matches!(first, Answered::Nothing(AttemptFault::TimedOut | AttemptFault::Unreachable)),
        "{first:?}"
    );
    for _ in 0..3 {
        let later = carrier.carry(&letter(url.clone())).await;
        assert_eq!(later, Answered::Nothing(AttemptFault::ClosedAddress));
    }
    assert_eq!(canary.touched(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_addresses_of_a_name_only_the_open_ones_are_called() -> anyhow::Result<()> {
    let canary = Canary::set().await?;
    let both = vec![IpAddr::from([127, 0, 0, 2]), IpAddr::from([127, 0, 0, 1])];
    let names = Arc::new(Flipping { asked: AtomicUsize::new(0), first: both.clone(), then: both });
    let receiver = super::receiver::Receiver::open().await?;
    let carrier = carrier(&["127.0.0.1/32"], names)?;
    let answered = carrier.carry(&letter(format!("http://hooks.example.org:{}/", receiver.port()))).await;
    assert_eq!(answered, Answered::Status { status: 204, retry_after: None, text: String::new() });
    assert_eq!((receiver.came().len(), canary.touched()), (1, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_followed_elsewhere() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let canary = Canary::set().await?;
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        let there = format!("http://127.0.0.1:{}/", canary.port);
        for code in [301, 302, 303, 307, 308] {
            let away = Reply { headers: vec![("location", there.clone())], ..reply(code) };
            desk.receiver.answers([away]);
            desk.report().await?;
            assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        }
        assert_eq!(canary.touched(), 0);
        let attempts = desk.deliveries(&station, &hook, "state attempts { fault }").await?;
        let wanted = json!({"state": "WAITING", "attempts": [{"fault": "REDIRECTED"}]});
        assert_eq!(attempts, vec![wanted; 5]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_is_refused_when_it_is_set_up_and_when_it_is_called() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let canary = Canary::set().await?;
        let desk = Desk::open_with(backend, |_| {}).await?;
        let hotline = desk.person("hotline.api").await?;
        let set_up = async |url: String| {
            let input = json!({"name": "12345", "url": url});
            hotline.mutate("webhookCreate", ISSUED, input).await
        };
        for host in CLOSED {
            let refused = set_up(format!("https://{host}:{}/", canary.port)).await?;
            assert_eq!(refused.user_error()?, ("ADDRESS_NOT_ALLOWED".to_owned(), "url".to_owned()), "{host}");
        }
        let plain = set_up("http://hooks.example.org/".to_owned()).await?;
        assert_eq!(plain.user_error()?, ("SCHEME_NOT_ALLOWED".to_owned(), "url".to_owned()));
        for bad in ["https://user@hooks.example.org/", "https://u:p@hooks.example.org/", "hooks.example.org"]
        {
            assert_eq!(
                set_up(bad.to_owned()).await?.user_error()?,
                ("INVALID_URL".to_owned(), "url".to_owned())
            );
        }
        // A name is asked for its addresses when it is called.
        let issued = set_up(format!("https://localhost:{}/", canary.port)).await?;
        let id = issued.payload()?["webhook"]["id"].clone();
        let test =
            hotline.mutate("webhookTest", "userErrors { code path }", json!({"webhookId": id})).await?;
        test.payload()?;
        assert_eq!(desk.round().await?, Round { enqueued: 0, attempts: 1 });
        assert_eq!(canary.touched(), 0);
        let hook = super::Hook { id: id.as_str().unwrap_or_default().to_owned(), secret: String::new() };
        let attempts = desk.deliveries(&hotline, &hook, "attempts { httpCode fault }").await?;
        assert_eq!(attempts, [json!({"attempts": [{"httpCode": null, "fault": "CLOSED_ADDRESS"}]})]);
        Ok(())
    })
    .await
}
