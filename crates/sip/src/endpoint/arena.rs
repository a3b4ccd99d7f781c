//! Storage by number: the number of a thing that is gone is not used again.

/// Things by number. A number is a slot and how often the slot was used.
#[derive(Debug)]
pub(super) struct Arena<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    /// Boxed, so that an arena which once was full keeps little and grows without copying.
    value: Option<Box<T>>,
}

impl<T> Arena<T> {
    pub(super) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(super) fn insert(&mut self, value: T) -> u64 {
        let value = Some(Box::new(value));
        if let Some(index) = self.free.pop() {
            let slot = &mut self.slots[index as usize];
            slot.value = value;
            return number(index, slot.generation);
        }
        let index = u32::try_from(self.slots.len()).expect("the limits of the endpoint are lower");
        self.slots.push(Slot {
            generation: 1,
            value,
        });
        number(index, 1)
    }

    pub(super) fn get(&self, id: u64) -> Option<&T> {
        let (index, generation) = parts(id);
        let slot = self.slots.get(index)?;
        slot.value
            .as_deref()
            .filter(|_| slot.generation == generation)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        let (index, generation) = parts(id);
        let slot = self.slots.get_mut(index)?;
        slot.value
            .as_deref_mut()
            .filter(|_| slot.generation == generation)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<T> {
        let (index, generation) = parts(id);
        let slot = self.slots.get_mut(index)?;
        if slot.generation != generation {
            return None;
        }
        let value = slot.value.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free
            .push(u32::try_from(index).expect("it came from 32 bits"));
        Some(*value)
    }

    /// The numbers in use, in the order of the slots.
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> {
        self.slots
            .iter()
            .zip(0_u32..)
            .filter(|(slot, _)| slot.value.is_some())
            .map(|(slot, index)| number(index, slot.generation))
    }
}

fn number(index: u32, generation: u32) -> u64 {
    u64::from(generation) << 32 | u64::from(index)
}

fn parts(id: u64) -> (usize, u32) {
    ((id & 0xffff_ffff) as usize, (id >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_dies_with_its_value() {
        let mut arena = Arena::new();
        let first = arena.insert('a');
        assert_eq!(arena.remove(first), Some('a'));
        let second = arena.insert('b');
        assert_ne!(first, second);
        assert_eq!(arena.get(first), None);
        assert_eq!(arena.remove(first), None);
        assert_eq!(arena.get_mut(second), Some(&mut 'b'));
        assert_eq!(arena.len(), 1);
        assert_eq!(arena.ids().collect::<Vec<_>>(), [second]);
    }
}
