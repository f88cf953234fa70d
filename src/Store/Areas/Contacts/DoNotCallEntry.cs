using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>By which way a number came onto a do-not-call list.</summary>
public enum DoNotCallSource
{
    /// <summary>Said to a person or a program in a call.</summary>
    Spoken,
    Keypress,
    /// <summary>By a tool of a voice agent.</summary>
    Agent,
    /// <summary>Found in what was said, afterwards.</summary>
    Analysis,
    /// <summary>By a text message, such as STOP.</summary>
    Message,
    Api,
    Import,
    Operator,
}

/// <summary>The words of lists, as they are stored and shown.</summary>
public static class ContactWords
{
    public static string Of(DoNotCallSource source) => Names<DoNotCallSource>.Of(source);

    public static string Of(DoNotCallReason reason) => Names<DoNotCallReason>.Of(reason);

    public static string Of(ConsentKind kind) => Names<ConsentKind>.Of(kind);

    public static string Of(ConsentChannel channel) => Names<ConsentChannel>.Of(channel);

    /// <exception cref="KeyNotFoundException">It is none.</exception>
    public static T Parse<T>(string word) where T : struct, Enum => Names<T>.Parse(word);
}

public enum DoNotCallReason { CallerRequest, National, Litigator, Reassigned, Other }

/// <summary>A number that an account does not call, nor those below it; or, without an account, that nobody on this node calls.</summary>
public sealed record DoNotCallEntry
{
    public const int MostEvidence = 2_000, MostAddedBy = 200;

    public required Guid Id { get; init; }
    /// <summary>Null for the whole platform.</summary>
    public required TenantId? Owner { get; init; }
    /// <summary>+E.164.</summary>
    public required string Number { get; init; }
    public required DoNotCallSource Source { get; init; }
    public required DoNotCallReason Reason { get; init; }
    /// <summary>Who put it there, in the words of whoever asked for it.</summary>
    public required string AddedBy { get; init; }
    public string? Evidence { get; init; }
    /// <summary>The call in which it was asked for, in the words of whoever says so.</summary>
    public string? Leg { get; init; }
    /// <summary>It holds like any other; somebody is to look whether it should.</summary>
    public bool IsProvisional { get; init; }
    /// <summary>Null for good.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Whoever a call is with has asked, in it, not to be called again.</summary>
    /// <param name="owner">Whose call it is.</param>
    /// <param name="number">+E.164.</param>
    /// <param name="call">The leg's UUID.</param>
    public static DoNotCallEntry Asked(TenantId owner, string number, DoNotCallSource source, string by, Guid call, string evidence,
        DateTimeOffset at) => new()
        {
            Id = Guid.CreateVersion7(at), Owner = owner, Number = number, Source = source, Reason = DoNotCallReason.CallerRequest,
            AddedBy = by, Leg = call.ToString(), Evidence = evidence, At = at,
        };
}

/// <summary>Why a number is not called.</summary>
/// <param name="Owner">Whose list it is on; null for the platform's.</param>
/// <param name="Entry">Null where only the hash of an account that went is left.</param>
public sealed record DoNotCallHold(TenantId? Owner, DoNotCallEntry? Entry);
