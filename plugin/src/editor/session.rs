//! What panels and widgets work with: the instance's controls, edits and measurements, and what the hands are doing.

use super::levels::Levels;
use super::moved::Moved;
use super::theme::Colours;
use crate::edit::Edit;
use crate::params::{Automation, Control, Controls, ParamIndex};
use crate::state::EditorState;
use crate::state::recall::{Recall, Remembered};
use crate::telemetry::{Look, Telemetry};
use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::control::{Choice, Dial, Enumerated, Group, Sequence, Settings, Switch, Visit};
use tandem_dsp::module::input::{self, ZeroVu};
use tandem_dsp::order::{CODES, Order};

/// An instance, as the editor sees it for the length of one picture.
pub struct Session<'a> {
    /// Its parameters.
    pub controls: &'a Controls,
    /// What the audio thread tells.
    pub telemetry: &'a Telemetry,
    /// What the modules measure, as it stands.
    pub look: Look<'a>,
    /// How the editor was left.
    pub state: &'a EditorState,
    /// Levels with the ballistics of display.
    pub levels: &'a Levels,
    /// Colours to draw with.
    pub colours: &'a Colours,
    /// Seconds since the editor opened.
    pub now: f64,
    edit: &'a Remembered<'a>,
    hands: &'a Hands,
}

/// What lasts from one picture to the next: gestures under way, values on their way, and what to say of them.
#[derive(Default)]
pub struct Hands {
    /// Parameters whose gesture is open.
    open: RefCell<Vec<ParamIndex>>,
    /// Whether the widget that opened it has been drawn since.
    held: Cell<bool>,
    /// Values that were sent and may not have come back yet, as ways from 0 to 1, and when they were sent.
    sent: RefCell<Vec<(ParamIndex, f64, f64)>>,
    /// What the pointer or the focus is on.
    help: RefCell<Option<Help>>,
    /// What has just happened, and until when that is said.
    notice: RefCell<Option<(Help, f64)>>,
    /// The value that was copied last.
    clipboard: RefCell<Option<String>>,
    /// What the host moves.
    moved: Moved,
}

/// A line of help.
#[derive(Clone, Debug, PartialEq)]
pub struct Help {
    /// What it is about.
    pub name: String,
    /// What it does, and how to use it.
    pub text: String,
    /// Whether something is wrong.
    pub wrong: bool,
}

/// How long a notice stands.
const NOTICE_S: f64 = 5.0;

/// How long a sent value is shown instead of the parameter's own, which a host may set only when it next processes.
const ECHO_S: f64 = 0.5;

/// Rate in Hz that is drawn for while the plug-in is not running.
const IDLE_RATE: f64 = 48_000.0;

impl Hands {
    /// A picture begins: forgets what has come back or never will.
    pub fn start(&mut self, controls: &Controls, now: f64) {
        self.moved.look(controls, now);
        self.held.set(false);
        *self.help.borrow_mut() = None;
        self.notice.borrow_mut().take_if(|(_, until)| now >= *until);
        let open = self.open.borrow();
        self.sent.borrow_mut().retain(|(index, way, at)| {
            let control = controls.control(*index);
            let came_back = control.same(controls.value(*index), control.from_normalized(*way));
            open.contains(index) || (!came_back && now - at < ECHO_S)
        });
    }

    /// A picture is done: ends gestures whose widget is gone.
    pub fn finish(&self, edit: &dyn Edit) {
        if !self.held.get() {
            self.end(edit);
        }
    }

    /// Ends the gestures that are open.
    pub fn end(&self, edit: &dyn Edit) {
        for index in self.open.borrow_mut().drain(..) {
            edit.end(index);
        }
    }

    /// What has just happened; else what the pointer or the focus is on.
    pub fn help(&self) -> Option<Help> {
        let notice = self.notice.borrow().as_ref().map(|(notice, _)| notice.clone());
        notice.or_else(|| self.help.borrow().clone())
    }

    /// Seconds after which a notice ends, if there is one.
    pub fn notice_ends_in(&self, now: f64) -> Option<f64> {
        self.notice.borrow().as_ref().map(|(_, until)| (until - now).max(0.0))
    }

    /// Whether a value is on its way, so that another picture is due.
    pub fn waits(&self) -> bool {
        !self.sent.borrow().is_empty()
    }

    /// Seconds after which a picture is due even if nothing happens: a mark of what the host moves goes out.
    pub fn due_in(&self, now: f64) -> Option<f64> {
        self.moved.ends_in(now)
    }
}

impl<'a> Session<'a> {
    /// See the fields.
    #[expect(clippy::too_many_arguments, reason = "each is a field, and there is one caller")]
    pub fn new(
        controls: &'a Controls,
        edit: &'a Remembered<'a>,
        telemetry: &'a Telemetry,
        state: &'a EditorState,
        levels: &'a Levels,
        colours: &'a Colours,
        hands: &'a Hands,
        now: f64,
    ) -> Self {
        Self { controls, telemetry, look: telemetry.readings.look(), state, levels, colours, now, edit, hands }
    }

    /// The parameter's value, in the dial's unit, an option's index, or 0 and 1.
    pub fn value(&self, index: ParamIndex) -> f64 {
        match self.sent(index) {
            Some(way) => self.controls.control(index).from_normalized(way),
            None => self.controls.value(index),
        }
    }

    /// The same as a way from 0 to 1.
    pub fn way(&self, index: ParamIndex) -> f64 {
        self.sent(index).unwrap_or_else(|| self.controls.normalized(index))
    }

    /// The same as people read it.
    pub fn text(&self, index: ParamIndex) -> String {
        self.controls.control(index).print(self.value(index))
    }

    fn sent(&self, index: ParamIndex) -> Option<f64> {
        self.hands.sent.borrow().iter().find(|(sent, ..)| *sent == index).map(|(_, way, _)| *way)
    }

    /// Whether the parameter is automated: as the host says, or because it has moved it lately.
    pub fn automation(&self, index: ParamIndex) -> Automation {
        if self.hands.moved.lately(index, self.now) { Automation::Active } else { self.controls.automation(index) }
    }

    fn note(&self, index: ParamIndex, value: f64) {
        self.hands.moved.ours(index, self.now);
        let way = self.controls.control(index).to_normalized(value);
        let mut sent = self.hands.sent.borrow_mut();
        sent.retain(|(other, ..)| *other != index);
        sent.push((index, way, self.now));
    }

    /// A gesture begins on each of `indices`; one that is open ends.
    pub fn begin(&self, indices: &[ParamIndex]) {
        self.end();
        for index in indices {
            self.edit.begin(*index);
        }
        self.hands.open.borrow_mut().extend(indices);
        self.hands.held.set(true);
    }

    /// The gesture goes on, whether or not it changes anything.
    pub fn hold(&self) {
        self.hands.held.set(true);
    }

    /// Within a gesture on `index`: sets it, if it differs.
    pub fn drag(&self, index: ParamIndex, value: f64) {
        if self.hands.open.borrow().contains(&index) && self.differs(index, value) {
            self.note(index, value);
            self.edit.set(index, value);
        }
    }

    /// The gesture ends.
    pub fn end(&self) {
        self.hands.end(self.edit);
    }

    /// A gesture with one value.
    pub fn set(&self, index: ParamIndex, value: f64) {
        if self.differs(index, value) {
            self.note(index, value);
            self.edit.set_once(index, value);
        }
    }

    /// As [`set`](Self::set), by wheel or arrow keys: those that follow soon on the same parameter are one step to undo.
    pub fn nudge(&self, index: ParamIndex, value: f64) {
        if self.differs(index, value) {
            self.note(index, value);
            self.edit.nudge(index, value, self.now);
        }
    }

    /// Many values as one edit.
    pub fn bulk(&self, changes: &[(ParamIndex, f64)]) {
        for (index, value) in changes {
            self.note(*index, *value);
        }
        self.edit.bulk(changes);
    }

    /// Many values as one edit, the step called `name`.
    pub fn bulk_as(&self, name: &str, changes: &[(ParamIndex, f64)]) {
        for (index, value) in changes {
            self.note(*index, *value);
        }
        self.edit.bulk_as(name, changes);
    }

    /// Slots and history. What they set, they set through [`edit`](Self::edit).
    pub fn recall(&self) -> &'a Recall {
        self.edit.recall()
    }

    /// Edits that are no steps by themselves, for [`recall`](Self::recall).
    pub fn edit(&self) -> &'a dyn Edit {
        self.edit.edit()
    }

    /// Forgets values that are on their way, as others are about to be set.
    pub fn forget_sent(&self) {
        self.hands.end(self.edit);
        self.hands.sent.borrow_mut().clear();
    }

    fn differs(&self, index: ParamIndex, value: f64) -> bool {
        !self.controls.control(index).same(value, self.value(index))
    }

    /// Whether the module of `group` is on; one without a switch always is.
    pub fn is_on(&self, group: &'static Group) -> bool {
        self.power(group).is_none_or(|index| self.value(index) >= 0.5)
    }

    /// The switch of the module of `group`, if it has one.
    pub fn power(&self, group: &'static Group) -> Option<ParamIndex> {
        self.controls.find(&format!("{}_on", group.id))
    }

    /// The settings of a module whose parameters are in `group`, as they stand.
    pub fn settings<S: Settings>(&self, group: &'static Group) -> S {
        let mut settings = S::default();
        settings.visit(&mut Read { session: self, groups: vec![group] });
        settings
    }

    /// The sample rate in Hz, or what to draw for while the plug-in is not running.
    pub fn rate(&self) -> f64 {
        let running = f64::from(self.telemetry.rate.load(Relaxed));
        if running > 0.0 { running } else { IDLE_RATE }
    }

    /// The level in dBFS that is 0 VU.
    pub fn zero_vu_db(&self) -> f64 {
        let input = self.controls.group(&input::GROUP);
        ZeroVu::from_index(self.value(input.choice(&input::ZERO_VU)) as usize).dbfs()
    }

    /// Says `text` of what the pointer or the focus is on.
    pub fn say(&self, help: Help) {
        *self.hands.help.borrow_mut() = Some(help);
    }

    /// Says for a while what has just happened, instead of what the pointer is on.
    pub fn tell(&self, notice: Help) {
        *self.hands.notice.borrow_mut() = Some((notice, self.now + NOTICE_S));
    }

    /// Copies a value.
    pub fn copy(&self, ctx: &egui::Context, text: String) {
        ctx.copy_text(text.clone());
        *self.hands.clipboard.borrow_mut() = Some(text);
    }

    /// The value that was copied last.
    pub fn copied(&self) -> Option<String> {
        self.hands.clipboard.borrow().clone()
    }
}

/// What to type into a control, as an example.
pub fn example(control: Control) -> String {
    match control {
        Control::Dial(dial) => {
            let middle = dial.scale.from_way(0.5 * (dial.scale.to_way(dial.range.0) + dial.scale.to_way(dial.range.1)));
            let value = if middle == dial.default { 0.75 * dial.range.1 } else { middle };
            dial.print(value)
        }
        Control::Choice(choice) => choice.options[choice.options.len() - 1].name.to_string(),
        Control::Switch(_) => "on".to_string(),
        Control::Sequence(sequence) => sequence.print(Order::decode(CODES - 1)),
    }
}

/// Reads a module's settings, finding each control by the groups around it.
struct Read<'a> {
    session: &'a Session<'a>,
    groups: Vec<&'static Group>,
}

impl Read<'_> {
    fn value(&self, find: impl Fn(crate::params::GroupControls<'_>) -> ParamIndex) -> f64 {
        let group = self.groups[self.groups.len() - 1];
        self.session.value(find(self.session.controls.group(group)))
    }
}

impl Visit for Read<'_> {
    fn dial(&mut self, field: &mut f64, dial: &'static Dial) {
        *field = self.value(|group| group.dial(dial));
    }

    fn choice<E: Enumerated>(&mut self, field: &mut E, choice: &'static Choice) {
        *field = E::from_index(self.value(|group| group.choice(choice)) as usize);
    }

    fn switch(&mut self, field: &mut bool, switch: &'static Switch) {
        *field = self.value(|group| group.switch(switch)) >= 0.5;
    }

    fn sequence(&mut self, field: &mut Order, sequence: &'static Sequence) {
        *field = Order::decode(self.value(|group| group.sequence(sequence)) as u32);
    }

    fn group(&mut self, inside: &mut impl Settings, group: &'static Group) {
        self.groups.push(group);
        inside.visit(self);
        self.groups.pop();
    }
}
