//! What the user chose once and expects to find again: one TOML file.
