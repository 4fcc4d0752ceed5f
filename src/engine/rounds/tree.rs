//! The tree that is left when all actors of a round are done, read into buffers that are used
//! again and again.

use std::ffi::CStr;
use std::ops::Range;
use std::os::fd::BorrowedFd;

use rustix::buffer::spare_capacity;
use rustix::fs::{AtFlags, Mode, OFlags, SeekFrom};
use rustix::io::Errno;

use crate::engine::controls::Status;
use crate::ops::readdir::Parts;
use crate::sys;

/// Room for directory entries as they come.
const SCAN_BUFFER: usize = 32 << 10;
/// Larger files are not read: no scenario writes that much in one step.
const LARGEST: u64 = 16 << 20;
/// Room for the text of a symbolic link.
const LONGEST_LINK: usize = 4096;
/// Bits of a mode that say which type of file it is.
const TYPE: u16 = 0o170_000;

/// One name that is left.
#[derive(Clone, Debug)]
pub struct Entry {
    path: Range<usize>,
    data: Range<usize>,
    /// Whether `data` is all of the content or the text of the link.
    pub whole: bool,
    /// Inode number; 0 where the name cannot be looked up although its directory lists it.
    pub ino: u64,
    /// File type and permission bits.
    pub mode: u16,
    /// Link count.
    pub nlink: u64,
    /// Size in bytes.
    pub size: u64,
    /// Number of the file: names of one file have the same one.
    pub file: u32,
}

impl Entry {
    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.mode & TYPE == 0o040_000
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.mode & TYPE == 0o100_000
    }

    /// Whether it is a symbolic link.
    pub fn is_symlink(&self) -> bool {
        self.mode & TYPE == 0o120_000
    }
}

/// All names beneath a directory, sorted by path.
#[derive(Debug)]
pub struct Tree {
    entries: Vec<Entry>,
    /// Paths, each with a NUL behind it.
    paths: Vec<u8>,
    /// Contents and link texts.
    data: Vec<u8>,
    scan: Vec<u8>,
    /// Inode numbers with the place of their name, to find names of one file.
    inodes: Vec<(u64, u32)>,
    /// Whether others change it through other mounts, so that nothing that the kernel remembers of
    /// it is relied on.
    anew: bool,
}

impl Tree {
    /// An empty tree. `anew` is for one that others change through other mounts: then the kernel is
    /// made to ask for everything anew, as far as it can be.
    pub fn new(anew: bool) -> Self {
        Self {
            entries: Vec::new(),
            paths: Vec::new(),
            data: Vec::new(),
            scan: vec![0; SCAN_BUFFER],
            inodes: Vec::new(),
            anew,
        }
    }

    /// Has a name as a scan would that shows it twice.
    #[cfg(test)]
    pub fn list_again(&mut self, index: usize) {
        self.entries.insert(index, self.entries[index].clone());
    }

    /// The names, sorted by path.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Path of an entry.
    pub fn path(&self, entry: &Entry) -> &[u8] {
        &self.paths[entry.path.clone()]
    }

    /// Path of an entry, as system calls take it.
    pub fn c_path(&self, entry: &Entry) -> &CStr {
        c_path(&self.paths, entry)
    }

    /// Content of a file or text of a symbolic link; empty where it is not [`Entry::whole`].
    pub fn data(&self, entry: &Entry) -> &[u8] {
        &self.data[entry.data.clone()]
    }

    /// Reads what is beneath `root`, whose offset it moves. Every call that returns is shown in
    /// `status`.
    ///
    /// A name that is listed but cannot be looked up is kept with zeros; a directory that cannot
    /// be scanned has nothing in it. Permissions that stand in the way are taken away, after they
    /// have been noted.
    ///
    /// # Errors
    /// The errno of scanning `root` itself.
    pub fn read(&mut self, root: BorrowedFd<'_>, status: &Status<'_>) -> rustix::io::Result<()> {
        self.entries.clear();
        self.paths.clear();
        self.data.clear();
        rustix::fs::seek(root, SeekFrom::Start(0))?;
        self.list(root, 0..0)?;
        let mut next = 0;
        while next < self.entries.len() {
            self.look_at(next, root);
            status.beat();
            next += 1;
        }
        let paths = &self.paths;
        self.entries.sort_unstable_by(|a, b| paths[a.path.clone()].cmp(&paths[b.path.clone()]));
        self.number_files();
        Ok(())
    }

    /// Adds the names in a directory with this path.
    fn list(&mut self, fd: BorrowedFd<'_>, directory: Range<usize>) -> rustix::io::Result<()> {
        if self.anew {
            sys::anew::refresh(fd);
        }
        let (paths, entries) = (&mut self.paths, &mut self.entries);
        sys::calls::scan(fd, &mut self.scan, Parts::default(), &mut |name| {
            let start = paths.len();
            if !directory.is_empty() {
                paths.extend_from_within(directory.clone());
                paths.push(b'/');
            }
            paths.extend_from_slice(name);
            let path = start..paths.len();
            paths.push(0);
            entries.push(Entry {
                path,
                data: 0..0,
                whole: false,
                ino: 0,
                mode: 0,
                nlink: 0,
                size: 0,
                file: 0,
            });
        })
    }

    /// Fills in what a name leads to. What is in a directory is added behind all others.
    fn look_at(&mut self, index: usize, root: BorrowedFd<'_>) {
        let path = c_path(&self.paths, &self.entries[index]);
        let stat = if self.anew {
            sys::anew::look_up(root, path);
            sys::anew::stat(root, path)
        } else {
            sys::anew::plain(root, path)
        };
        let Ok(stat) = stat else { return };
        let entry = &mut self.entries[index];
        (entry.ino, entry.mode, entry.nlink, entry.size) =
            (stat.ino, stat.mode, stat.nlink, stat.size);
        if entry.is_directory() {
            let path = entry.path.clone();
            if let Ok(fd) = self.open(index, root, OFlags::DIRECTORY) {
                // Nothing more can be said of a directory that cannot be scanned.
                let _ = self.list(std::os::fd::AsFd::as_fd(&fd), path);
            }
        } else {
            let start = self.data.len();
            let read = if entry.is_symlink() {
                self.read_link(index, root)
            } else if entry.is_file() && entry.size <= LARGEST {
                self.read_file(index, root)
            } else {
                return;
            };
            self.entries[index].whole = read.is_ok();
            if read.is_err() {
                self.data.truncate(start);
            }
            self.entries[index].data = start..self.data.len();
        }
    }

    fn read_link(&mut self, index: usize, root: BorrowedFd<'_>) -> rustix::io::Result<()> {
        self.data.reserve(LONGEST_LINK);
        let path = c_path(&self.paths, &self.entries[index]);
        rustix::fs::readlinkat_raw(root, path, spare_capacity(&mut self.data)).map(drop)
    }

    fn read_file(&mut self, index: usize, root: BorrowedFd<'_>) -> rustix::io::Result<()> {
        let fd = self.open(index, root, OFlags::empty())?;
        let (start, size) = (self.data.len(), self.entries[index].size as usize);
        loop {
            // One byte more than there should be shows the end without another call.
            self.data.reserve(size + 1);
            let asked = self.data.capacity() - self.data.len();
            match rustix::io::read(&fd, spare_capacity(&mut self.data)) {
                Ok(0) => return Ok(()),
                Ok(count) if count < asked && self.data.len() - start == size => return Ok(()),
                Ok(_) if self.data.len() - start > LARGEST as usize => return Err(Errno::FBIG),
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    fn open(
        &self,
        index: usize,
        root: BorrowedFd<'_>,
        flags: OFlags,
    ) -> rustix::io::Result<std::os::fd::OwnedFd> {
        let entry = &self.entries[index];
        let path = c_path(&self.paths, entry);
        let flags = flags | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = || rustix::fs::openat(root, path, flags, Mode::empty());
        match open() {
            Err(Errno::ACCESS) => {
                // Its mode has been noted: the next reset sees that it is another.
                rustix::fs::chmodat(root, path, Mode::RWXU, AtFlags::empty())?;
                open()
            }
            other => other,
        }
    }

    /// Gives names of one file one number, counted up by first appearance.
    fn number_files(&mut self) {
        self.inodes.clear();
        let inodes = self.entries.iter().enumerate().map(|(at, entry)| (entry.ino, at as u32));
        self.inodes.extend(inodes);
        self.inodes.sort_unstable();
        // First, every name learns the place of the first name of its file.
        let mut first = (0, 0);
        for &(ino, at) in &self.inodes {
            if ino != first.0 || ino == 0 {
                first = (ino, at);
            }
            self.entries[at as usize].file = first.1;
        }
        let mut files = 0;
        for at in 0..self.entries.len() {
            let first = self.entries[at].file as usize;
            self.entries[at].file = if first == at {
                files += 1;
                files - 1
            } else {
                self.entries[first].file
            };
        }
    }
}

fn c_path<'a>(paths: &'a [u8], entry: &Entry) -> &'a CStr {
    let with_nul = &paths[entry.path.start..=entry.path.end];
    CStr::from_bytes_with_nul(with_nul).unwrap_or_default()
}
