//! The compiler as one library: a workspace in; check, compile, format, explain out.
