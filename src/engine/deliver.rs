//! From the outbox to the channels: claim, send with no transaction held, settle.
//!
//! Invariants: a message is decided and leased before it is sent, so that a process killed in between sends it
//! again under the same identity and never under another; each channel has its own task, its own pace and its
//! own patience, so that one that is down delays no other; no more than one message of a channel is in memory.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::writer::Writer;
use super::{Engine, EngineError, alerting};
use crate::alert::{Plan, Retry, delay};
use crate::channel::{Delivery, Outlet, Trouble};
use crate::clock::Clock;
use crate::domain::counted;
use crate::store::{ChannelFailure, Claimed, Settlement, Tx};

/// How long a claim holds: longer than any channel takes to answer.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// The longest that a channel in trouble is left alone before one message is tried.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// However quiet, a channel looks at the outbox this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// What a channel did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelReport {
    /// Its name.
    pub channel: String,
    /// Messages sent.
    pub messages: u64,
    /// Alerts that they carried.
    pub alerts: u64,
    /// Messages put off.
    pub later: u64,
    /// Alerts given up.
    pub dead: u64,
    /// The last trouble.
    pub trouble: Option<String>,
    /// Whether it gave the others something to tell.
    stirred: bool,
}

/// What a drain did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DrainReport {
    /// Channel by channel, in the order of the configuration.
    pub channels: Vec<ChannelReport>,
}

impl DrainReport {
    /// Whether nothing was put off or given up.
    #[must_use]
    pub fn went_well(&self) -> bool {
        self.channels.iter().all(|channel| channel.later == 0 && channel.dead == 0)
    }
}

impl ChannelReport {
    fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.alerts += other.alerts;
        self.later += other.later;
        self.dead += other.dead;
        self.trouble = other.trouble.or(self.trouble.take());
    }
}

impl fmt::Display for ChannelReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { channel, messages, alerts, later, dead, trouble, .. } = self;
        let alerts = counted(*alerts, "alerte", "alertes");
        let messages = counted(*messages, "message", "messages");
        write!(f, "{channel} : {alerts} en {messages}")?;
        if *later > 0 {
            write!(f, ", {}", counted(*later, "envoi remis", "envois remis"))?;
        }
        if *dead > 0 {
            write!(f, ", {}", counted(*dead, "alerte abandonnée", "alertes abandonnées"))?;
        }
        if let Some(trouble) = trouble {
            write!(f, " ({trouble})")?;
        }
        Ok(())
    }
}

/// Delivers what the outbox holds. One for the process that holds the mirror.
pub struct Dispatcher {
    lanes: Vec<Arc<Lane>>,
    wake: Arc<Notify>,
}

/// One channel and its pace.
struct Lane {
    outlet: Outlet,
    store: Writer,
    clock: Arc<dyn Clock>,
    retry: Retry,
    pace: Mutex<Pace>,
    /// Who is told when a channel fails.
    plan: Arc<Plan>,
    /// Rouses the others when one has something for them.
    wake: Arc<Notify>,
}

/// When a channel may speak again.
#[derive(Debug, Default)]
struct Pace {
    /// Troubles of the channel in a row.
    troubles: u32,
    /// Until when it is left alone.
    paused_until: Option<Timestamp>,
    /// When it last spoke.
    last_sent: Option<Instant>,
}

impl Engine {
    /// What delivers the alerts that this engine writes, through these channels.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub async fn dispatcher(&self, outlets: Vec<Outlet>, retry: Retry) -> Result<Dispatcher, EngineError> {
        // There is one writer: whoever held a lease is no more.
        self.write(|tx| Ok(tx.release_leases()?)).await?;
        let wake: Arc<Notify> = Arc::default();
        let lanes = outlets.into_iter().map(|outlet| {
            Arc::new(Lane {
                outlet,
                store: self.store.clone(),
                clock: Arc::clone(&self.clock),
                retry,
                pace: Mutex::default(),
                plan: Arc::clone(&self.plan),
                wake: Arc::clone(&wake),
            })
        });
        Ok(Dispatcher { lanes: lanes.collect(), wake })
    }

    /// Takes over the channels of a new configuration: what waited for somebody to mend one is tried at once.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub async fn take_over_channels(&self) -> Result<(), EngineError> {
        let names: Vec<String> = self.plan.routes.iter().map(|route| route.channel.clone()).collect();
        self.write(move |tx| Ok(tx.take_over_channels(&names)?)).await
    }
}

impl Dispatcher {
    /// Sends all that may be sent now, then comes back. What one channel's failure gives the others to tell goes
    /// with it.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub async fn drain(&self, stop: &CancellationToken) -> Result<DrainReport, EngineError> {
        let mut report = self.round(stop).await?;
        if report.channels.iter().any(|channel| channel.stirred) {
            let second = self.round(stop).await?;
            report.channels.iter_mut().zip(second.channels).for_each(|(first, second)| first.add(second));
        }
        Ok(report)
    }

    async fn round(&self, stop: &CancellationToken) -> Result<DrainReport, EngineError> {
        let mut tasks = JoinSet::new();
        for (index, lane) in self.lanes.iter().enumerate() {
            let (lane, stop) = (Arc::clone(lane), stop.clone());
            tasks.spawn(async move { (index, lane.drain(&stop).await) });
        }
        let mut reports = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            let (index, report) = ended.map_err(|_| EngineError::Abandoned)?;
            reports.push((index, report?));
        }
        reports.sort_by_key(|(index, _)| *index);
        Ok(DrainReport { channels: reports.into_iter().map(|(_, report)| report).collect() })
    }

    /// Delivers until told to stop: each channel by itself, as soon as something is due. A message under way is
    /// ended and settled.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub async fn serve(&self, stop: &CancellationToken) -> Result<(), EngineError> {
        let mut tasks = JoinSet::new();
        for lane in &self.lanes {
            let (lane, stop) = (Arc::clone(lane), stop.clone());
            tasks.spawn(async move { lane.serve(&stop).await });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.map_err(|_| EngineError::Abandoned)??;
        }
        // Without a channel there is nothing to do, until told to stop.
        stop.cancelled().await;
        Ok(())
    }

    /// Says that something may have become due: to be called after each pass.
    pub fn wake(&self) {
        self.wake.notify_waiters();
    }

    /// When the next alert is due; none when nothing waits.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, EngineError> {
        let mut next: Option<Timestamp> = None;
        for lane in &self.lanes {
            let due = lane.next_due().await?;
            next = [next, due].into_iter().flatten().min();
        }
        Ok(next)
    }
}

impl Lane {
    async fn drain(&self, stop: &CancellationToken) -> Result<ChannelReport, EngineError> {
        let channel = self.outlet.route.channel.clone();
        let mut report = ChannelReport { channel, ..ChannelReport::default() };
        let between = Duration::from_secs(60) / self.outlet.rate.max(1);
        while !stop.is_cancelled() && !self.is_paused() {
            if !self.has_due().await? {
                break;
            }
            // The channel's own speed.
            if let Some(last) = self.last_sent()
                && stop.run_until_cancelled(tokio::time::sleep_until(last + between)).await.is_none()
            {
                break;
            }
            let Some(claimed) = self.claim().await? else { break };
            self.send(&claimed, &mut report).await?;
        }
        Ok(report)
    }

    async fn serve(&self, stop: &CancellationToken) -> Result<(), EngineError> {
        while !stop.is_cancelled() {
            let mut woken = std::pin::pin!(self.wake.notified());
            // Before the outbox is read: what is written meanwhile is not missed.
            woken.as_mut().enable();
            let report = self.drain(stop).await?;
            if report.messages + report.later + report.dead > 0 {
                tracing::info!(
                    channel = %report.channel, messages.sent = report.messages, messages.later = report.later,
                    alerts.dead = report.dead, "alerts delivered"
                );
            }
            let wait = self.next_due().await?.map_or(LOOK_EVERY, |due| self.until(due)).min(LOOK_EVERY);
            tokio::select! {
                () = stop.cancelled() => {}
                () = &mut woken => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        Ok(())
    }

    fn until(&self, due: Timestamp) -> Duration {
        Duration::try_from(due.duration_since(self.clock.now())).unwrap_or_default()
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, EngineError> {
        let channel = self.outlet.route.channel.clone();
        let due = self.store.transact(self.clock.now(), move |tx| Ok(tx.next_due(&channel)?)).await?;
        let paused = self.pace.lock().unwrap_or_else(PoisonError::into_inner).paused_until;
        Ok(due.map(|due| paused.map_or(due, |paused| due.max(paused))))
    }

    async fn has_due(&self) -> Result<bool, EngineError> {
        let due = self.next_due().await?;
        Ok(due.is_some_and(|due| due <= self.clock.now()))
    }

    fn last_sent(&self) -> Option<Instant> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).last_sent
    }

    fn is_paused(&self) -> bool {
        let pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.paused_until.is_some_and(|until| self.clock.now() < until)
    }

    async fn claim(&self) -> Result<Option<Claimed>, EngineError> {
        let now = self.clock.now();
        let lease = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let (channel, grouping) = (self.outlet.route.channel.clone(), self.outlet.route.grouping);
        self.store.transact(now, move |tx| Ok(tx.claim(&channel, grouping, lease)?)).await
    }

    async fn send(&self, claimed: &Claimed, report: &mut ChannelReport) -> Result<(), EngineError> {
        let delivery = match self.outlet.composer.compose(&claimed.alerts, &claimed.group_id) {
            // A later version wrote these: it will send them.
            Ok(_) if claimed.alerts.is_empty() => Delivery::Later {
                why: Trouble::Unwritable { what: "événement inconnu".to_owned() },
                at_least: None,
            },
            Ok(message) => self.outlet.channel.send(&message, self.clock.now()).await,
            Err(error) => Delivery::Refused { why: Trouble::Unwritable { what: error.to_string() } },
        };
        let alerts = claimed.alerts.len() as u64;
        match delivery {
            Delivery::Sent => {
                report.messages += 1;
                report.alerts += alerts;
                let last_sent = Some(Instant::now());
                *self.pace.lock().unwrap_or_else(PoisonError::into_inner) =
                    Pace { last_sent, ..Pace::default() };
                report.stirred |= self.settle(claimed, None, None).await?;
            }
            Delivery::Later { why, at_least } => {
                let now = self.clock.now();
                if why.is_of_the_channel() {
                    self.pause(at_least, now);
                }
                let times = (claimed.waiting_since, now);
                let next = self.retry.next(claimed.attempts, times, at_least, &claimed.group_id);
                report.later += u64::from(next.is_some());
                report.dead += if next.is_none() { alerts } else { 0 };
                report.trouble = Some(why.to_string());
                report.stirred |= self.settle(claimed, next, Some(why)).await?;
            }
            Delivery::Refused { why } => {
                report.dead += alerts;
                report.trouble = Some(why.to_string());
                report.stirred |= self.settle(claimed, None, Some(why)).await?;
            }
        }
        Ok(())
    }

    /// Leaves the channel alone, longer and longer: one message then tries for all the others.
    fn pause(&self, at_least: Option<Duration>, now: Timestamp) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.troubles = pace.troubles.saturating_add(1);
        let wait = delay(pace.troubles, self.retry.base, &self.outlet.route.channel).min(LONGEST_PAUSE);
        let wait = SignedDuration::try_from(wait.max(at_least.unwrap_or_default())).unwrap_or_default();
        pace.paused_until = now.checked_add(wait).ok();
    }

    /// Writes down how it ended; tells whether the others have something to tell of it.
    async fn settle(
        &self,
        claimed: &Claimed,
        next: Option<Timestamp>,
        why: Option<Trouble>,
    ) -> Result<bool, EngineError> {
        let (group_id, channel) = (claimed.group_id.clone(), self.outlet.route.channel.clone());
        let plan = Arc::clone(&self.plan);
        let met = why.clone();
        let settle = move |tx: &Tx<'_>| {
            let told = met.as_ref().map(|why| format!("{why}. {}", why.remedy()));
            let settlement = match (&told, next) {
                (None, _) => Settlement::Sent,
                (Some(told), Some(next)) => Settlement::Later(next, told),
                (Some(told), None) => Settlement::Dead(told),
            };
            tx.settle(&group_id, settlement)?;
            let turned = note_channel(tx, &channel, (met.as_ref(), told.as_deref()))?;
            // Told in the transaction where it happened, through the other channels.
            let stirred = turned || matches!(settlement, Settlement::Dead(_));
            if stirred {
                alerting::look(tx, &plan)?;
            }
            Ok((turned, stirred))
        };
        let (turned, stirred) = self.store.transact(self.clock.now(), settle).await?;
        self.log(why.as_ref(), turned);
        if stirred {
            self.wake.notify_waiters();
        }
        Ok(stirred)
    }

    fn log(&self, why: Option<&Trouble>, turned: bool) {
        let channel = self.outlet.route.channel.as_str();
        match why {
            Some(why) if turned => {
                tracing::error!(
                    channel,
                    "a channel delivers nothing until it is mended: {why}. {}",
                    why.remedy()
                );
            }
            Some(why) => tracing::warn!(channel, "an alert was not delivered: {why}"),
            None if turned => tracing::info!(channel, "a channel delivers again"),
            None => {}
        }
    }
}

/// Notes how a channel did; what is wrong with one message says nothing of it.
fn note_channel(
    tx: &Tx<'_>,
    channel: &str,
    (met, told): (Option<&Trouble>, Option<&str>),
) -> Result<bool, EngineError> {
    let Some(met) = met else { return Ok(tx.note_channel(channel, None)?) };
    if !met.is_of_the_channel() {
        return Ok(false);
    }
    let why = told.unwrap_or_default();
    let failure = ChannelFailure { waits_for_person: met.waits_for_person(), why };
    Ok(tx.note_channel(channel, Some(failure))?)
}
