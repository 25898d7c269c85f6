//! The memory that hashes work in, 19 MiB each.
//!
//! Left to the allocator, a flood of sign-ins grew to hundreds of MiB and stayed there: glibc keeps freed memory of up to
//! 32 MiB and splits it. So a piece is larger than that, comes from the system and goes back to it at once, and is used
//! again by the next hash while there are any: getting it anew costs a third of a hash.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use argon2::Block;

/// Blocks (of 1 KiB) that a piece is asked for with. A hash touches only those that it needs, and the rest is nothing but
/// a number: it makes the piece too large for glibc to keep.
const BLOCKS: usize = 33 * 1024;
/// After so long without a hash the memory goes back.
const REST: Duration = Duration::from_secs(5);

/// Pieces that are free, at most as many as hashes run at a time.
#[derive(Default)]
pub struct Memory {
    free: Mutex<Vec<Vec<Block>>>,
    uses: AtomicU64,
    watched: AtomicBool,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory(…)")
    }
}

impl Memory {
    /// Runs `work` with a piece of at least so many blocks. What is in them is left over: Argon2 writes before it reads.
    pub fn lend<T>(&self, count: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut blocks = self.free().pop().unwrap_or_else(|| Vec::with_capacity(count.max(BLOCKS)));
        if blocks.len() < count {
            blocks.resize(count, Block::default());
        }
        let done = work(&mut blocks[..count]);
        self.uses.fetch_add(1, Ordering::SeqCst);
        self.free().push(blocks);
        done
    }

    /// Gives the free pieces back once no hash has come for a while. Called for each hash; one watch is enough.
    pub fn give_back_later(self: &Arc<Self>) {
        if self.watched.swap(true, Ordering::SeqCst) {
            return;
        }
        let memory = self.clone();
        tokio::spawn(async move {
            let mut seen = memory.uses.load(Ordering::SeqCst);
            loop {
                tokio::time::sleep(REST).await;
                match memory.uses.load(Ordering::SeqCst) {
                    same if same == seen => break,
                    more => seen = more,
                }
            }
            // Before the pieces go, so that a hash which comes now has a watch of its own.
            memory.watched.store(false, Ordering::SeqCst);
            memory.free().clear();
        });
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pieces_are_used_again_and_go_back_after_a_rest() {
        let memory = Arc::new(Memory::default());
        let used = |count| memory.lend(count, |blocks| (blocks.len(), blocks.as_ptr()));
        let first = used(8);
        memory.give_back_later();
        assert_eq!(used(16).0, 16, "a larger hash gets what it needs");
        assert_eq!(used(8).1, first.1, "and the same piece, which was large enough from the beginning");
        tokio::time::sleep(REST / 2).await;
        assert_eq!(memory.free().len(), 1);
        tokio::time::sleep(REST * 3).await;
        assert_eq!((memory.free().len(), memory.watched.load(Ordering::SeqCst)), (0, false));
    }
}
