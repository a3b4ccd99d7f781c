//! What must not touch the heap. One test alone, for the count is of the whole process.

use trunkline_benches::heap::{ALLOCATOR as COUNTING, Allocator, Growth};
use trunkline_benches::messages::{ACM, ANM, IAM, REL, RLC};

#[global_allocator]
static ALLOCATOR: Allocator = COUNTING;

#[test]
fn decoding_the_messages_of_a_call_takes_no_heap() {
    let counted = Growth::start();
    drop(std::hint::black_box(vec![0_u8; 100]));
    assert_eq!(
        counted.so_far().allocations,
        1,
        "allocations are not counted"
    );
    // The first message makes the tables of the variant, once for all.
    assert!(trunkline_isup::decode(IAM).is_ok());
    for octets in [IAM, ACM, ANM, REL, RLC] {
        let growth = Growth::start();
        let decoded = trunkline_isup::decode(octets);
        let grown = growth.so_far();
        assert_eq!((grown.allocations, grown.heap), (0, 0), "{decoded:?}");
        assert!(decoded.is_ok());
    }
}
