//! Host parameters, made out of what modules say of their controls. The only place that knows the framework's
//! parameter types.

use nice_plug::prelude::{BoolParam, FloatParam, FloatRange, IntParam, IntRange, Param, ParamPtr, Params};
use nice_plug_egui::RepaintNotifier;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use tandem_dsp::control::{Choice, Dial, Enumerated, Group, Settings, Switch, Visit};

/// Which control a parameter is.
#[derive(Clone, Copy, Debug)]
pub enum Control {
    /// A continuous one.
    Dial(&'static Dial),
    /// One of several options; its value is the option's index.
    Choice(&'static Choice),
    /// On or off; its value is 1 or 0.
    Switch(&'static Switch),
}

impl Control {
    /// Its name without the group's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dial(dial) => dial.name,
            Self::Choice(choice) => choice.name,
            Self::Switch(switch) => switch.name,
        }
    }

    /// What it does.
    pub fn help(self) -> &'static str {
        match self {
            Self::Dial(dial) => dial.help,
            Self::Choice(choice) => choice.help,
            Self::Switch(switch) => switch.help,
        }
    }

    /// `value` as people read it.
    pub fn print(self, value: f64) -> String {
        match self {
            Self::Dial(dial) => dial.print(value),
            Self::Choice(choice) => {
                let index = (value.round().max(0.0) as usize).min(choice.options.len() - 1);
                choice.options[index].name.to_string()
            }
            Self::Switch(switch) => switch.print(value >= 0.5),
        }
    }

    /// What someone typed as a value, or `None` if it is none of this control.
    pub fn parse(self, text: &str) -> Option<f64> {
        match self {
            Self::Dial(dial) => dial.parse(text),
            Self::Choice(choice) => choice.parse(text).map(|index| index as f64),
            Self::Switch(switch) => switch.parse(text).map(|on| f64::from(u8::from(on))),
        }
    }

    /// `value` as a way from 0 to 1.
    pub fn to_normalized(self, value: f64) -> f64 {
        let (low, high, value) = match self {
            Self::Dial(dial) => {
                let way = |x: f64| dial.scale.to_way(x.clamp(dial.range.0, dial.range.1));
                (way(dial.range.0), way(dial.range.1), way(value))
            }
            Self::Choice(choice) => (0.0, (choice.options.len() - 1).max(1) as f64, value.round()),
            Self::Switch(_) => (0.0, 1.0, value.round()),
        };
        ((value - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The inverse of [`to_normalized`](Self::to_normalized).
    pub fn from_normalized(self, normalized: f64) -> f64 {
        let normalized = normalized.clamp(0.0, 1.0);
        match self {
            Self::Dial(dial) => {
                let (low, high) = (dial.scale.to_way(dial.range.0), dial.scale.to_way(dial.range.1));
                dial.scale.from_way(low + normalized * (high - low)).clamp(dial.range.0, dial.range.1)
            }
            Self::Choice(choice) => (normalized * (choice.options.len() - 1) as f64).round(),
            Self::Switch(_) => normalized.round(),
        }
    }
}

/// Which parameter of a [`Controls`]: its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParamIndex(u16);

/// The framework's side of a parameter. A dial with a log scale holds log2 of its value: the framework has no log range.
enum Host {
    Float(FloatParam),
    Int(IntParam),
    Bool(BoolParam),
}

impl Host {
    fn pointer(&self) -> ParamPtr {
        match self {
            Self::Float(param) => param.as_ptr(),
            Self::Int(param) => param.as_ptr(),
            Self::Bool(param) => param.as_ptr(),
        }
    }
}

struct Entry {
    control: Control,
    id: String,
    group: u8,
    host: Host,
}

impl Entry {
    fn value(&self) -> f64 {
        match &self.host {
            Host::Float(param) => self.dial_value(param.value()),
            Host::Int(param) => f64::from(param.value()),
            Host::Bool(param) => f64::from(u8::from(param.value())),
        }
    }

    fn default(&self) -> f64 {
        match &self.host {
            Host::Float(param) => self.dial_value(param.default_plain_value()),
            Host::Int(param) => f64::from(param.default_plain_value()),
            Host::Bool(param) => f64::from(u8::from(param.default_plain_value())),
        }
    }

    /// A float parameter's number as the dial's value; a range's end may not be representable, so it is clamped.
    fn dial_value(&self, number: f32) -> f64 {
        match self.control {
            Control::Dial(dial) => dial.scale.from_way(f64::from(number)).clamp(dial.range.0, dial.range.1),
            Control::Choice(_) | Control::Switch(_) => f64::from(number),
        }
    }
}

/// What changed since it was last looked at: a bit for each group, and whether a bulk edit is under way.
#[derive(Default)]
struct Dirty {
    groups: AtomicU64,
    /// Odd while a bulk edit runs.
    edits: AtomicU32,
    /// Asks an open editor for a picture: a flag that it looks at, so any thread may set it.
    repaint: RepaintNotifier,
}

/// All parameters of an instance, without their settings' type: what the editor, state and hosts work with.
pub struct Controls {
    entries: Box<[Entry]>,
    groups: Box<[&'static Group]>,
    dirty: Arc<Dirty>,
}

impl Controls {
    /// Every parameter, in the order of the settings.
    pub fn all(&self) -> impl ExactSizeIterator<Item = ParamIndex> + use<> {
        (0..self.entries.len()).map(|i| ParamIndex(i as u16))
    }

    /// The parameter with the id, such as `eq_3_gain`.
    pub fn find(&self, id: &str) -> Option<ParamIndex> {
        self.entries.iter().position(|entry| entry.id == id).map(|i| ParamIndex(i as u16))
    }

    /// The parameter with the name, such as "EQ 3 Gain", in any case.
    pub fn find_name(&self, name: &str) -> Option<ParamIndex> {
        self.all().find(|i| self.name(*i).eq_ignore_ascii_case(name.trim()))
    }

    /// Every group, in the order of the settings; one inside another comes after it.
    pub fn groups(&self) -> &[&'static Group] {
        &self.groups
    }

    /// The parameters of `group`, not of groups inside it.
    pub fn group(&self, group: &'static Group) -> GroupControls<'_> {
        GroupControls { controls: self, group }
    }

    /// Which control it is.
    pub fn control(&self, index: ParamIndex) -> Control {
        self.entry(index).control
    }

    /// The group it belongs to.
    pub fn group_of(&self, index: ParamIndex) -> &'static Group {
        self.groups[self.entry(index).group as usize]
    }

    /// Its id, such as `eq_3_gain`.
    pub fn id(&self, index: ParamIndex) -> &str {
        &self.entry(index).id
    }

    /// Its full name, such as "EQ 3 Gain".
    pub fn name(&self, index: ParamIndex) -> &str {
        match &self.entry(index).host {
            Host::Float(param) => param.name(),
            Host::Int(param) => param.name(),
            Host::Bool(param) => param.name(),
        }
    }

    /// Its value: in the dial's unit, an option's index, or 0 and 1.
    pub fn value(&self, index: ParamIndex) -> f64 {
        self.entry(index).value()
    }

    /// The value of a fresh instance.
    pub fn default(&self, index: ParamIndex) -> f64 {
        self.entry(index).default()
    }

    /// Its value as a way from 0 to 1.
    pub fn normalized(&self, index: ParamIndex) -> f64 {
        self.control(index).to_normalized(self.value(index))
    }

    /// Its value as people read it.
    pub fn text(&self, index: ParamIndex) -> String {
        self.control(index).print(self.value(index))
    }

    /// Asks an open editor for a picture; it does so by itself when a value changes. Any thread, the audio thread too.
    pub fn repaint(&self) -> &RepaintNotifier {
        &self.dirty.repaint
    }

    /// The framework's handle. Valid for as long as this lives.
    pub fn pointer(&self, index: ParamIndex) -> ParamPtr {
        self.entry(index).host.pointer()
    }

    /// Sets values as one: the audio thread sees all of `changes` or none of them. Tells no host.
    ///
    /// Any thread but the audio thread; one bulk edit at a time (a second one waits its turn by spinning, as edits take
    /// microseconds).
    pub fn set_quietly(&self, changes: &[(ParamIndex, f64)]) {
        let begin = loop {
            let edits = self.dirty.edits.load(Ordering::Relaxed);
            if edits & 1 == 0
                && self
                    .dirty
                    .edits
                    .compare_exchange_weak(edits, edits.wrapping_add(1), Ordering::Acquire, Ordering::Relaxed)
                    .is_ok()
            {
                break edits;
            }
            std::thread::yield_now();
        };
        fence(Ordering::Release);
        for (index, value) in changes {
            let normalized = self.control(*index).to_normalized(*value) as f32;
            // SAFETY: the pointer is to a parameter of `self`, which is alive here.
            unsafe { self.pointer(*index)._internal_set_normalized_value(normalized) };
        }
        self.dirty.edits.store(begin.wrapping_add(2), Ordering::Release);
    }

    fn entry(&self, index: ParamIndex) -> &Entry {
        &self.entries[index.0 as usize]
    }
}

/// The parameters of one group, found by the control they are.
#[derive(Clone, Copy)]
pub struct GroupControls<'a> {
    controls: &'a Controls,
    group: &'static Group,
}

impl GroupControls<'_> {
    /// The parameter that is `dial`. Panics if the group has none: a mistake in the editor that any test of it shows.
    pub fn dial(&self, dial: &'static Dial) -> ParamIndex {
        self.find(dial.id)
    }

    /// The parameter that is `choice`; panics as [`dial`](Self::dial) does.
    pub fn choice(&self, choice: &'static Choice) -> ParamIndex {
        self.find(choice.id)
    }

    /// The parameter that is `switch`; panics as [`dial`](Self::dial) does.
    pub fn switch(&self, switch: &'static Switch) -> ParamIndex {
        self.find(switch.id)
    }

    /// All of them, in their order.
    pub fn all(&self) -> impl Iterator<Item = ParamIndex> {
        self.controls.all().filter(|i| self.controls.group_of(*i).id == self.group.id)
    }

    fn find(&self, id: &str) -> ParamIndex {
        let id = full_id(self.group, id);
        self.controls.find(&id).unwrap_or_else(|| panic!("no control has the id {id}"))
    }
}

/// The group's id before a control's. A group without an id leaves it as it is.
fn full_id(group: &Group, id: &str) -> String {
    if group.id.is_empty() { id.to_string() } else { format!("{}_{id}", group.id) }
}

/// The group's name before a control's. A group without a name leaves it as it is.
fn full_name(group: &Group, name: &str) -> String {
    if group.name.is_empty() { name.to_string() } else { format!("{} {name}", group.name) }
}

/// The parameters of an instance whose settings are `S`.
pub struct ParamTree<S> {
    controls: Arc<Controls>,
    settings: PhantomData<fn() -> S>,
}

impl<S: Settings> ParamTree<S> {
    /// One parameter for each control that `initial` visits, with the values of `initial` as defaults. `bypass` is the
    /// switch that the host knows as the plug-in's bypass.
    pub fn new(mut initial: S, bypass: &'static Switch) -> Self {
        let mut build =
            Build { bypass, dirty: Arc::default(), groups: Vec::new(), open: Vec::new(), entries: Vec::new() };
        initial.visit(&mut build);
        let Build { dirty, groups, entries, .. } = build;
        assert!(groups.len() <= u64::BITS as usize, "a group is a bit");
        let controls = Controls { entries: entries.into(), groups: groups.into(), dirty };
        controls.dirty.groups.store(u64::MAX, Ordering::Release);
        Self { controls: Arc::new(controls), settings: PhantomData }
    }

    /// The same parameters without the settings' type.
    pub fn controls(&self) -> &Arc<Controls> {
        &self.controls
    }

    /// The settings as the parameters stand.
    pub fn settings(&self) -> S {
        let mut settings = S::default();
        settings.visit(&mut Read { entries: self.controls.entries.iter(), groups: u64::MAX });
        settings
    }

    /// Brings the changed groups of `settings` up to date and says whether there were any. For the audio thread: no
    /// allocation, no lock. A bulk edit is seen whole: while one runs, nothing is read.
    pub fn refresh(&self, settings: &mut S) -> bool {
        let dirty = &*self.controls.dirty;
        let edits = dirty.edits.load(Ordering::Acquire);
        if edits & 1 == 1 || dirty.groups.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let groups = dirty.groups.swap(0, Ordering::AcqRel);
        let mut fresh = *settings;
        fresh.visit(&mut Read { entries: self.controls.entries.iter(), groups });
        fence(Ordering::Acquire);
        if dirty.edits.load(Ordering::Relaxed) != edits {
            // An edit began or ran meanwhile: keep the old settings, look again at the next block.
            dirty.groups.fetch_or(groups, Ordering::Release);
            return false;
        }
        *settings = fresh;
        true
    }
}

// SAFETY: the pointers are to parameters inside the `Arc<Controls>`, which this holds and never replaces.
unsafe impl<S: Settings> Params for ParamTree<S> {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        let controls = &self.controls;
        controls
            .all()
            .map(|i| (controls.id(i).to_string(), controls.pointer(i), controls.group_of(i).name.to_string()))
            .collect()
    }
}

/// Makes parameters.
struct Build {
    bypass: &'static Switch,
    dirty: Arc<Dirty>,
    groups: Vec<&'static Group>,
    /// Indices into `groups` of those that are open now, outermost first.
    open: Vec<usize>,
    entries: Vec<Entry>,
}

impl Build {
    fn add(&mut self, id: &str, control: Control, host: impl FnOnce(String, Arc<dyn Fn() + Send + Sync>) -> Host) {
        let group = *self.open.last().expect("every control is in a group");
        let name = full_name(self.groups[group], control.name());
        let (dirty, bit) = (self.dirty.clone(), 1u64 << group);
        let changed = Arc::new(move || {
            dirty.groups.fetch_or(bit, Ordering::Release);
            dirty.repaint.request_repaint();
        });
        let host = host(name, changed);
        self.entries.push(Entry { control, id: full_id(self.groups[group], id), group: group as u8, host });
    }
}

impl Visit for Build {
    fn dial(&mut self, field: &mut f64, dial: &'static Dial) {
        let default = dial.scale.to_way(*field) as f32;
        self.add(dial.id, Control::Dial(dial), |name, changed| {
            let range = FloatRange::Linear {
                min: dial.scale.to_way(dial.range.0) as f32,
                max: dial.scale.to_way(dial.range.1) as f32,
            };
            let value = move |way: f32| dial.scale.from_way(f64::from(way)).clamp(dial.range.0, dial.range.1);
            Host::Float(
                FloatParam::new(name, default, range)
                    .with_value_to_string(Arc::new(move |way| dial.print(value(way))))
                    .with_string_to_value(Arc::new(move |text| dial.parse(text).map(|x| dial.scale.to_way(x) as f32)))
                    .with_callback(Arc::new(move |_| changed())),
            )
        });
    }

    fn choice<E: Enumerated>(&mut self, field: &mut E, choice: &'static Choice) {
        assert_eq!(E::ALL.len(), choice.options.len(), "{} names each of its options", choice.id);
        let default = field.index() as i32;
        self.add(choice.id, Control::Choice(choice), |name, changed| {
            let range = IntRange::Linear { min: 0, max: choice.options.len() as i32 - 1 };
            let param = IntParam::new(name, default, range)
                .with_value_to_string(Arc::new(move |index| Control::Choice(choice).print(f64::from(index))))
                .with_string_to_value(Arc::new(move |text| choice.parse(text).map(|index| index as i32)))
                .with_callback(Arc::new(move |_| changed()));
            Host::Int(if choice.automatable { param } else { param.non_automatable() })
        });
    }

    fn switch(&mut self, field: &mut bool, switch: &'static Switch) {
        let (default, bypass) = (*field, std::ptr::eq(switch, self.bypass));
        self.add(switch.id, Control::Switch(switch), |name, changed| {
            let param = BoolParam::new(name, default)
                .with_value_to_string(Arc::new(move |on| switch.print(on)))
                .with_string_to_value(Arc::new(move |text| switch.parse(text)))
                .with_callback(Arc::new(move |_| changed()));
            Host::Bool(if bypass { param.make_bypass() } else { param })
        });
    }

    fn group(&mut self, inside: &mut impl Settings, group: &'static Group) {
        self.groups.push(group);
        self.open.push(self.groups.len() - 1);
        inside.visit(self);
        self.open.pop();
    }
}

/// Reads parameters of the groups whose bit is set, in the order in which they were built.
struct Read<'a> {
    entries: std::slice::Iter<'a, Entry>,
    groups: u64,
}

impl Read<'_> {
    fn next(&mut self) -> Option<f64> {
        let entry = self.entries.next()?;
        (self.groups >> entry.group & 1 == 1).then(|| entry.value())
    }
}

impl Visit for Read<'_> {
    fn dial(&mut self, field: &mut f64, _: &'static Dial) {
        if let Some(value) = self.next() {
            *field = value;
        }
    }

    fn choice<E: Enumerated>(&mut self, field: &mut E, _: &'static Choice) {
        if let Some(value) = self.next() {
            *field = E::from_index(value as usize);
        }
    }

    fn switch(&mut self, field: &mut bool, _: &'static Switch) {
        if let Some(value) = self.next() {
            *field = value >= 0.5;
        }
    }
}
