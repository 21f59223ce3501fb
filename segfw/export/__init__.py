"""A plan in the words of other tools: Terraform, CloudFormation, ARM templates and CSV.

Pure: one function to a format, from a plan to text, the same bytes for the same plan.
"""
