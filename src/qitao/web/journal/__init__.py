"""The journal as people read it: every command, refusal and change, and whether it is as it was sealed."""
