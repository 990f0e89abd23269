"""Measuring the portal: a scratch database of thousands of patients, the production server, and what each page costs."""
