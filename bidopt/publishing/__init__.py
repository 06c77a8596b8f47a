"""The plan folder: exact CSV for machines, plan.json, and READY written last."""
