using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>The customer's side: how an application or equipment is attached.</summary>
public sealed record Connection
{
    public required ConnectionId Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required ConnectionKind Kind { get; init; }
    public required string Name { get; init; }
    /// <summary>What commands the calls that come to it; equipment has none but its own phones.</summary>
    public Application Application { get; init; } = Application.Webhook;
    public bool IsActive { get; init; } = true;
    /// <summary>Null sends no events.</summary>
    public string? WebhookUrl { get; init; }
    public string? WebhookFailoverUrl { get; init; }
    /// <summary>How it is asked for documents: POST or GET.</summary>
    public string WebhookMethod { get; init; } = "POST";
    /// <summary>How <see cref="WebhookFailoverUrl"/> is asked for documents; null asks as <see cref="WebhookMethod"/> says.</summary>
    public string? WebhookFailoverMethod { get; init; }
    /// <summary>Hears how calls go that documents command; null tells nobody.</summary>
    public string? StatusUrl { get; init; }
    /// <summary>POST or GET.</summary>
    public string StatusMethod { get; init; } = "POST";
    public TimeSpan? WebhookTimeout { get; init; }
    public string WebhookVersion { get; init; } = "2";
    /// <summary>Null takes the account's.</summary>
    public RetrySchedule? WebhookRetries { get; init; }
    /// <summary>
    /// A caller waits so long for the first command; null waits as long as one may ring, and for a program
    /// <see cref="Application.FirstCommandTimeout"/>.
    /// </summary>
    public TimeSpan? FirstCommandTimeout { get; init; }
    /// <summary>Live calls to the application or equipment; null is no limit.</summary>
    public int? InboundChannelLimit { get; init; }
    /// <summary>Live calls that it places; null is no limit.</summary>
    public int? OutboundChannelLimit { get; init; }
    public long? OutboundProfile { get; init; }
    /// <summary>SDP names in order of preference.</summary>
    public IReadOnlyList<string> Codecs { get; init; } = ["PCMU", "PCMA", "G722"];
    /// <summary>How keys are sent to the application's parties, or to the equipment.</summary>
    public DigitMethod Digits { get; init; }
    /// <summary>Digits are masked in logs.</summary>
    public bool IsDtmfRedacted { get; init; }
    /// <summary>Its webhook hears what each leg cost.</summary>
    public bool TellsCost { get; init; }
    /// <summary>
    /// Calls end when no RTP came for so long; 0 is no limit, null takes the usual one.
    /// A trunk's own word counts more. See <see cref="LifeLimits"/>.
    /// </summary>
    public int? RtpTimeoutSeconds { get; init; }
    /// <summary>The same while the far end holds the call.</summary>
    public int? HeldRtpTimeoutSeconds { get; init; }
    /// <summary>
    /// The file of the tenant's media that its parties hear while whom they talk to holds the call; null passes the hold on to them.
    /// </summary>
    public string? HoldMusic { get; init; }
    /// <summary>
    /// First label of a SIP host name of its own, in lower case: calls to <c>anything@subdomain.domain</c> are for it. Unique on the node.
    /// </summary>
    public string? Subdomain { get; init; }
    /// <summary>Anybody may call the subdomain; else only connections of the same tenant.</summary>
    public bool IsSubdomainOpen { get; init; }
    /// <summary>Calls to it go to SIP equipment by themselves; else they wait for the application's commands.</summary>
    public bool IsEquipment => Kind is ConnectionKind.Credential or ConnectionKind.Ip or ConnectionKind.Fqdn;
    /// <summary>Null for an application; set for SIP equipment (kinds credential, ip and fqdn).</summary>
    public SipConnection? Sip { get; init; }

    /// <summary>
    /// Where each event of its calls is told. Null where documents command them: <see cref="WebhookUrl"/> is where these are, and how the
    /// calls stand is told to <see cref="Status"/>.
    /// </summary>
    public EventSink? Events => IsEquipment || Kind is ConnectionKind.CallControl
        ? new(WebhookUrl)
        {
            FailoverUrl = WebhookFailoverUrl is { Length: > 0 } failover ? failover : null,
            Version = WebhookVersion,
            Timeout = WebhookTimeout is { Ticks: > 0 } timeout ? timeout : null,
            Retries = WebhookRetries,
        }
        : null;

    /// <summary>Where it is told how calls stand that documents command; null for nowhere.</summary>
    public EventSink? Status => StatusUrl is { Length: > 0 } url ? new(url) { Method = StatusMethod } : null;

    /// <inheritdoc cref="SipConnection.MayRefer"/>
    /// <param name="isUser">The equipment has registered, or called, with a user name and password.</param>
    public bool MayRefer(bool isUser) => Sip?.MayRefer ?? isUser;

    /// <summary>What a caller that belongs to no trunk gets: SRTP where it is required.</summary>
    public MediaEncryption Encryption => Sip is { IsSrtpRequired: true } ? MediaEncryption.Required : MediaEncryption.Disabled;
}

/// <summary>How a connection reaches what is behind it. Stored by its name.</summary>
public enum ConnectionKind
{
    /// <summary>An application, which commands its calls.</summary>
    CallControl,
    /// <summary>Documents, which the node fetches, command its calls.</summary>
    Document,
    /// <summary>SIP equipment that registers, and calls, with a user name and password.</summary>
    Credential,
    /// <summary>SIP equipment at listed addresses.</summary>
    Ip,
    /// <summary>SIP equipment at listed host names.</summary>
    Fqdn,
}
