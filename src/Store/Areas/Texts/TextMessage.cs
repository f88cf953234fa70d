using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>Where a text is. It only ever goes on; stored by name.</summary>
public enum TextState
{
    Scheduled, Queued, Sending, Sent, Delivered, Cancelled, Expired, SendingFailed, DeliveryFailed, DeliveryUnconfirmed,
    /// <summary>It came to a number of the account.</summary>
    Received,
}

/// <summary>A text message of one account: sent by it, or come to it.</summary>
public sealed record TextMessage
{
    private const string MediaFact = "media";

    /// <summary>Of a text's facts: <see cref="Hops"/>.</summary>
    public const string HopsFact = "hops";

    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Direction Direction { get; init; }
    public required TextState State { get; init; }
    /// <summary>+E.164 of the number that it is from.</summary>
    public required string From { get; init; }
    public required string To { get; init; }
    /// <summary>The account's messaging profile whose rules it follows.</summary>
    public required Guid Profile { get; init; }
    /// <summary>What it says; empty when that is not kept any more.</summary>
    public required string Words { get; init; }
    /// <summary>What stands above the words of one with files; empty for none, and when it is not kept any more.</summary>
    public string Subject { get; init; } = "";
    public required TextEncoding Encoding { get; init; }
    public required int Parts { get; init; }
    /// <summary>What it asks for; of an automatic one, what it answers.</summary>
    public TextKeyword Keyword { get; init; }
    /// <summary>The node wrote it, and nobody answers it by himself.</summary>
    public bool IsAutomatic { get; init; }
    /// <summary>Of one part, without the carrier's fee, which <see cref="FeeMicros"/> is; null without a price.</summary>
    public Money? Price { get; init; }
    public long FeeMicros { get; init; }
    /// <summary>Why it went no further.</summary>
    public TextFault? Fault { get; init; }
    /// <summary>What whoever shows it keeps with it.</summary>
    public JsonObject Facts { get; init; } = [];
    /// <summary>When it leaves its state by itself, or is looked at; null when it is over.</summary>
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>When the node took it, from its account or for it.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? ValidUntil { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    /// <summary>No API shows it: it tells a code, or its account has deleted it.</summary>
    public bool IsHidden { get; init; }

    /// <summary>It goes by a way that carries files, even if it has none.</summary>
    public bool IsMultimedia => Facts.ContainsKey(MediaFact);
    /// <summary>Files that go with it.</summary>
    public IReadOnlyList<TextMedia> Media => Facts[MediaFact] is JsonArray kept ? [.. kept.Select(TextMedia.Read)] : [];

    /// <summary>
    /// How many documents have answered one another up to it, of which the last has written it; 0 for what none has. It goes with the text
    /// to a number of this node.
    /// </summary>
    public int Hops => Facts[HopsFact] is JsonValue hops && hops.TryGetValue(out int count) ? count : 0;

    /// <summary>All parts with their fees; null without a price.</summary>
    public Money? Cost => Price is { } price ? price with { Micros = (price.Micros + FeeMicros) * Parts } : null;

    /// <summary>The same with files.</summary>
    public TextMessage With(IReadOnlyList<TextMedia> media)
    {
        var facts = Facts.DeepClone().AsObject();
        facts[MediaFact] = new JsonArray([.. media.Select(one => (JsonNode)one.Write())]);
        return this with { Facts = facts };
    }

    public bool IsOver => State is not (TextState.Scheduled or TextState.Queued or TextState.Sending or TextState.Sent);
}

/// <summary>Asks for texts of an account, newest first; null, or no state, asks for nothing.</summary>
public sealed record TextQuery
{
    public Direction? Direction { get; init; }
    public IReadOnlyList<TextState> States { get; init; } = [];
    public string? From { get; init; }
    public string? To { get; init; }
    /// <summary>When they left or came; of those that never left, when that was known. What waits is of no moment.</summary>
    public TimeRange Moment { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

/// <summary>Somebody has asked for no more texts of a profile.</summary>
/// <param name="Number">Who gets none.</param>
/// <param name="Sender">The number that was told so.</param>
/// <param name="Keyword">The word that was written; null when the operator did it.</param>
public sealed record TextBlock(Guid Profile, string Number, string Sender, string? Keyword, DateTimeOffset At);

/// <summary>What stands against sending a text, or nothing.</summary>
public enum TextRefusal
{
    None, Blocked, NoMoney, DailyLimit,
    /// <summary>A text of this id is there.</summary>
    Repeated,
}
