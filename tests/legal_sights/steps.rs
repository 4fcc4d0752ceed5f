//! Steps that several sights have.

pub const OPEN: &str = r#"op = "open", path = "f", flags = ["rdonly"], fd = "f""#;
pub const WRITE_OPEN: &str = r#"op = "open", path = "f", flags = ["wronly"], fd = "f""#;
pub const CUT: &str = r#"op = "open", path = "f", flags = ["wronly", "trunc"], fd = "f""#;
pub const CREATE: &str = r#"op = "open", path = "f", flags = ["wronly", "creat"], fd = "f""#;
pub const EXCL: &str = r#"op = "open", path = "f", flags = ["wronly", "creat", "excl"], fd = "f""#;
pub const READ: &str = r#"op = "read", fd = "f", len = 100"#;
pub const FSTAT: &str = r#"op = "fstat", fd = "f""#;
pub const STAT: &str = r#"op = "stat", path = "f""#;
pub const UNLINK: &str = r#"op = "unlink", path = "f""#;
pub const WRITE_A: &str = r#"op = "write", fd = "f", content = "AAAA""#;
pub const WRITE_B: &str = r#"op = "write", fd = "f", content = "BBBB""#;
pub const FLOCK: &str = r#"op = "flock", fd = "f", lock = "exclusive", wait = false"#;
