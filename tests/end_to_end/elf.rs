//! As much of the ELF format as says which libraries a program needs.

const PT_LOAD: u64 = 1;
const PT_DYNAMIC: u64 = 2;
const DT_NEEDED: u64 = 1;
const DT_STRTAB: u64 = 5;

/// The names of the libraries that a 64-bit little-endian program needs.
pub fn needed(file: &[u8]) -> Vec<String> {
    let number = |at: u64, bytes: usize| {
        let mut eight = [0; 8];
        eight[..bytes].copy_from_slice(&file[at as usize..at as usize + bytes]);
        u64::from_le_bytes(eight)
    };
    assert_eq!(&file[..6], b"\x7fELF\x02\x01");
    let (headers, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    // type, offset in the file, address, size in the file
    let segments: Vec<[u64; 4]> = (0..count)
        .map(|index| headers + index * size)
        .map(|at| [number(at, 4), number(at + 8, 8), number(at + 16, 8), number(at + 32, 8)])
        .collect();
    let [_, dynamic, _, length] = *segments.iter().find(|segment| segment[0] == PT_DYNAMIC).unwrap();
    let entries: Vec<(u64, u64)> = (0..length / 16)
        .map(|index| dynamic + index * 16)
        .map(|at| (number(at, 8), number(at + 8, 8)))
        .collect();
    let address = entries.iter().find(|(tag, _)| *tag == DT_STRTAB).unwrap().1;
    let holds = |segment: &&[u64; 4]| segment[0] == PT_LOAD && (segment[2]..segment[2] + segment[3]).contains(&address);
    let [_, offset, start, _] = *segments.iter().find(holds).unwrap();
    let names = (address - start + offset) as usize;
    let name = |at: u64| file[names + at as usize..].split(|byte| *byte == 0).next().unwrap();
    let needed = entries.iter().filter(|(tag, _)| *tag == DT_NEEDED);
    needed.map(|(_, at)| String::from_utf8_lossy(name(*at)).into_owned()).collect()
}
