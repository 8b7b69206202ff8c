from accounts.forms.sign_up import SignUpDetails

__all__ = ["SignUpDetails"]
