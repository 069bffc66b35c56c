"""The models behind four small Protocols; the only package that imports inference libraries."""
