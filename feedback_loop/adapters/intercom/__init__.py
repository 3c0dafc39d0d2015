"""Intercom as a connector: actions become back-office tickets, or notes on the conversation that they are about."""
