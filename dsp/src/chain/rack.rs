//! A row of modules, from one line for each.

/// Makes a rack and its settings: a struct with a field for each module, which processes them in the order of the lines.
///
/// ```text
/// rack! {
///     /// Tandem Channel's modules.
///     Channel, ChannelSettings, observer: (), reserved_ms: [0.0, 1.0, 2.0],
///     /// The input.
///     input: Input = &input::GROUP;
///     /// The equaliser.
///     eq: Stage<Eq> = &eq::GROUP;
///     /// The compressor, which here starts with other settings than its own defaults.
///     glue: Stage<Compressor> = &compressor::GLUE, from compressor::glue();
/// }
/// ```
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
        $($(#[$field_doc:meta])* $field:ident: $module:ty = $group:expr $(, from $fresh:expr)?;)+
    ) => {
        #[doc = concat!("Everything that can be set on [`", stringify!($rack), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $settings {
            $($(#[$field_doc])* pub $field: <$module as $crate::Processor>::Settings,)+
        }

        impl Default for $settings {
            fn default() -> Self {
                Self { $($field: rack!(@fresh $($fresh)?),)+ }
            }
        }

        impl $crate::control::Settings for $settings {
            fn visit(&mut self, visitor: &mut impl $crate::control::Visit) {
                let Self { $($field),+ } = self;
                $(visitor.group($field, $group);)+
            }
        }

        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $rack {
            $($(#[$field_doc])* pub $field: $module,)+
            /// Fills up to the latency that the mode reserves.
            pad: $crate::block::delay::Delay,
        }

        impl $crate::Processor for $rack {
            type Settings = $settings;

            fn prepare(&mut self, rate: f64, mode: $crate::LatencyMode) {
                $(self.$field.prepare(rate, mode);)+
                let used = 0 $(+ self.$field.latency())+;
                let reserved_ms: [f64; 3] = $reserved_ms;
                let reserved = $crate::units::ms_to_frames(reserved_ms[mode as usize], rate).round() as usize;
                // Below the rates that music has, filters of so many frames take more time.
                debug_assert!(used <= reserved || rate < 44_100.0, "modules use {used} of {reserved} frames in {mode:?}");
                self.pad.prepare(reserved.saturating_sub(used));
            }

            fn reset(&mut self) {
                $(self.$field.reset();)+
                self.pad.reset();
            }

            fn set(&mut self, settings: &$settings) {
                $(self.$field.set(&settings.$field);)+
            }

            fn control(&mut self) {
                $(self.$field.control();)+
            }

            fn tick(&mut self, frame: $crate::Frame, key: $crate::Frame) -> $crate::Frame {
                $(let frame = self.$field.tick(frame, key);)+
                self.pad.tick(frame)
            }

            fn run(&mut self, frames: &mut [$crate::Frame], keys: &[$crate::Frame]) {
                $(self.$field.run(frames, keys);)+
                self.pad.run(frames);
            }

            fn latency(&self) -> usize {
                self.pad.frames() $(+ self.$field.latency())+
            }

            fn tail(&self) -> usize {
                0 $(+ self.$field.tail())+
            }

            fn is_settled(&self) -> bool {
                $(self.$field.is_settled())&&+
            }

            fn learn(&mut self, target_lufs: Option<f64>) {
                $($crate::Processor::learn(&mut self.$field, target_lufs);)+
            }

            fn report(&mut self, report: &mut impl $crate::readout::Report) {
                $(report.group($group, |report| self.$field.report(report));)+
            }
        }

        impl $crate::chain::Rack for $rack {
            type Observer = $observer;

            fn listen_to(&mut self, mut of: impl FnMut(&'static $crate::control::Group) -> $crate::Listen) {
                $($crate::Processor::listen(&mut self.$field, of($group));)+
            }
        }
    };
    (@fresh) => { Default::default() };
    (@fresh $fresh:expr) => { $fresh };
}

pub(super) use rack;
