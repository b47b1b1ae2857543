//! One running console with its dependencies, and a clock to move.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use naru_console::{Config, Console, app::App};
use naru_console_api::{CALLER, CallerAnswer, CallerQuestion, Credential, KnownCaller};
use naru_ids::UnixMs;
use naru_nats::Bus;
use naru_runtime::{Clock, Health, Service};
use naru_testkit::{Nats, Postgres, RedisServer, Scratch};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{browser::Browser, peers::Peers};

pub(crate) const PASSWORD: &str = "seven blue kettles";

pub(crate) struct Bench {
    pub(crate) addr: SocketAddr,
    pub(crate) postgres: Postgres,
    pub(crate) nats: Nats,
    pub(crate) redis: RedisServer,
    pub(crate) bus: Bus,
    pub(crate) peers: Peers,
    pub(crate) mails: Scratch,
    pub(crate) app: App,
    now_ms: Arc<AtomicU64>,
    stop: CancellationToken,
    service: JoinHandle<anyhow::Result<()>>,
    _files: Scratch,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With a configuration of one's own.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let (postgres, nats, redis) =
            tokio::join!(naru_testkit::postgres(), naru_testkit::nats(), naru_testkit::redis());
        Console::migrate(&postgres.owner_url()).await.unwrap();
        let (files, mails) = (Scratch::new("console-files"), Scratch::new("console-mails"));
        let pepper_file = files.path().join("pepper");
        std::fs::write(&pepper_file, "0123456789abcdef0123456789abcdef").unwrap();
        let mut config = Config {
            listen: "127.0.0.1:0".into(),
            mail_dir: Some(mails.path().to_owned()),
            pepper_file,
            postgres_url: postgres.url_for("naru_console"),
            nats_url: nats.url(),
            redis_url: redis.url(),
            ..Config::default()
        };
        change(&mut config);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let now_ms = Arc::new(AtomicU64::new(u64::try_from(now).unwrap()));
        let clock = Clock::from_fn({
            let now_ms = Arc::clone(&now_ms);
            move || UnixMs(now_ms.load(Ordering::Relaxed))
        });
        let console = Console::build_with_clock(config, Health::default(), clock).await.unwrap();
        let (addr, app) = (console.addrs()[0].1, console.app().clone());
        let stop = CancellationToken::new();
        let service = tokio::spawn(console.run(stop.clone()));
        let bus = Bus::connect(&naru_nats::Options {
            url: nats.url(),
            name: "test".into(),
            token_file: None,
            monitor_url: None,
        })
        .await
        .unwrap();
        let peers = Peers::play(&bus).await;
        let bench = Self {
            addr,
            postgres,
            nats,
            redis,
            bus,
            peers,
            mails,
            app,
            now_ms,
            stop,
            service,
            _files: files,
        };
        naru_testkit::wait_until("console answers on the bus", Duration::from_secs(10), || async {
            bench.ask("nobody", Credential::Session("00".into())).await.is_ok()
        })
        .await;
        bench
    }

    /// Somebody without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.addr)
    }

    /// Signs a company up; the browser is logged in.
    pub(crate) async fn tenant(&self, slug: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.post("/api/v1/signup", sign_up(slug)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        browser
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.now_ms.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// What query asks about each request.
    pub(crate) async fn ask(
        &self,
        tenant_slug: &str,
        credential: Credential,
    ) -> Result<Option<KnownCaller>, naru_nats::CallError> {
        let question = CallerQuestion { tenant_slug: tenant_slug.into(), credential };
        let answer: CallerAnswer = self.bus.request(CALLER, &question, Duration::from_secs(2)).await?;
        Ok(answer.caller)
    }

    /// Stops as SIGTERM would.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(15), self.service).await.unwrap().unwrap().unwrap();
    }
}

/// A form in which nothing is wrong.
pub(crate) fn sign_up(slug: &str) -> Value {
    json!({
        "email": format!("owner@{slug}.example.com"),
        "password": PASSWORD,
        "name": "Kim Naru",
        "company": format!("{slug} Ltd"),
        "tenant": slug,
        "region": "local",
        "locale": "en",
    })
}

pub(crate) fn new_project(name: &str) -> Value {
    json!({"name": name, "platform": "python", "region": "local", "group": "shop"})
}
