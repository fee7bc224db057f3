//! What modules measure, on its way to the editor: a cell for each readout, made out of what the modules report.

use atomic_float::AtomicF32;
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::chain::{Observer, Rack};
use tandem_dsp::control::Group;
use tandem_dsp::readout::{Keep, Readout, Report};

/// A cell for each readout of a rack and its observer.
pub struct Readings {
    /// Those of the modules, then those of the observer.
    cells: Box<[Cell]>,
    modules: usize,
}

struct Cell {
    group: &'static Group,
    readout: &'static Readout,
    latest: AtomicF32,
    /// Highest since the last look.
    highest: AtomicF32,
}

impl Readings {
    /// Cells for what an `R` and its observer report.
    pub fn of<R: Rack + Default>() -> Self {
        let mut list = List { open: None, cells: Vec::new() };
        R::default().report(&mut list);
        let modules = list.cells.len();
        R::Observer::default().report(&mut list);
        Self { cells: list.cells.into(), modules }
    }

    /// The groups that have readouts, each once, in the order in which they report.
    pub fn groups(&self) -> Vec<&'static Group> {
        let mut groups: Vec<&'static Group> = Vec::new();
        for cell in &self.cells {
            if groups.iter().all(|group| group.id != cell.group.id) {
                groups.push(cell.group);
            }
        }
        groups
    }

    /// Whether the module whose group is `group` has `readout`.
    pub fn has(&self, group: &Group, readout: &Readout) -> bool {
        self.cells.iter().any(|cell| cell.is(group, readout))
    }

    /// Audio thread, once a chunk: what the modules of the rack that the cells were made for report now.
    pub fn publish_modules(&self, rack: &mut impl Rack) {
        rack.report(&mut Publish(self.cells[..self.modules].iter()));
    }

    /// Audio thread, once a block: what the observer reports now.
    pub fn publish_observer(&self, observer: &impl Observer) {
        observer.report(&mut Publish(self.cells[self.modules..].iter()));
    }

    /// Editor: everything as it stands, once a picture. A readout that keeps its highest value starts anew.
    pub fn look(&self) -> Look<'_> {
        let value = |cell: &Cell| match cell.readout.keep {
            Keep::Latest => cell.latest.load(Relaxed),
            Keep::Highest => cell.highest.swap(cell.latest.load(Relaxed), Relaxed),
        };
        Look { cells: &self.cells, values: self.cells.iter().map(value).collect() }
    }
}

impl Cell {
    fn is(&self, group: &Group, readout: &Readout) -> bool {
        self.group.id == group.id && self.readout.id == readout.id
    }
}

/// Readings at one moment.
pub struct Look<'a> {
    cells: &'a [Cell],
    values: Box<[f32]>,
}

impl Look<'_> {
    /// The value of `readout` of the module whose group is `group`; `None` where it has none, or nothing to tell yet.
    pub fn get(&self, group: &Group, readout: &Readout) -> Option<f32> {
        let cell = self.cells.iter().position(|cell| cell.is(group, readout))?;
        let value = self.values[cell];
        (value > f32::NEG_INFINITY).then_some(value)
    }
}

/// Makes the cells.
struct List {
    open: Option<&'static Group>,
    cells: Vec<Cell>,
}

impl Report for List {
    fn value(&mut self, readout: &'static Readout, _: f64) {
        let group = self.open.expect("every readout is in a group");
        let nothing = || AtomicF32::new(f32::NEG_INFINITY);
        self.cells.push(Cell { group, readout, latest: nothing(), highest: nothing() });
    }

    fn group(&mut self, group: &'static Group, inside: impl FnOnce(&mut Self)) {
        let outer = self.open.replace(group);
        inside(self);
        self.open = outer;
    }
}

/// Fills the cells in their order.
struct Publish<'a>(std::slice::Iter<'a, Cell>);

impl Report for Publish<'_> {
    fn value(&mut self, readout: &'static Readout, value: f64) {
        let Some(cell) = self.0.next() else { return };
        debug_assert!(std::ptr::eq(cell.readout, readout), "{} where {} is due", readout.id, cell.readout.id);
        let value = value as f32;
        cell.latest.store(value, Relaxed);
        cell.highest.fetch_max(value, Relaxed);
    }

    fn group(&mut self, _: &'static Group, inside: impl FnOnce(&mut Self)) {
        inside(self);
    }
}
