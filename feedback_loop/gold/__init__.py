"""What customers suffer from, as issues with an identity that lasts; made from the daily clusters and alerts of `analysis/`."""
