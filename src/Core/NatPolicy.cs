namespace Ringwright.Core;

/// <summary>Which of the addresses that a peer names are believed; behind NAT some of them are wrong.</summary>
public enum NatPolicy : byte
{
    /// <summary>
    /// What the peer names is followed, unless it is private while the peer itself comes from a public address, or the target policy
    /// forbids it; then the peer is where its messages come from.
    /// </summary>
    Auto,
    /// <summary>Contact, Route, Via and the address of SDP are followed as they stand, private ones too.</summary>
    TrustContact,
    /// <summary>Signalling always goes to where the peer's messages come from, and audio nowhere else before audio has come.</summary>
    Source,
}
