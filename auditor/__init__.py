"""auditor: audits exported logs of user reports and platform responses against YAML rules."""
