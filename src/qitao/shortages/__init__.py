"""Shortages: cases from detection to closing, their options, decisions and causes."""
