namespace Ringwright.Calls;

/// <summary>What the engine must know of SIP equipment: who it is, how we call it, and how it calls us.</summary>
public sealed record SipConnection
{
    /// <summary>User name of the equipment's own digest; null when it has none. Unique on the node.</summary>
    public string? UserName { get; init; }
    public string? Password { get; init; }
    public SipUriCalling UriCalling { get; init; }
    /// <summary>Media only by SRTP with keys in SDP, in both directions: a plain offer from the equipment is refused (488).</summary>
    public bool IsSrtpRequired { get; init; }
    /// <summary>Its sound comes from where its SDP says, and from nowhere else when that is silent.</summary>
    public bool IsRtpFixed { get; init; }
    /// <summary>UDP, TCP or TLS, for requests that we send where no registration says otherwise.</summary>
    public string Transport { get; init; } = "UDP";
    /// <summary>
    /// It may transfer whom it talks to by REFER, at its account's expense; null for SIP users only, and not for addresses and host names.
    /// </summary>
    public bool? MayRefer { get; init; }
    public SipDelivery Delivery { get; init; } = new();
    public SipOrigination Origination { get; init; } = new();
}

/// <summary>Calls that we send to the equipment ("inbound" to the customer).</summary>
public sealed record SipDelivery
{
    /// <summary>How the called number is written in the Request-URI.</summary>
    public CalledFormat CalledFormat { get; init; }
    /// <summary>Without a provisional response until then, the next target is tried.</summary>
    public TimeSpan ProvisionalTimeout { get; init; } = TimeSpan.FromSeconds(3);
    /// <summary>Without a final response until then, the call is given up.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(90);
    /// <summary>We offer reliable provisional responses (100rel).</summary>
    public bool IsPrackEnabled { get; init; }
    /// <summary>Targets take turns from call to call; else always in the same order.</summary>
    public bool IsRoundRobin { get; init; }
    /// <summary>Ids of the addresses or host names that come first; the others follow by age.</summary>
    public IReadOnlyList<long> Preferred { get; init; } = [];
}

/// <summary>Calls that the equipment places ("outbound" from the customer).</summary>
public sealed record SipOrigination
{
    /// <summary>Requests need digest credentials; else a listed address is enough.</summary>
    public bool IsDigestRequired { get; init; }
    /// <summary>
    /// Digits before the called number that tell connections at one address apart; taken off before routing. Null has none.
    /// </summary>
    public string? TechPrefix { get; init; }
    /// <summary>Value of the token header that does the same; null has none.</summary>
    public string? Token { get; init; }
    /// <summary>Its requests say by themselves whose they are: an address of its own tells nothing more.</summary>
    public bool HasOwnMark() => IsDigestRequired || Token is not null;
    /// <summary>Caller's number in place of the one that the equipment says; null leaves it.</summary>
    public string? CallerOverride { get; init; }
    public CallerOverrideUse CallerOverrideUse { get; init; }
    /// <summary>Calls wait for commands of the webhook's owner in place of being routed.</summary>
    public bool IsParked { get; init; }
    /// <summary>ISO 3166 alpha-2 country whose national numbers the equipment may dial; null takes only international ones.</summary>
    public string? Localization { get; init; }
}

/// <summary>Who may call the equipment's user name as a SIP URI.</summary>
public enum SipUriCalling { Disabled, Internal, Unrestricted }

public enum CalledFormat { E164, PlusE164, National, UserName }

public enum CallerOverrideUse
{
    Always,
    /// <summary>For all but emergency calls.</summary>
    Normal,
    /// <summary>For emergency calls only.</summary>
    Emergency,
}
