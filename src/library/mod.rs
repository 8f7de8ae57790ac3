//! Where things are kept on this computer: folders, settings, models found.
