//! A walk through a call, page after page, that nothing in it can stop.
//!
//! The walker asks for pages of the size that the server bears and steps over a dossier that always
//! fails, naming it. It reads only: what a page holds is somebody else's to keep. A walk is described by
//! [`Walk`] and resumes from any cursor.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};

use super::error::EngineError;
use super::page_size::{Next, PageSize};
use crate::api::{
    ApiClient, ApiError, Cursor, Disposition, IdentityPage, IdentityRequest, Page, PageRequest, Stream, Walk,
};
use crate::domain::{DemarcheNumber, DossierNumber};

/// What a walk goes through.
pub(super) trait Pages {
    /// One page of it.
    type Page;

    /// Asks for a page of the walk.
    fn fetch(
        &mut self,
        api: &ApiClient,
        demarche: DemarcheNumber,
        first: u32,
        walk: &Walk,
    ) -> impl Future<Output = Result<Self::Page, ApiError>> + Send;

    /// How many elements the page has, whether more follow, and the last cursor.
    fn outline(page: &Self::Page) -> Outline;

    /// Asks for less than it did, other than fewer dossiers; `false` if it cannot.
    fn lighten(&mut self) -> bool {
        false
    }
}

/// A page without what it holds.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    /// Dossiers in it.
    pub dossiers: usize,
    /// Whether more follow.
    pub has_next: bool,
    /// The cursor of its last dossier.
    pub last: Option<Cursor>,
}

/// Dossiers with all that they hold, and beside the first page what is asked once.
#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    /// The démarche itself.
    pub demarche: bool,
    /// Dossiers in the bin since an instant.
    pub pending: Option<Stream>,
    /// Dossiers destroyed since an instant.
    pub deleted: Option<Stream>,
    /// Whether the first page had to do without the three.
    pub went_without: bool,
}

impl Pages for Contents {
    type Page = Page;

    async fn fetch(
        &mut self,
        api: &ApiClient,
        demarche: DemarcheNumber,
        first: u32,
        walk: &Walk,
    ) -> Result<Page, ApiError> {
        let beside = if self.went_without { Self::default() } else { self.clone() };
        let request = PageRequest {
            demarche,
            first,
            dossiers: Some(walk.clone()),
            pending: beside.pending,
            deleted: beside.deleted,
            with_demarche: beside.demarche,
        };
        let page = api.fetch_page(&request).await?;
        if !self.went_without {
            *self = Self::default();
        }
        Ok(page)
    }

    fn outline(page: &Page) -> Outline {
        page.dossiers.as_ref().map_or(Outline { dossiers: 0, has_next: false, last: None }, |slice| Outline {
            dossiers: slice.items.len(),
            has_next: slice.has_next,
            last: slice.end_cursor.clone().or_else(|| slice.items.last().map(|item| item.cursor.clone())),
        })
    }

    /// A list beside the dossiers may be what fails: the dossiers go on without it.
    fn lighten(&mut self) -> bool {
        let could = !self.went_without && (self.demarche || self.pending.is_some() || self.deleted.is_some());
        self.went_without |= could;
        could
    }
}

/// The few facts that tell whether a dossier is there and whether it moved in silence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Identities;

impl Pages for Identities {
    type Page = IdentityPage;

    async fn fetch(
        &mut self,
        api: &ApiClient,
        demarche: DemarcheNumber,
        first: u32,
        walk: &Walk,
    ) -> Result<IdentityPage, ApiError> {
        let request = IdentityRequest { demarche, first, walk: walk.clone(), cursors_only: false };
        api.fetch_identities(&request).await
    }

    fn outline(page: &IdentityPage) -> Outline {
        Outline {
            dossiers: page.items.len(),
            has_next: page.has_next,
            last: page.end_cursor.clone().or_else(|| page.items.last().map(|item| item.cursor.clone())),
        }
    }
}

/// One step of a walk.
#[derive(Debug)]
pub(super) enum Step<P> {
    /// A page, and whether the walk is over.
    Page {
        /// The page.
        page: P,
        /// Whether it is the last.
        is_last: bool,
    },
    /// A dossier that fails whatever is asked around it.
    SteppedOver(SteppedOver),
}

/// A dossier that could not be had in any page.
#[derive(Debug)]
pub(super) struct SteppedOver {
    /// Its number, read in its cursor.
    pub number: DossierNumber,
    /// What the source answered.
    pub error: String,
}

/// A walk under way.
pub(super) struct Walker<'a, P> {
    api: &'a ApiClient,
    demarche: DemarcheNumber,
    walk: Walk,
    size: PageSize,
    /// What it goes through.
    pub pages: P,
}

impl<'a, P: Pages> Walker<'a, P> {
    /// Begins, or begins again from a cursor.
    pub(super) const fn new(
        api: &'a ApiClient,
        demarche: DemarcheNumber,
        walk: Walk,
        size: PageSize,
        pages: P,
    ) -> Self {
        Self { api, demarche, walk, size, pages }
    }

    /// Where the walk stands: the cursor of the last dossier that came or was stepped over.
    pub(super) const fn after(&self) -> Option<&Cursor> {
        self.walk.after.as_ref()
    }

    /// The page size learnt, for the next walk.
    pub(super) const fn size(&self) -> &PageSize {
        &self.size
    }

    /// The next page, from where the walk stands.
    pub(super) async fn step(&mut self) -> Result<Step<P::Page>, EngineError> {
        loop {
            let asked = self.size.ask();
            match self.pages.fetch(self.api, self.demarche, asked, &self.walk).await {
                Ok(page) => {
                    let is_last = self.came(&P::outline(&page))?;
                    return Ok(Step::Page { page, is_last });
                }
                Err(error) if error.disposition() != Disposition::ShrinkPage => return Err(error.into()),
                Err(_) if self.pages.lighten() => {}
                Err(error) => {
                    if self.size.failed(asked) == Next::StepOver {
                        return Ok(Step::SteppedOver(self.step_over(error).await?));
                    }
                }
            }
        }
    }

    fn came(&mut self, outline: &Outline) -> Result<bool, EngineError> {
        self.size.came(u32::try_from(outline.dossiers).unwrap_or(u32::MAX));
        if outline.has_next && (outline.last.is_none() || outline.last == self.walk.after) {
            return Err(EngineError::StuckCursor { demarche: self.demarche });
        }
        if outline.last.is_some() {
            self.walk.after.clone_from(&outline.last);
        }
        Ok(!outline.has_next)
    }

    /// Names the next dossier and steps over it.
    async fn step_over(&mut self, error: ApiError) -> Result<SteppedOver, EngineError> {
        self.size.stepped_over();
        let cursor = match self.next_cursor(self.walk.after.clone()).await {
            Ok(Some(cursor)) => cursor,
            Ok(None) => return Err(error.into()),
            Err(light) if light.disposition() == Disposition::ShrinkPage => self.search_cursor(light).await?,
            Err(light) => return Err(light.into()),
        };
        let Some(number) = cursor.dossier_number() else { return Err(error.into()) };
        self.walk.after = Some(cursor);
        Ok(SteppedOver { number, error: error.to_string() })
    }

    /// The cursor of the dossier that follows, asking for nothing else of it.
    async fn next_cursor(&self, after: Option<Cursor>) -> Result<Option<Cursor>, ApiError> {
        let walk = Walk { after, ..self.walk.clone() };
        let request = IdentityRequest { demarche: self.demarche, first: 1, walk, cursors_only: true };
        Ok(self.api.fetch_identities(&request).await?.items.into_iter().next().map(|item| item.cursor))
    }

    /// Whether the server can answer anything just after a cursor.
    async fn bears(&self, after: Cursor) -> Result<bool, ApiError> {
        match self.next_cursor(Some(after)).await {
            Ok(_) => Ok(true),
            Err(error) if error.disposition() == Disposition::ShrinkPage => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Finds the cursor of a dossier whose mere presence in a page makes it fail: a cursor is an instant
    /// and a number, and the server fails just before it, not just after. Some eighty light requests.
    async fn search_cursor(&self, error: ApiError) -> Result<Cursor, EngineError> {
        let start = self.walk.after.as_ref().and_then(Cursor::decode).map(|(instant, _)| instant);
        let (mut fails, mut leap) = (start.or(self.walk.updated_since).unwrap_or(PLATFORM_BIRTH), LEAP);
        let mut bears = loop {
            let Ok(further) = fails.checked_add(leap) else { return Err(error.into()) };
            if self.bears(Cursor::encode(further, 0)).await? {
                break further.as_microsecond();
            }
            (fails, leap) = (further, leap.saturating_add(leap));
        };
        let mut fails = fails.as_microsecond();
        while bears - fails > 1 {
            let middle = fails + (bears - fails) / 2;
            if self.bears(Cursor::encode(microsecond(middle), 0)).await? {
                bears = middle;
            } else {
                fails = middle;
            }
        }
        let (mut below, mut number) = (0, u64::from(u32::MAX));
        while number - below > 1 {
            let middle = below + (number - below) / 2;
            if self.bears(Cursor::encode(microsecond(fails), middle)).await? {
                number = middle;
            } else {
                below = middle;
            }
        }
        Ok(Cursor::encode(microsecond(fails), number))
    }
}

/// No dossier is older than the platform.
const PLATFORM_BIRTH: Timestamp = Timestamp::constant(1_420_070_400, 0);

/// The first leap of a search; each one doubles.
const LEAP: SignedDuration = SignedDuration::from_hours(1);

fn microsecond(microsecond: i64) -> Timestamp {
    Timestamp::from_microsecond(microsecond).unwrap_or(Timestamp::MAX)
}
