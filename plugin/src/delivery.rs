//! Kernels on their way: planned on the audio thread, built and freed in the background.

use crate::engine::Engine;
use crossbeam::queue::ArrayQueue;
use std::thread;
use std::time::{Duration, Instant};
use tandem_dsp::block::convolver;
use tandem_dsp::chain::Rack;
use tandem_dsp::kernel::{Kernel, Plan};

/// Plans, and kernels, that can be under way: two of each of two chains.
const PLACES: usize = 4;

/// Kernels that can wait to be freed. A full queue only makes others wait in their chains.
const SPENT_PLACES: usize = 16;

/// How long an offline render waits for a kernel before it goes on without: a hundred times what the largest takes.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How long it sleeps before it looks again.
const LOOK: Duration = Duration::from_micros(100);

/// The queues between the audio thread and the background.
pub struct Delivery {
    plans: ArrayQueue<Plan>,
    kernels: ArrayQueue<Kernel>,
    spent: ArrayQueue<convolver::Kernel>,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { plans: ArrayQueue::new(PLACES), kernels: ArrayQueue::new(PLACES), spent: ArrayQueue::new(SPENT_PLACES) }
    }
}

impl Delivery {
    /// Background: frees what is done with, and builds what is planned.
    pub fn work(&self) {
        self.free();
        while let Some(plan) = self.plans.pop() {
            drop(self.kernels.force_push(plan.build()));
        }
    }

    /// Main thread, while nothing is processed: forgets everything that is under way.
    pub fn clear(&self) {
        self.free();
        while self.plans.pop().is_some() || self.kernels.pop().is_some() {}
    }

    fn free(&self) {
        while self.spent.pop().is_some() {}
    }

    /// Audio thread: hands over kernels and plans; `call` is to make the background [`work`](Self::work). Offline it waits
    /// for what is planned, so that every render is the same.
    pub fn exchange<R: Rack + Default>(&self, engine: &mut Engine<R>, offline: bool, call: impl FnOnce()) {
        self.take(engine);
        let mut calls = false;
        while !self.spent.is_full()
            && let Some(kernel) = engine.spent_kernel()
        {
            calls |= self.spent.push(kernel).is_ok();
        }
        while !self.plans.is_full()
            && let Some(plan) = engine.next_plan()
        {
            calls |= self.plans.push(plan).is_ok();
        }
        if calls {
            call();
        }
        if offline && engine.awaits_kernel() {
            self.wait(engine);
        }
    }

    fn take<R: Rack + Default>(&self, engine: &mut Engine<R>) {
        while !self.spent.is_full()
            && let Some(kernel) = self.kernels.pop()
        {
            if let Some(refused) = engine.take_kernel(kernel) {
                // There is room, and nobody else fills it.
                let _ = self.spent.push(refused.matrix);
            }
        }
    }

    fn wait<R: Rack + Default>(&self, engine: &mut Engine<R>) {
        let start = Instant::now();
        while engine.awaits_kernel() && start.elapsed() < LONGEST_WAIT {
            thread::sleep(LOOK);
            self.take(engine);
        }
    }
}
