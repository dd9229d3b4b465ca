"""What is sent: every argument, checked, and made into what botocore takes."""
