"""What people do with sources: survey a site, check one, read and write their files."""
