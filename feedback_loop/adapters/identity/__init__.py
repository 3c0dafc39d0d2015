"""Who somebody is, as an issuer of tokens vouches for it: tokens verified offline, and the issuers' public keys."""
