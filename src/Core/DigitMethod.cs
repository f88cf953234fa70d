namespace Ringwright.Core;

/// <summary>How pressed keys go to a peer. What comes from it counts in any way.</summary>
public enum DigitMethod
{
    /// <summary>Telephone events (RFC 4733); tones to a peer that agreed on none.</summary>
    Events,
    /// <summary>Tones in the audio, whatever was agreed.</summary>
    Tones,
    /// <summary>One SIP INFO per key.</summary>
    Info,
}
