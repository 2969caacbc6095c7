//! A small ext4 disk of our own, which can be cut off from power, and filled.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An ext4 file system on a device with a cache that forgets, as disks have: the device is a file on another ext4 file system,
/// which passes on what is written to it only when it is told to flush, or after seconds. That one lies on an image in memory:
/// what is in the image survives a power cut.
pub struct Disk {
    folder: tempfile::TempDir,
    image: PathBuf,
    images: u32,
}

/// What the lower file system needs for itself.
const BELOW_MEGABYTES: u64 = 24;

impl Disk {
    pub fn new(megabytes: u64) -> Disk {
        let folder = tempfile::tempdir().unwrap();
        for name in ["room", "device", "disk"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let below = megabytes + BELOW_MEGABYTES;
        let size = format!("size={}m", below * 2 + 8);
        run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", text(&folder.path().join("room"))]);
        let image = folder.path().join("room/image-0");
        let disk = Disk { folder, image, images: 1 };
        formatted(&disk.image, below);
        disk.mount_device();
        formatted(&disk.device(), megabytes);
        run("sync", &["-f", text(&disk.device())]);
        disk.mount();
        disk
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn below(&self) -> PathBuf {
        self.folder.path().join("device")
    }

    fn device(&self) -> PathBuf {
        self.below().join("device")
    }

    fn mount_device(&self) {
        run("mount", &["-o", "loop,noatime", text(&self.image), text(&self.below())]);
    }

    pub fn mount(&self) {
        run("mount", &["-o", "loop,noatime", text(&self.device()), text(&self.path())]);
    }

    pub fn unmount(&self) {
        run("umount", &[text(&self.path())]);
    }

    /// What survives a power cut now, as one moment: copied again if something was written meanwhile.
    pub fn copied(&mut self) -> PathBuf {
        let copy = self.folder.path().join(format!("room/image-{}", self.images));
        self.images += 1;
        loop {
            let before = self.writes();
            fs::copy(&self.image, &copy).unwrap();
            if before.1 == 0 && self.writes() == before {
                return copy;
            }
        }
    }

    /// The disk comes back as the copy has it; what the machine still had in its memory, and the device in its cache, is gone.
    pub fn come_back(&mut self, copy: PathBuf) {
        self.unmount();
        run("umount", &[text(&self.below())]);
        fs::remove_file(&self.image).unwrap();
        self.image = copy;
        self.mount_device();
        self.mount();
    }

    // How often the loop device was written to, and how many requests are under way.
    fn writes(&self) -> (String, u64) {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        let path = self.path();
        let device =
            mounts.lines().find(|l| l.split(' ').nth(1) == Some(text(&path))).expect("it is mounted");
        let name = device.split(' ').next().unwrap().trim_start_matches("/dev/").to_owned();
        let told = fs::read_to_string(format!("/sys/block/{name}/stat")).unwrap();
        let numbers: Vec<&str> = told.split_whitespace().collect();
        (numbers[4].to_owned(), numbers[8].parse().unwrap())
    }

    /// No block is left on the disk.
    pub fn fill(&self) -> PathBuf {
        filled(&self.path().join("ballast"))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        for name in ["disk", "device", "room"] {
            let _ = Command::new("umount").args(["-l", text(&self.folder.path().join(name))]).output();
        }
    }
}

fn formatted(image: &Path, megabytes: u64) {
    File::create(image).unwrap().set_len(megabytes << 20).unwrap();
    let lazy = "lazy_itable_init=0,lazy_journal_init=0,nodiscard";
    run("mkfs.ext4", &["-q", "-F", "-m", "0", "-E", lazy, text(image)]);
}

fn filled(path: &Path) -> PathBuf {
    let mut file = File::create(path).unwrap();
    for piece in [vec![7; 1 << 20], vec![7; 4096]] {
        while file.write_all(&piece).is_ok() {}
    }
    let _ = file.sync_all();
    path.to_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output();
    let done =
        done.unwrap_or_else(|e| panic!("`{program}` is needed (apt-get install e2fsprogs mount): {e}"));
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}
