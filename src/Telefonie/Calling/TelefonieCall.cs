using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;

namespace Ringwright.Telefonie.Calling;

/// <summary>A leg as this API shows it, whoever placed it: replies and callbacks alike.</summary>
internal sealed record TelefonieCall
{
    public required Guid Id { get; init; }
    public required string Status { get; init; }
    public required Direction Direction { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Answered seconds, once it is over.</summary>
    public int? TalkSeconds { get; init; }
    public Money? Cost { get; init; }
    public string? RecordingUrl { get; init; }
    public string? Url { get; init; }
    public string? StatusCallback { get; init; }
    public string? AnsweredBy { get; init; }
    public int? SipStatus { get; init; }

    /// <summary>Answered seconds, rounded up; 0 where nobody answered.</summary>
    public static int Seconds(TimeSpan? talked) => talked is { } time ? (int)Math.Ceiling(Math.Max(0, time.TotalSeconds)) : 0;

    /// <summary>What is not known yet is left out, as the schema of a call has no null.</summary>
    public JsonObject Write()
    {
        var shown = WriteWhole();
        foreach (var (name, value) in shown.ToArray())
            if (value is null) shown.Remove(name);
        return shown;
    }

    /// <summary>What is not known yet is null, which that schema does not allow.</summary>
    public JsonObject WriteWhole()
    {
        // Nobody is charged for ringing, and what is paid is below nothing.
        var price = AnsweredAt is null ? null : Cost;
        var shown = new JsonObject
        {
            ["id"] = Id.ToString(),
            ["status"] = Status,
            ["direction"] = Direction is Direction.Inbound ? "inbound" : "outbound",
            ["from"] = PartyAlias.Of(From),
            ["to"] = PartyAlias.Of(To),
            ["duration"] = TalkSeconds,
            ["start_time"] = AnsweredAt is { } answered ? TelefonieTime.Text(answered) : null,
            ["end_time"] = EndedAt is { } ended ? TelefonieTime.Text(ended) : null,
            ["price"] = price is { } cost ? Money.Format(-cost.Micros) : null,
            ["price_unit"] = price?.Currency,
            ["recording_url"] = RecordingUrl,
            ["url"] = Absolute(Url),
            ["status_callback"] = Absolute(StatusCallback),
            ["answered_by"] = AnsweredBy,
        };
        // An extension: it is met only where it says something.
        if (Status is TelefonieStatus.Failed && SipStatus is > 0 and var code) shown["sip_code"] = code;
        return shown;
    }

    private static string? Absolute(string? url) => Uri.TryCreate(url, UriKind.Absolute, out _) ? url : null;
}
