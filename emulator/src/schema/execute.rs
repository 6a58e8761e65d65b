//! Writes the answer to an operation, field by field, straight into JSON.
//!
//! A null where the schema forbids one empties the nearest place that may be null, and is said in
//! `errors` with its path. Once the server has run out of time every field left is null; the first to
//! say so carries the code `timeout` and the others carry nothing. A crash empties the whole request.
//! It must not know what the fields mean: that is asked of [`super::resolve`].

use apollo_compiler::ast::Type;

use super::node::{Failure, Node, Owned, Resolved};
use super::plan::{PlannedField, Plans};
use super::{Request, resolve, wording};

/// A null goes up to the parent, or the request is given up.
pub enum Stop {
    /// The nearest nullable parent becomes null.
    Propagate,
    /// The request answers 500.
    Crash,
}

enum Segment<'d> {
    Key(&'d str),
    Index(usize),
}

/// An answer being written.
pub struct Execution<'d> {
    request: &'d Request<'d>,
    plans: Plans<'d>,
    out: Vec<u8>,
    path: Vec<Segment<'d>>,
    errors: Vec<serde_json::Value>,
    timed_out: bool,
    timeout_said: bool,
}

impl<'d> Execution<'d> {
    /// Begins an answer.
    pub fn new(request: &'d Request<'d>) -> Self {
        let plans = Plans::new(
            request.schema,
            &request.document.executable,
            request.variables,
            &request.operation.selection_set,
        );
        Self {
            request,
            plans,
            out: Vec::with_capacity(1 << 16),
            path: Vec::new(),
            errors: Vec::new(),
            timed_out: false,
            timeout_said: false,
        }
    }

    /// Writes the whole answer: `data`, preceded by `errors` when there are some. None on a crash.
    pub fn run(mut self) -> Option<Vec<u8>> {
        self.out.extend_from_slice(b"{\"data\":");
        match self.object(Node::Query, 0) {
            Ok(()) => {}
            Err(Stop::Propagate) => {
                self.out.truncate(8);
                self.out.extend_from_slice(b"null");
            }
            Err(Stop::Crash) => return None,
        }
        self.out.push(b'}');
        if self.errors.is_empty() {
            return Some(self.out);
        }
        let mut whole = b"{\"errors\":".to_vec();
        serde_json::to_writer(&mut whole, &self.errors).ok()?;
        whole.push(b',');
        whole.extend_from_slice(self.out.get(1..)?);
        Some(whole)
    }

    fn object(&mut self, node: Node<'_>, group: usize) -> Result<(), Stop> {
        let type_name = node.type_name(&self.request.document.named_types);
        let fields = self.plans.fields(group, type_name);
        self.out.push(b'{');
        for (rank, planned) in fields.iter().enumerate() {
            if rank > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(planned.key_json.as_bytes());
            self.path.push(Segment::Key(planned.key));
            let written = self.field(node, type_name, planned);
            self.path.pop();
            written?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn field(
        &mut self,
        node: Node<'_>,
        type_name: &'static str,
        planned: &PlannedField<'d>,
    ) -> Result<(), Stop> {
        let name = planned.field.name.as_str();
        if name == "__typename" {
            return self.json(type_name);
        }
        let ty = planned.field.ty();
        if self.timed_out {
            let code = (!self.timeout_said).then_some("timeout");
            self.timeout_said = true;
            self.error(planned, format!("Timeout on {type_name}.{name}"), code);
            return self.null(ty);
        }
        if let (Node::Query, Some(answer)) = (node, self.request.introspection.get(planned.key)) {
            return self.json(answer);
        }
        let resolved = resolve::field(self.request, &self.plans, node, planned.field);
        let start = self.out.len();
        match self.complete(resolved, ty, type_name, planned) {
            Err(Stop::Propagate) if !ty.is_non_null() => {
                self.out.truncate(start);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
            other => other,
        }
    }

    /// Writes a value; on a null that may not be, says so and sends it up.
    fn complete(
        &mut self,
        resolved: Resolved<'_>,
        ty: &Type,
        type_name: &'static str,
        planned: &PlannedField<'d>,
    ) -> Result<(), Stop> {
        match resolved {
            Resolved::Null => {
                if ty.is_non_null() {
                    let name = &planned.field.name;
                    let message = format!("Cannot return null for non-nullable field {type_name}.{name}");
                    self.error(planned, message, Some("invalid_null"));
                }
                self.null(ty)
            }
            Resolved::Failed(Failure::Crash) => Err(Stop::Crash),
            Resolved::Failed(Failure::Error(message, code)) => {
                self.error(planned, message, code);
                self.null(ty)
            }
            Resolved::Bool(value) => self.json(&value),
            Resolved::Int(value) => self.json(&value),
            Resolved::Float(value) => self.json(&value),
            Resolved::Text(text) => self.json(&*text),
            Resolved::Instant(instant) => {
                wording::write_instant(&mut self.out, instant);
                Ok(())
            }
            Resolved::Raw(json) => {
                self.out.extend_from_slice(json.as_bytes());
                Ok(())
            }
            Resolved::Node(node) => self.node(node, planned.group),
            Resolved::List(items) => self.list(items, ty, type_name, planned),
            Resolved::Owned(owned) => match &*owned {
                Owned::Demarche(demarche) => self.node(Node::Demarche(demarche), planned.group),
                Owned::Descriptor(demarche) => {
                    self.node(Node::DemarcheDescriptor(demarche, None), planned.group)
                }
                Owned::Dossier(view) => self.node(Node::Dossier(view), planned.group),
                Owned::Dossiers(page) => self.node(Node::DossierConnection(page), planned.group),
                Owned::Deletions(page) => self.node(Node::DeletedDossierConnection(page), planned.group),
            },
        }
    }

    fn node(&mut self, node: Node<'_>, group: usize) -> Result<(), Stop> {
        if let Node::Dossier(view) = node {
            self.timed_out |= view.ailment.times_out;
        }
        self.object(node, group)
    }

    fn list(
        &mut self,
        items: Vec<Resolved<'_>>,
        ty: &Type,
        type_name: &'static str,
        planned: &PlannedField<'d>,
    ) -> Result<(), Stop> {
        let item_type = ty.item_type();
        self.out.push(b'[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.path.push(Segment::Index(index));
            let start = self.out.len();
            let written = self.complete(item, item_type, type_name, planned);
            self.path.pop();
            match written {
                Err(Stop::Propagate) if !item_type.is_non_null() => {
                    self.out.truncate(start);
                    self.out.extend_from_slice(b"null");
                }
                other => other?,
            }
        }
        self.out.push(b']');
        Ok(())
    }

    fn null(&mut self, ty: &Type) -> Result<(), Stop> {
        if ty.is_non_null() {
            return Err(Stop::Propagate);
        }
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn json<T: serde::Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        serde_json::to_writer(&mut self.out, value).map_err(|_error| Stop::Crash)
    }

    fn error(&mut self, planned: &PlannedField<'d>, message: String, code: Option<&'static str>) {
        let path: Vec<serde_json::Value> = self
            .path
            .iter()
            .map(|segment| match segment {
                Segment::Key(key) => (*key).into(),
                Segment::Index(index) => (*index).into(),
            })
            .collect();
        let place = planned.field.line_column_range(&self.request.document.executable.sources);
        let locations: Vec<serde_json::Value> = place
            .map(|range| serde_json::json!({"line": range.start.line, "column": range.start.column}))
            .into_iter()
            .collect();
        let mut error = serde_json::json!({"message": message, "locations": locations, "path": path});
        if let (Some(code), Some(object)) = (code, error.as_object_mut()) {
            object.insert("extensions".to_owned(), serde_json::json!({"code": code}));
        }
        self.errors.push(error);
    }
}
