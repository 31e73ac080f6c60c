//! Dice for tests that need large formulas, always the same ones.

/// Numbers that look random and are the same in every run (the SplitMix64 generator).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number from 0 to `sides` - 1.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % sides as u64).unwrap()
    }

    /// True or false.
    pub(super) fn coin(&mut self) -> bool {
        self.roll(2) == 0
    }
}
