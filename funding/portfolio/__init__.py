"""The best portfolio under every budget and rule, exactly and with its proof; plain calculation."""
