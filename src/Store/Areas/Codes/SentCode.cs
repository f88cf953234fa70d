using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>How a code gets to whoever has the number; stored by name, a flash call as a call with a mark.</summary>
public enum CodeWay
{
    Sms, Call,
    /// <summary>A call that only rings: the number that it is from ends with the code.</summary>
    Flashcall,
}

/// <summary>What became of a code; stored by name, except for the last one.</summary>
public enum CodeState
{
    Pending, Accepted,
    /// <summary>Too many wrong codes, or the account says so.</summary>
    Invalid,
    /// <summary>It took too long, or a later one counts.</summary>
    Expired,
    /// <summary>Its text did not arrive.</summary>
    Error,
}

/// <summary>A code that an account had sent to a number, without the code itself.</summary>
public sealed record SentCode
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>The account's profile whose rules it follows.</summary>
    public required Guid Profile { get; init; }
    /// <summary>+E.164.</summary>
    public required string Number { get; init; }
    public required CodeWay Way { get; init; }
    /// <summary>The account chose the code, and may say itself whether what came back is right.</summary>
    public required bool IsCustom { get; init; }
    public CodeState State { get; init; } = CodeState.Pending;
    public int WrongCodes { get; init; }
    public required int TimeoutSecs { get; init; }
    /// <summary>The text that tells it; null for a call.</summary>
    public Guid? Text { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>A code whose text has come to this is right no more; one in doubt may have arrived.</summary>
    public static bool IsLostBy(TextState text) =>
        text is TextState.SendingFailed or TextState.DeliveryFailed or TextState.Expired or TextState.Cancelled;
}

/// <summary>Too many codes; another one may be sent after <paramref name="Wait"/>.</summary>
/// <param name="Rule">"one in 30 seconds to a number".</param>
public sealed record TooManyCodes(string Rule, TimeSpan Wait);

/// <summary>What somebody wrote back, and what it came to.</summary>
public sealed record JudgedCode(SentCode Code, bool IsRight);
