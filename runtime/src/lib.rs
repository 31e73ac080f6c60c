//! Runs sync plans: hub, connectors, passes, reconciliation.
