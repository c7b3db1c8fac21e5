"""The ledger of every URL accepted: acceptance, claims, dispatch, ends, accounts.

Each function takes the caller's connection and runs in the caller's transaction. Nothing here
knows of Celery, Redis or HTTP.
"""
