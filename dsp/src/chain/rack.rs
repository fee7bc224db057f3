//! A row of modules, from one line for each.

/// Makes a rack and its settings: a struct with a field for each module. Those under `first` and `last` process there in
/// the order of the lines; those under `ordered` between them, in the order that is set.
///
/// ```text
/// rack! {
///     /// Tandem Channel's modules.
///     Channel, ChannelSettings, observer: (), reserved_ms: [0.0, 1.0, 2.0],
///     first {
///         /// The input.
///         input: Input = &input::GROUP;
///     }
///     ordered {
///         /// The equaliser.
///         3: eq: Stage<Eq> = &eq::GROUP;
///         /// The compressor, which here starts with other settings than its own defaults.
///         5: glue: Stage<Compressor> = &compressor::GLUE, from compressor::glue();
///     }
///     last {
///         /// The output.
///         output: Output = &output::GROUP;
///     }
/// }
/// ```
///
/// The number of an ordered module is its place in an [`Order`](crate::order::Order), 0 to 9: where it is until someone
/// moves it. It is part of what an order's code means, so it never changes; places without a module are free for later
/// ones.
///
/// Every rack has an `input` under `first`: it says which level is 0 VU.
///
/// `observer` is the meter of the whole; `()` where there is none.
///
/// `reserved_ms` is the latency of each [`LatencyMode`](crate::LatencyMode), in their order: what the modules do not use
/// of it is padded, so that a session keeps its timing whatever is switched on.
///
/// A macro, because fields and the settings' fields of the same names are what a function cannot make.
macro_rules! rack {
    (
        $(#[$doc:meta])*
        $rack:ident, $settings:ident, observer: $observer:ty, reserved_ms: $reserved_ms:expr,
        first { $($(#[$first_doc:meta])* $first:ident: $first_module:ty = $first_group:expr;)* }
        ordered {
            $($(#[$field_doc:meta])* $place:literal: $field:ident: $module:ty = $group:expr $(, from $fresh:expr)?;)*
        }
        last { $($(#[$last_doc:meta])* $last:ident: $last_module:ty = $last_group:expr;)* }
    ) => {
        /// The order of the modules between the first and the last ones.
        pub static ORDER: $crate::control::Sequence = {
            let mut modules: [Option<&'static $crate::control::Group>; $crate::order::PLACES] = [None; _];
            $(modules[$place] = Some($group);)*
            $crate::control::Sequence {
                id: "order",
                name: "Order",
                modules,
                help: "The order in which the modules process. A change leaves a short gap, and is never automated.",
            }
        };

        #[doc = concat!("Everything that can be set on [`", stringify!($rack), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $settings {
            $($(#[$first_doc])* pub $first: <$first_module as $crate::Processor>::Settings,)*
            $($(#[$field_doc])* pub $field: <$module as $crate::Processor>::Settings,)*
            $($(#[$last_doc])* pub $last: <$last_module as $crate::Processor>::Settings,)*
            /// [`ORDER`].
            pub order: $crate::order::Order,
        }

        impl Default for $settings {
            fn default() -> Self {
                Self {
                    $($first: Default::default(),)*
                    $($field: rack!(@fresh $($fresh)?),)*
                    $($last: Default::default(),)*
                    order: Default::default(),
                }
            }
        }

        impl $crate::control::Settings for $settings {
            fn visit(&mut self, visitor: &mut impl $crate::control::Visit) {
                let Self { $($first,)* $($field,)* $($last,)* order } = self;
                $(visitor.group($first, $first_group);)*
                $(visitor.group($field, $group);)*
                $(visitor.group($last, $last_group);)*

                #[derive(Clone, Copy, Default, PartialEq)]
                struct Ordered($crate::order::Order);
                impl $crate::control::Settings for Ordered {
                    fn visit(&mut self, visitor: &mut impl $crate::control::Visit) {
                        visitor.sequence(&mut self.0, &ORDER);
                    }
                }
                let mut ordered = Ordered(*order);
                visitor.group(&mut ordered, &$crate::chain::GROUP);
                *order = ordered.0;
            }
        }

        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $rack {
            $($(#[$first_doc])* pub $first: $first_module,)*
            $($(#[$field_doc])* pub $field: $module,)*
            $($(#[$last_doc])* pub $last: $last_module,)*
            /// The way through the ordered modules.
            route: $crate::chain::route::Route,
            /// The side-chain, for those behind others.
            key_line: $crate::block::key_line::KeyLine,
            /// Fills up to the latency that the mode reserves.
            pad: $crate::block::delay::Delay,
            /// What each module does to the sound.
            contribution: $crate::meter::contribution::Contribution,
            /// Whether something of a module is heard alone.
            alone: bool,
        }

        impl $rack {
            /// Sends the modules behind one that is heard alone aside, and lets the others work.
            fn make_way(&mut self) {
                let mut alone = false;
                $(rack!(@make_way self, $first, alone);)*
                for place in self.route.places() {
                    match place {
                        $($place => rack!(@make_way self, $field, alone),)*
                        _ => {}
                    }
                }
                $(rack!(@make_way self, $last, alone);)*
                if alone != self.alone {
                    self.alone = alone;
                    self.contribution.restart();
                }
            }
        }

        impl $crate::Processor for $rack {
            type Settings = $settings;

            fn prepare(&mut self, rate: f64, mode: $crate::LatencyMode) {
                $(self.$first.prepare(rate, mode);)*
                $(self.$field.prepare(rate, mode);)*
                $(self.$last.prepare(rate, mode);)*
                self.route.prepare(rate, &ORDER);
                let used = 0 $(+ self.$first.latency())* $(+ self.$field.latency())* $(+ self.$last.latency())*;
                let reserved_ms: [f64; 3] = $reserved_ms;
                let reserved = $crate::units::ms_to_frames(reserved_ms[mode as usize], rate).round() as usize;
                // Below the rates that music has, filters of so many frames take more time.
                debug_assert!(used <= reserved || rate < 44_100.0, "modules use {used} of {reserved} frames in {mode:?}");
                self.pad.prepare(reserved.saturating_sub(used));
                self.key_line.prepare(used);
                let modules = [$(stringify!($first),)* $(stringify!($field),)* $(stringify!($last),)*].len();
                self.contribution.prepare(rate, modules);
            }

            fn reset(&mut self) {
                $(self.$first.reset();)*
                $(self.$field.reset();)*
                $(self.$last.reset();)*
                self.route.reset();
                self.key_line.reset();
                self.pad.reset();
                self.contribution.restart();
            }

            fn set(&mut self, settings: &$settings) {
                self.calibrate(settings.input.zero_vu.dbfs());
                $(self.$first.set(&settings.$first);)*
                $(self.$field.set(&settings.$field);)*
                $(self.$last.set(&settings.$last);)*
                self.route.aim(settings.order, &ORDER);
            }

            fn control(&mut self) {
                $(self.$first.control();)*
                $(self.$field.control();)*
                if self.route.control(0 $(+ self.$field.latency())*) {
                    self.contribution.restart();
                    self.make_way();
                }
                $(self.$last.control();)*
            }

            fn tick(&mut self, frame: $crate::Frame, key: $crate::Frame) -> $crate::Frame {
                let mut frame = [frame];
                self.run(&mut frame, &[key]);
                frame[0]
            }

            fn run(&mut self, frames: &mut [$crate::Frame], keys: &[$crate::Frame]) {
                let measures = self.contribution.is_asked() && !self.alone;
                if measures {
                    self.contribution.begin(frames);
                }
                self.key_line.begin(keys);
                $(rack!(@run self, $first, $first_group, frames, keys, measures);)*
                for place in self.route.places() {
                    match place {
                        $($place => rack!(@run self, $field, $group, frames, keys, measures),)*
                        _ => {}
                    }
                }
                self.route.run(frames);
                $(rack!(@run self, $last, $last_group, frames, keys, measures);)*
                if measures {
                    self.contribution.end();
                }
                self.pad.run(frames);
            }

            fn run_intervals(&mut self, frames: &mut [$crate::Frame], keys: &[$crate::Frame]) {
                if self.contribution.is_asked() || !self.route.is_settled() {
                    let length = $crate::CONTROL_INTERVAL;
                    for (frames, keys) in frames.chunks_mut(length).zip(keys.chunks(length)) {
                        self.control();
                        self.run(frames, keys);
                    }
                    return;
                }
                self.key_line.begin(keys);
                $(rack!(@run_intervals self, $first, frames, keys);)*
                for place in self.route.places() {
                    match place {
                        $($place => rack!(@run_intervals self, $field, frames, keys),)*
                        _ => {}
                    }
                }
                $(rack!(@run_intervals self, $last, frames, keys);)*
                self.pad.run(frames);
            }

            fn latency(&self) -> usize {
                self.pad.frames()
                    $(+ self.$first.latency())* $(+ self.$field.latency())* $(+ self.$last.latency())*
            }

            fn tail(&self) -> usize {
                0 $(+ self.$first.tail())* $(+ self.$field.tail())* $(+ self.$last.tail())*
            }

            fn is_settled(&self) -> bool {
                self.route.is_settled()
                    $(&& self.$first.is_settled())* $(&& self.$field.is_settled())* $(&& self.$last.is_settled())*
            }

            fn pass(&mut self, frames: usize) {
                self.key_line.reset();
                $($crate::Processor::pass(&mut self.$first, frames);)*
                $($crate::Processor::pass(&mut self.$field, frames);)*
                $($crate::Processor::pass(&mut self.$last, frames);)*
            }

            fn learn(&mut self, target_lufs: Option<f64>) {
                $($crate::Processor::learn(&mut self.$first, target_lufs);)*
                $($crate::Processor::learn(&mut self.$field, target_lufs);)*
                $($crate::Processor::learn(&mut self.$last, target_lufs);)*
            }

            fn calibrate(&mut self, zero_vu_db: f64) {
                $($crate::Processor::calibrate(&mut self.$field, zero_vu_db);)+
            }

            fn capture(&mut self, source: Option<$crate::captured::Source>) {
                $($crate::Processor::capture(&mut self.$field, source);)*
            }

            fn match_to(&mut self, captured: Option<&$crate::captured::Captured>) {
                $($crate::Processor::match_to(&mut self.$field, captured);)*
            }

            fn tempo(&mut self, bpm: f64) {
                $($crate::Processor::tempo(&mut self.$field, bpm);)+
            }

            fn next_plan(&mut self) -> Option<$crate::kernel::Plan> {
                $(if let Some(plan) = self.$field.next_plan() {
                    return Some(plan);
                })*
                None
            }

            fn awaits_kernel(&self) -> bool {
                false $(|| self.$field.awaits_kernel())*
            }

            fn take_kernel(&mut self, kernel: $crate::kernel::Kernel) -> Option<$crate::kernel::Kernel> {
                $(let kernel = self.$field.take_kernel(kernel)?;)*
                Some(kernel)
            }

            fn spent_kernel(&mut self) -> Option<$crate::block::convolver::Kernel> {
                $(if let Some(kernel) = self.$field.spent_kernel() {
                    return Some(kernel);
                })*
                None
            }

            fn report(&mut self, report: &mut impl $crate::readout::Report) {
                $(report.group($first_group, |report| {
                    self.$first.report(report);
                    self.contribution.report($first_group, report);
                });)*
                $(report.group($group, |report| {
                    self.$field.report(report);
                    self.contribution.report($group, report);
                });)*
                $(report.group($last_group, |report| {
                    self.$last.report(report);
                    self.contribution.report($last_group, report);
                });)*
                report.group(&$crate::chain::GROUP, |report| self.contribution.report_total(report));
            }
        }

        impl $crate::chain::Rack for $rack {
            type Observer = $observer;

            fn measure_contribution(&mut self, on: bool) {
                self.contribution.ask(on);
            }

            fn listen_to(&mut self, mut of: impl FnMut(&'static $crate::control::Group) -> $crate::Listen) {
                $($crate::Processor::listen(&mut self.$first, of($first_group));)*
                $($crate::Processor::listen(&mut self.$field, of($group));)*
                $($crate::Processor::listen(&mut self.$last, of($last_group));)*
                self.make_way();
            }
        }
    };
    (@run $self:ident, $field:ident, $group:expr, $frames:ident, $keys:ident, $measures:ident) => {{
        $self.$field.run($frames, $self.key_line.now($keys));
        $self.key_line.fall_behind(|| $self.$field.latency());
        if $measures {
            $self.contribution.behind($group, $self.$field.latency(), $frames);
        }
    }};
    (@run_intervals $self:ident, $field:ident, $frames:ident, $keys:ident) => {{
        $self.$field.run_intervals($frames, $self.key_line.now($keys));
        $self.key_line.fall_behind(|| $self.$field.latency());
    }};
    (@make_way $self:ident, $field:ident, $alone:ident) => {{
        $crate::Processor::step_aside(&mut $self.$field, $alone);
        $alone |= $crate::Processor::is_heard_alone(&$self.$field);
    }};
    (@fresh) => { Default::default() };
    (@fresh $fresh:expr) => { $fresh };
}

pub(super) use rack;
