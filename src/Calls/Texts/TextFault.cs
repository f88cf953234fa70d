namespace Ringwright.Calls.Texts;

/// <summary>Why a text went no further; stored by name. Each face has its own codes for it.</summary>
public enum TextFault
{
    /// <summary>No way leads to the number.</summary>
    NoRoute,
    /// <summary>It waited longer than it is valid.</summary>
    Expired,
    /// <summary>Its recipient has asked for no more.</summary>
    Blocked,
    /// <summary>Its profile is switched off, or gone.</summary>
    ProfileDisabled,
    AccountDisabled,
    /// <summary>Its number is not on the profile any more.</summary>
    SenderGone,
    /// <summary>Too many go between the same two numbers.</summary>
    Loop,
    /// <summary>The gate does not let it out.</summary>
    NotAllowed,
    /// <summary>It left, and nobody said what became of it.</summary>
    Unconfirmed,
    /// <summary>The far end does not take it.</summary>
    Undeliverable,
    /// <summary>The far end refuses it.</summary>
    Rejected,
    /// <summary>It waited at the far end's centre for longer than that keeps it.</summary>
    ExpiredAway,
    /// <summary>The far end does not take what it says, or not all of it came.</summary>
    BadBody,
    /// <summary>The far end knows no such recipient.</summary>
    BadRecipient,
    /// <summary>The far end does not take texts from this sender.</summary>
    BadSender,
}
