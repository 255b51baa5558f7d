//! The fast engine says what the plain one says, at the same ticks, and leaves the same state behind.

mod worlds;

use proptest::prelude::*;
use worlds::{World, ops, setting};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn both_say_the_same(setting in setting(), ops in ops()) {
        let mut world = World::new(&setting);
        for op in &ops {
            if let Err(difference) = world.step(op) {
                prop_assert!(false, "{difference}");
            }
            if world.is_over {
                break;
            }
        }
        if let Err(difference) = world.compare_accounts() {
            prop_assert!(false, "{difference}");
        }
    }
}
