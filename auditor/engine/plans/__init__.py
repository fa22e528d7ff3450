"""The plans: interchangeable providers of the same quantities to the one verdict function.

- `case`: one row per subject, exact where no event name repeats in it
- `windows`: running windows over ordered rows, exact where times are precise and no condition names the trigger
- `pairs`: each activation beside each other event of its subject, exact always
"""
