//! A valid model to a sync plan.
