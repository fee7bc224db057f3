//! What an instance keeps in memory.

use crate::another::another_process;
use crate::bundles::{BLOCK, active, noise, through};

/// Bytes in a page, as Linux counts `statm` on the machines that are tested.
const PAGE: usize = 4_096;

/// Bytes of this process that are resident.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux says what a process has");
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("a number of pages") * PAGE
}

/// Runs in a process of its own, as others may take and give back memory meanwhile.
#[test]
#[ignore = "run by a_further_instance_is_small"]
fn instances() {
    const FURTHER: usize = 16;
    for (name, most_mb) in [("channel", 2.0), ("master", 8.0)] {
        let play = || {
            let mut plugin = active(name);
            through(&mut plugin, &noise(4 * BLOCK, 1), BLOCK);
            plugin
        };
        let _first = [play(), play()];
        let before = resident();
        let further: Vec<_> = (0..FURTHER).map(|_| play()).collect();
        let each_mb = (resident() - before) as f64 / further.len() as f64 / 1e6;
        println!("{name}: {each_mb:.2} MB for each further instance");
        assert!(each_mb <= most_mb, "{name}: {each_mb:.2} MB for each further instance, {most_mb} at most");
    }
}

#[test]
fn a_further_instance_is_small() {
    another_process("memory::instances", |_| {});
}
