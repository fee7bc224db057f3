//! Host parameters, made out of what modules say of their controls. The only place that knows the framework's
//! parameter types.

mod automation;
mod control;
mod pages;

pub use automation::Automation;
pub use control::Control;
pub use pages::Page;

use automation::Automations;
use nice_plug::prelude::{BoolParam, FloatParam, FloatRange, IntParam, IntRange, Param, ParamPtr, Params};
use nice_plug_egui::RepaintNotifier;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};
use tandem_dsp::control::{Choice, Dial, Enumerated, Group, Sequence, Settings, Switch, Visit};
use tandem_dsp::order::{CODES, Order};

/// Which parameter of a [`Controls`]: its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParamIndex(u16);

impl ParamIndex {
    /// Its place in the list, from 0.
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

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

    /// Without a host's modulation.
    fn base(&self) -> f64 {
        match &self.host {
            Host::Float(param) => self.dial_value(param.unmodulated_plain_value()),
            Host::Int(param) => f64::from(param.unmodulated_plain_value()),
            Host::Bool(param) => f64::from(u8::from(param.unmodulated_plain_value())),
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
            Control::Choice(_) | Control::Switch(_) | Control::Sequence(_) => f64::from(number),
        }
    }
}

/// What changed since it was last looked at: a bit for each group, and whether a bulk edit is under way.
#[derive(Default)]
struct Dirty {
    groups: AtomicU64,
    /// Odd while a bulk edit runs.
    edits: AtomicU32,
    /// Whether one of the changes is too large to glide to.
    leaps: AtomicBool,
    /// Asks an open editor for a picture: a flag that it looks at, so any thread may set it.
    repaint: RepaintNotifier,
}

/// What has become of the settings since they were last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// They are as they were.
    Same,
    /// They have changed.
    Changed,
    /// They have changed in a way that is to be gone over to, not glided to.
    Leapt,
}

/// All parameters of an instance, without their settings' type: what the editor, state and hosts work with.
pub struct Controls {
    entries: Box<[Entry]>,
    groups: Box<[&'static Group]>,
    /// Of each group, the outermost one that it is inside: its module.
    modules: Box<[&'static Group]>,
    dirty: Arc<Dirty>,
    automations: Automations,
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

    /// The module that it belongs to: the outermost group around it.
    pub fn module_of(&self, index: ParamIndex) -> &'static Group {
        self.modules[self.entry(index).group as usize]
    }

    /// The parameters of the module whose group is `module`, with those of groups inside it.
    pub fn module(&self, module: &'static Group) -> impl Iterator<Item = ParamIndex> {
        self.all().filter(|index| self.module_of(*index).id == module.id)
    }

    /// Where it is, for hosts: "Comp", or "EQ/EQ 3".
    fn path(&self, index: ParamIndex) -> String {
        let (module, group) = (self.module_of(index), self.group_of(index));
        if module.id == group.id { group.name.to_string() } else { format!("{}/{}", module.name, group.name) }
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

    /// Its value without a host's modulation: what is saved, compared and undone.
    pub fn base(&self, index: ParamIndex) -> f64 {
        self.entry(index).base()
    }

    /// Whether its value without a host's modulation is `value`, as closely as a parameter can tell.
    pub fn is_at(&self, index: ParamIndex, value: f64) -> bool {
        self.control(index).same(self.base(index), value)
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

    /// The parameter that is the order of the modules.
    pub fn order(&self) -> Option<(ParamIndex, &'static Sequence)> {
        self.all().find_map(|index| match self.control(index) {
            Control::Sequence(sequence) => Some((index, sequence)),
            _ => None,
        })
    }

    /// Asks an open editor for a picture; it does so by itself when a value changes. Any thread, the audio thread too.
    pub fn repaint(&self) -> &RepaintNotifier {
        &self.dirty.repaint
    }

    /// What the host has said of the parameter's automation.
    pub fn automation(&self, index: ParamIndex) -> Automation {
        self.automations.get(index.place())
    }

    /// Notes what the host says of the automation of the parameter that it knows by the number `host_id`. Any thread.
    pub fn set_automation(&self, host_id: u32, automation: Automation) {
        if let Some(index) = self.all().find(|index| host_id_of(self.id(*index)) == host_id) {
            self.automations.set(index.place(), automation);
            self.dirty.repaint.request_repaint();
        }
    }

    /// Bulk edits so far, counted up as each begins and as it ends.
    pub fn bulk_edits(&self) -> u32 {
        self.dirty.edits.load(Ordering::Acquire)
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
        self.set_as_one(changes, false);
    }

    /// As [`set_quietly`](Self::set_quietly), for changes that are too large to glide to.
    pub fn leap_quietly(&self, changes: &[(ParamIndex, f64)]) {
        self.set_as_one(changes, true);
    }

    fn set_as_one(&self, changes: &[(ParamIndex, f64)], leaps: bool) {
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
        if leaps {
            self.dirty.leaps.store(true, Ordering::Relaxed);
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

    /// The parameter that is `sequence`; panics as [`dial`](Self::dial) does.
    pub fn sequence(&self, sequence: &'static Sequence) -> ParamIndex {
        self.find(sequence.id)
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

/// The number that hosts know a parameter by: the framework's hash of its id.
fn host_id_of(id: &str) -> u32 {
    id.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) & 0x7fff_ffff
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
        let mut build = Build {
            bypass,
            dirty: Arc::default(),
            groups: Vec::new(),
            modules: Vec::new(),
            open: Vec::new(),
            entries: Vec::new(),
        };
        initial.visit(&mut build);
        let Build { dirty, groups, modules, entries, .. } = build;
        assert!(groups.len() <= u64::BITS as usize, "a group is a bit");
        let automations = Automations::new(entries.len());
        let (entries, groups, modules) = (entries.into(), groups.into(), modules.into());
        let controls = Controls { entries, groups, modules, dirty, automations };
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

    /// Brings the changed groups of `settings` up to date and says how they have changed. For the audio thread: no
    /// allocation, no lock. A bulk edit is seen whole: while one runs, nothing is read.
    pub fn refresh(&self, settings: &mut S) -> Refreshed {
        let dirty = &*self.controls.dirty;
        let edits = dirty.edits.load(Ordering::Acquire);
        if edits & 1 == 1 || dirty.groups.load(Ordering::Relaxed) == 0 {
            return Refreshed::Same;
        }
        let groups = dirty.groups.swap(0, Ordering::AcqRel);
        let mut fresh = *settings;
        fresh.visit(&mut Read { entries: self.controls.entries.iter(), groups });
        fence(Ordering::Acquire);
        if dirty.edits.load(Ordering::Relaxed) != edits {
            // An edit began or ran meanwhile: keep the old settings, look again at the next block.
            dirty.groups.fetch_or(groups, Ordering::Release);
            return Refreshed::Same;
        }
        *settings = fresh;
        if dirty.leaps.swap(false, Ordering::Relaxed) { Refreshed::Leapt } else { Refreshed::Changed }
    }
}

// SAFETY: the pointers are to parameters inside the `Arc<Controls>`, which this holds and never replaces.
unsafe impl<S: Settings> Params for ParamTree<S> {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        let controls = &self.controls;
        controls.all().map(|i| (controls.id(i).to_string(), controls.pointer(i), controls.path(i))).collect()
    }
}

/// Makes parameters.
struct Build {
    bypass: &'static Switch,
    dirty: Arc<Dirty>,
    groups: Vec<&'static Group>,
    modules: Vec<&'static Group>,
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

    fn sequence(&mut self, field: &mut Order, sequence: &'static Sequence) {
        let default = field.encode() as i32;
        self.add(sequence.id, Control::Sequence(sequence), |name, changed| {
            let control = Control::Sequence(sequence);
            let param = IntParam::new(name, default, IntRange::Linear { min: 0, max: CODES as i32 - 1 })
                .with_value_to_string(Arc::new(move |code| control.print(f64::from(code))))
                .with_string_to_value(Arc::new(move |text| control.parse(text).map(|code| code as i32)))
                .with_callback(Arc::new(move |_| changed()));
            Host::Int(param.non_automatable())
        });
    }

    fn group(&mut self, inside: &mut impl Settings, group: &'static Group) {
        self.groups.push(group);
        self.open.push(self.groups.len() - 1);
        self.modules.push(self.groups[self.open[0]]);
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

    fn sequence(&mut self, field: &mut Order, _: &'static Sequence) {
        if let Some(value) = self.next() {
            *field = Order::decode(value as u32);
        }
    }
}
